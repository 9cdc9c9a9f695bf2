"""Searching the library: what is found, in which order, and the sentence that is shown."""

import pytest

from lms.catalogue.library import load
from lms.catalogue.search import Rank, fingerprint, search
from tests.catalogue.tree import spoil, write

SHARED = "- key: threshold\n  term: Threshold\n  means: The point at which a service begins.\n"


@pytest.fixture
def library(tmp_path):
    return load(write(tmp_path)[0])


def found(library, words):
    return [
        (hit.rank, hit.entry.modules[0].slug, hit.entry.page.slug if hit.entry.page else None, hit.entry.title)
        for hit in search(library, words)
    ]


def test_titles_of_modules_come_first_then_words_then_pages(library):
    assert found(library, "lead professional") == [
        (Rank.MODULE_TITLE, "lead-professional", None, "The lead professional"),
        (Rank.GLOSSARY_TERM, "lead-professional", None, "Lead professional"),
        (Rank.PAGE, "lead-professional", "why-a-lead", "Why a lead"),
    ]


def test_of_two_words_the_one_that_was_typed_comes_before_the_one_that_begins_like_it(tmp_path):
    modules, _ = write(tmp_path)
    longer = "- key: threshold-document\n  term: Threshold document\n  means: A paper.\n"
    (modules / "glossary.yaml").write_text(longer + SHARED)
    assert [hit.entry.title for hit in search(load(modules), "threshold")] == ["Threshold", "Threshold document"]


def test_case_does_not_matter_and_every_word_must_be_there(library):
    assert found(library, "COORDINATORS 171") == found(library, "171 coordinators") != []
    assert found(library, "coordinators zebra") == []


def test_a_word_is_found_from_its_beginning_only(library):
    assert found(library, "coord")
    assert found(library, "ordinators") == []


def test_words_in_quotes_stand_side_by_side(library):
    assert found(library, '"closest to their own training"')
    assert found(library, "training own") != []
    assert found(library, '"training own"') == []
    assert found(library, '"professional who"') == []  # the end of a title and the beginning of what is below it


def test_a_word_that_several_modules_explain_is_found_once_by_each_of_its_meanings(library):
    for typed, rank in (("tier", Rank.GLOSSARY_TERM), ("wall", Rank.GLOSSARY), ("level help", Rank.GLOSSARY)):
        [hit] = [hit for hit in search(library, typed) if hit.entry.word]
        assert (hit.rank, hit.entry.title) == (rank, "Tier")
        assert [module.slug for module in hit.entry.modules] == ["lead-professional", "tiers-of-need"]


def test_words_that_no_module_explains_are_found_too(tmp_path):
    modules, _ = write(tmp_path)
    (modules / "glossary.yaml").write_text(SHARED)
    [hit] = search(load(modules), "threshold")
    assert (hit.rank, hit.entry.title, hit.entry.modules) == (Rank.GLOSSARY_TERM, "Threshold", [])


def test_works_that_are_cited_are_found_after_what_is_taught(library):
    hits = search(library, "hallam")
    assert [(hit.rank, hit.entry.work.key if hit.entry.work else None) for hit in hits] == [
        (Rank.WORK_TITLE, "hallam-2005"),
        (Rank.PAGE, None),
    ]
    assert [module.slug for module in hits[0].entry.modules] == ["lead-professional"]
    assert [hit.entry.work.key for hit in search(library, "rous survey")] == ["hallam-2005"]
    assert search(library, "nobody cites") == []
    assert "".join(piece for piece, _ in hits[0].parts) == hits[0].entry.work.full


def test_the_sentence_with_the_words_is_shown_with_their_places(library):
    hit = next(hit for hit in search(library, "wall") if hit.rank is Rank.GLOSSARY)
    assert hit.parts == [("It is not a ", False), ("wall", True), (".", False)]
    assert search(library, "tiers need")[0].title == [("Tiers", True), (" of ", False), ("need", True)]


def test_both_kinds_of_quotes_are_the_same(library):
    assert found(library, "family’s") == found(library, "family's") != []


@pytest.mark.parametrize(
    "words", ["", "   ", "...", "'\"", '"""', "<script>", "(", "\x00", "\\", "*", "%", "z" * 10_000]
)
def test_odd_input_finds_nothing_and_breaks_nothing(library, words):
    assert search(library, words) == []


def test_evidence_panels_are_not_searched_as_if_authors_had_said_it(library):
    assert found(library, "self-reported") == []


def test_the_fingerprint_changes_with_any_word_that_can_be_found_and_with_nothing_else(tmp_path):
    modules, _ = write(tmp_path)
    before = fingerprint(load(modules))
    spoil(modules / "lead-professional" / "module.md", "minutes: 40", "minutes: 50")
    assert fingerprint(load(modules)) == before
    spoil(modules / "tiers-of-need" / "02-now.md", "Then was then.", "Then was now.")
    assert fingerprint(load(modules)) != before
