"""What authors read of answers, from rows in the database, and who reads none of it."""

import csv
import io
import json
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people import queries as people
from lms.quizzes import actions as quizzing
from lms.quizzes.models import Answer, Attempt
from lms.quizzes.shelf import quizzes, version_of
from tests.cohorts.conftest import count_queries  # noqa: F401

CHECK, STORY = "tiers-of-need-check", "tiers-of-need-scenario"
WHOLE = Scope.PARTNERSHIP


class Site:
    """Agencies whose people have answered, in an order that a test names."""

    def __init__(self, make):
        self.make = make
        self.agencies = [make.agency(f"Agency {letter}") for letter in "ABC"]
        self.author = make.person("Ada Author", agency=self.agencies[0], roles=((Role.AUTHOR, WHOLE),))
        self.number = 0
        self.question = next(one for one in quizzes().quiz(CHECK).questions if one.type == "single")

    def answer(
        self, number: int, *, agency=0, right=True, version=None, person=None, option=None, quiz=CHECK, finished=True
    ):
        """So many people finish a go in which they answered the question."""
        chosen = option or next(one.text for one in self.question.options if one.right is right)
        for _ in range(number):
            self.number += 1
            who = person or self.make.person(agency=self.agencies[agency] if isinstance(agency, int) else agency)
            at = datetime(2026, 4, 1, 9, tzinfo=clock.PARTNERSHIP_ZONE) + timedelta(hours=self.number)
            go = Attempt(
                person_id=who.id, quiz=quiz, module="tiers-of-need", kind="check", content_hash="0", number=self.number,
                seed="s", state={}, started_at=at, finished_at=at if finished else None,
                passed=right if finished else None, points=4 + right, out_of=8,
            )  # fmt: skip
            self.make.save(go)
            given = {"question": self.question.key, "chosen": [chosen], "lefts": []}
            wording = version_of(self.question) if version is None else version
            self.make.save(Answer(attempt_id=go.id, position=1, key=self.question.key, version=wording, given=given,
                                  right=right, answered_at=at))  # fmt: skip
        return who


@pytest.fixture
def site(make):
    return Site(make)


def row(page, site):
    (found,) = [
        one for one in page.all("//section[h2='Questions']//tbody/tr") if site.question.ask in one.text_content()
    ]
    return [" ".join(one.text_content().split()) for one in found.xpath("./td")]


def show(as_user, site, quiz=CHECK):
    return as_user(site.author).get("analysis.answers", query={"quiz": quiz})


@pytest.mark.slow
def test_authors_read_how_a_question_was_answered(site, as_user):
    wrong = next(one for one in site.question.options if not one.right)
    site.answer(6)
    site.answer(4, right=False, option=wrong.text)
    site.answer(10, agency=1)
    page = show(as_user, site)
    assert page.h1 == "Which questions are too hard, too easy or a trap?"
    assert row(page, site) == ["20", "80%", "From 30 people on"]
    assert "4 (20%)" in page.words
    assert "Agency A, up to three quarters of 10" in page.words
    assert "Agency B, more than three quarters of 10" in page.words
    assert "80% right." in page.all("//svg[@role='img']/@aria-label")[0]
    assert "What caught people" not in page.words


@pytest.mark.slow
def test_a_wrong_answer_that_caught_many_leads_to_the_page_that_teaches_it(site, as_user):
    wrong = next(one for one in site.question.options if not one.right)
    site.answer(4)
    site.answer(6, right=False, option=wrong.text)
    visitor = as_user(site.author)
    page = visitor.get("analysis.answers", query={"quiz": CHECK})
    (trap,) = page.all("//section[h2='What caught people']//li")
    words = " ".join(trap.text_content().split())
    assert wrong.text in words
    assert wrong.why[:40] in words
    assert "6 of 10" in words
    where = visitor.address("learning.page", module="tiers-of-need", page=site.question.page)
    assert trap.xpath(".//a/@href") == [where]
    visitor.get("learning.page", module="tiers-of-need", page=site.question.page)


def test_nine_answers_show_nothing_and_the_eleventh_changes_nothing(site, as_user):
    site.answer(9)
    assert row(show(as_user, site), site) == ["Too few answers yet (9 of 10)"]
    site.answer(1, right=False)
    ten = row(show(as_user, site), site)
    assert ten[:2] == ["10", "90%"]
    for _ in range(3):
        site.answer(1, right=False)
        assert row(show(as_user, site), site) == ten


def test_only_the_first_answer_of_a_person_and_only_of_a_finished_go_counts(site, as_user):
    again = site.answer(1, right=False)
    site.answer(1, person=again)
    site.answer(1, finished=False)
    site.answer(9)
    assert row(show(as_user, site), site)[:2] == ["10", "90%"]


def test_answers_to_another_wording_are_counted_apart(site, as_user):
    site.answer(10, right=False, version="an-older-one")
    site.answer(10)
    page = show(as_user, site)
    assert row(page, site)[:2] == ["10", "100%"]
    assert "An earlier wording: 0% of 10 were right." in page.words


def test_each_answer_keeps_the_wording_it_was_given_to(make, actor):
    person = make.person(agency=make.agency())
    check = quizzes().quiz(CHECK)
    with writing():
        go = quizzing.start_check(actor(person), check)
        question = check.question(go.state["questions"][0]["question"])
        fields = {"answer": ["0"]}
        if question.type in ("ordering", "matching"):
            names = [("place", 1), ("match", 0)][question.type == "matching"]
            fields = {f"{names[0]}-{n}": [str(n + names[1])] for n in range(len(go.state["questions"][0]["order"]))}
        quizzing.answer(actor(person), check, go.id, 1, fields)
    assert db.session.scalar(select(Answer.version)) == version_of(question)


def test_answers_from_before_wordings_were_kept_count_where_the_quiz_is_as_it_was(site, as_user):
    site.answer(10, version="")
    assert row(show(as_user, site), site) == ["Too few answers yet (0 of 10)"]
    with writing() as session:
        for go in session.scalars(select(Attempt)):
            go.content_hash = quizzes().hashes[CHECK]
    assert row(show(as_user, site), site)[:2] == ["10", "100%"]


def test_choices_of_a_story_are_counted_by_decision_and_the_first_visit_counts(site, as_user, make):
    story = quizzes().quiz(STORY)
    scene = story.scene(story.start)
    wrong, firmer = (next(one for one in scene.choices if one.right is right) for right in (False, True))
    for number in range(10):
        at = datetime(2026, 4, 1, 9, tzinfo=clock.PARTNERSHIP_ZONE) + timedelta(hours=number)
        who = make.person(agency=site.agencies[0])
        go = make.save(Attempt(
            person_id=who.id, quiz=STORY, module="tiers-of-need", kind="scenario", content_hash="0", number=1, seed="s",
            state={}, started_at=at, finished_at=at, passed=True, points=1, out_of=3,
        ))  # fmt: skip
        picks = (wrong if number < 7 else firmer, firmer)
        make.save(
            *(
                Answer(
                    attempt_id=go.id,
                    position=place,
                    key=scene.key,
                    version=version_of(scene),
                    given={"choice": one.key},
                    right=one.right,
                )
                for place, one in enumerate(picks, 1)
            )
        )
    page = show(as_user, site, STORY)
    assert page.h1 == "Which decisions are too hard, too easy or a trap?"
    assert "30% were right at first" in page.words
    assert "7 of 10" in " ".join(page.all("//section[h2='What caught people']")[0].text_content().split())
    assert "Telling apart" not in page.words


def test_the_file_holds_the_figures_of_the_page_and_is_noted(site, as_user):
    site.answer(10)
    page = as_user(site.author).get("exports.file", name="answers", kind="csv", query={"quiz": CHECK})
    found = [
        one for one in csv.DictReader(io.StringIO(page.data.decode("utf-8-sig"))) if one["Key"] == site.question.key
    ]
    assert {(one["Right"], one["Right in %"]) for one in found} == {("10", "100")}
    assert [int(one["Picked by"]) for one in found if one["Is right"] == "yes"] == [10]
    entry = db.session.query(AuditEntry).filter_by(action="report.exported").one()
    assert (entry.detail["quiz"], entry.detail["format"]) == (CHECK, "csv")


@pytest.mark.slow
def test_answers_of_another_partnership_are_not_counted(site, as_user, make):
    away = make.agency("Away", partnership="Westmark")
    site.answer(30, agency=away)
    assert row(show(as_user, site), site) == ["Too few answers yet (0 of 10)"]
    assert "Away" not in show(as_user, site).text
    other = make.person(agency=away, roles=((Role.AUTHOR, WHOLE),))
    assert row(as_user(other).get("analysis.answers", query={"quiz": CHECK}), site)[0] == "30"


def test_who_had_no_post_that_day_is_not_counted(site, as_user, make):
    who = make.person(agency=site.agencies[0], starts_on=date(2026, 6, 1))
    site.answer(1, person=who)
    site.answer(9)
    assert row(show(as_user, site), site) == ["Too few answers yet (9 of 10)"]


@pytest.mark.slow
def test_no_name_address_or_score_is_on_the_page_or_in_the_file(site, as_user):
    site.answer(30, right=True)
    visitor = as_user(site.author)
    query = {"quiz": CHECK}
    for page in (
        visitor.get("analysis.answers", query=query),
        visitor.get("exports.file", name="answers", kind="csv", query=query),
    ):
        text = page.data.decode()
        assert "Person" not in text
        assert "@agency.example" not in text
        assert json.dumps(str(site.author.id)) not in text


@pytest.mark.parametrize(
    "role", [Role.STAFF, Role.TRAINER, Role.MANAGER, Role.COORDINATOR, Role.OBSERVER, Role.ADMINISTRATOR]
)
def test_nobody_but_authors_opens_it(site, as_user, make, role):
    for scope in (Scope.AGENCY, WHOLE):
        visitor = as_user(make.person(agency=site.agencies[0], roles=((role, scope),)))
        visitor.get("analysis.answers", expect=403)
        visitor.get("analysis.answers", query={"quiz": CHECK}, expect=403)
        visitor.get("exports.file", name="answers", kind="csv", query={"quiz": CHECK}, expect=403)


def test_a_quiz_that_is_not_there_is_not_found(site, as_user):
    as_user(site.author).get("analysis.answers", query={"quiz": "no-such-check"}, expect=404)


def test_the_list_names_every_quiz_with_people_in_whole_tens(site, as_user):
    site.answer(19)
    page = as_user(site.author).get("analysis.answers")
    assert {one.rsplit("=", 1)[1] for one in page.all("//ul[@class='rows']//a/@href")} == set(quizzes().by_slug)
    assert "10 people or more" in page.words
    assert "19" not in page.words


def test_the_pages_ask_the_database_a_fixed_number_of_times(site, as_user, count_queries):  # noqa: F811
    visitor = as_user(site.author)
    before = count_queries(lambda: visitor.get("analysis.answers", query={"quiz": CHECK}))
    site.answer(12)
    assert count_queries(lambda: visitor.get("analysis.answers", query={"quiz": CHECK})) == before <= 8
    assert people.actor(site.author).has(Role.AUTHOR)
