"""The search index in the database finds what looking through everything finds, and never stands in the way."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from lms.catalogue import index, shelf
from lms.catalogue.models import IndexedContent
from lms.catalogue.search import entries, search
from lms.core.db import db, writing
from tests.learning.reading import counting

TYPED = [
    "lead professional", "threshold", "tiers of need", '"front door"', "“single point of contact”", "family's",
    "step-up", "child centre", "university anglia", "Every Child Matters", "2007", "escalat", '"point of con"', "zebra",
]  # fmt: skip
ODD = [
    "", '"', '""', '" "', "AND", "OR NOT", "NEAR(a b)", "a OR b", "lead*", "title:lead", "-lead", "^lead", "{lead}",
    "a:*", "lead & !x", "'lead' <-> 'x'", "lead\x00x", "\x00", "%", "_", "\\", "'; DROP TABLE people; --", "<script>",
    "😀", "½ ²", "x" * 10_000, '"' * 10_000, "a " * 5_000, "ſ ß İ", "日本語", "\ud7ff",
]  # fmt: skip
BITS = ["lead", "th", '"', "child's", "need*", "(", "of", "\x00", "é", "NOT", ":"]


@pytest.fixture
def filled(database):
    index.refresh()
    db.session.rollback()


@pytest.fixture
def change_content(app, database):
    """Load other content, as at a start of the server."""
    before = shelf.library()

    def change(title):
        first, *others = before.modules
        app.extensions["library"] = replace(before, modules=[replace(first, title=title), *others])

    yield change
    app.extensions["library"] = before


def keys(hits):
    return [hit.entry.key for hit in hits]


def asked(typed):
    """What a search finds, and how many statements it sends."""
    db.session.rollback()
    with counting() as sent:
        hits = index.search(typed)
    return hits, len(sent)


@pytest.mark.parametrize("typed", TYPED)
def test_the_index_finds_what_looking_through_everything_finds(filled, typed):
    assert set(keys(index.search(typed))) == set(keys(search(shelf.library(), typed)))


def test_all_but_two_of_these_find_something(filled):
    assert [typed for typed in TYPED if not index.search(typed)] == ['"point of con"', "zebra"]


@pytest.mark.parametrize("typed", ODD, ids=range(len(ODD)))
def test_no_operator_or_odd_sign_is_a_fault_or_makes_a_difference(filled, typed):
    assert set(keys(index.search(typed))) == set(keys(search(shelf.library(), typed)))


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.lists(st.sampled_from(["lead", "th", '"', "child's", "need*", "(", "of", "\x00", "é", "NOT", ":"])).map(
        " ".join
    )
)
def test_whatever_is_put_together_finds_the_same(filled, typed):
    assert set(keys(index.search(typed))) == set(keys(search(shelf.library(), typed)))


def test_titles_come_before_texts(filled):
    hits = index.search("lead professional")
    assert keys(hits)[0] == "module lead-professional"
    assert [hit.rank for hit in hits] == sorted(hit.rank for hit in hits)
    assert len({hit.rank for hit in hits}) > 2


def test_the_database_orders_texts_by_how_well_they_fit(filled):
    pages = [hit for hit in index.search("escalation") if hit.entry.key.startswith("page ")]
    assert len(pages) > 1
    assert [hit.score for hit in pages] == sorted(hit.score for hit in pages)
    assert pages[0].score < pages[-1].score


def test_a_search_is_one_question_to_the_database(filled):
    hits, statements = asked("threshold")
    assert hits
    assert statements == 1


def test_the_index_is_filled_once_and_again_only_when_content_changed(database, change_content):
    with writing() as session:
        session.execute(text("DELETE FROM indexed_content"))
    assert index.refresh()
    assert not index.refresh()
    change_content("Zebras at work")
    assert index.refresh()
    assert not index.refresh()
    assert keys(index.search("zebras")) == [f"module {shelf.library().modules[0].slug}"]
    held = db.session.scalar(text("SELECT count(*) FROM search_entries"))
    assert held == len(entries(shelf.library()))


def test_while_the_index_holds_other_content_a_search_looks_through_everything(filled, change_content):
    change_content("Zebras at work")
    assert keys(index.search("zebras")) == [f"module {shelf.library().modules[0].slug}"]


def test_before_the_index_was_ever_filled_a_search_looks_through_everything(database):
    assert db.session.get(IndexedContent, "x") is None
    assert keys(index.search("lead professional")) == keys(search(shelf.library(), "lead professional")) != []


def test_a_search_that_finds_nothing_in_a_present_index_does_not_look_again(filled, monkeypatch):
    monkeypatch.setattr("lms.catalogue.index.best_first", lambda candidates, *_: list(candidates))
    assert index.search("zebracrossing") == []
    assert index.search("threshold") != []


def test_without_a_table_to_ask_a_search_still_answers_and_the_next_query_too(filled, monkeypatch):
    for name in ("SQLITE_FIND", "POSTGRES_FIND"):
        monkeypatch.setattr(index, name, "SELECT key FROM no_such_table WHERE :query = :fingerprint")
    assert keys(index.search("lead professional"))[0] == "module lead-professional"
    assert db.session.scalar(text("SELECT count(*) FROM people")) == 0
