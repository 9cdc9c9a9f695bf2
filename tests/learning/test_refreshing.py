"""When a module changes: who is asked for what, and that old evidence stays."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import func, select

from lms.catalogue import shelf
from lms.catalogue.content import Change
from lms.certificates.models import Certificate
from lms.core.db import db
from lms.learning.models import Completion, PageRead, Study
from lms.learning.refreshing import is_stale, refresher
from lms.quizzes.models import Attempt
from tests.learning.reading import MODULE
from tests.learning.test_renewing import FIRST, soon_over

PAGES = ["one", "two", "three"]


def change(version, *pages, material=True, questions=(), says="It changed."):
    return Change(version, date(2027, 3, version), says, material, pages, questions)


class TestRule:
    def test_whoever_holds_the_newest_version_is_asked_for_nothing(self):
        assert refresher([change(2, "one")], 2, PAGES) is None

    def test_pages_come_in_the_modules_order_once_each_with_every_reason(self):
        asked = refresher([change(2, "three", "one", says="A."), change(3, "one", says="B.")], 1, PAGES)
        assert (asked.pages, asked.reasons) == (["one", "three"], ["A.", "B."])

    def test_only_what_came_after_the_version_held_counts(self):
        assert refresher([change(2, "one"), change(3, "two")], 2, PAGES).pages == ["two"]

    def test_a_change_that_does_not_matter_asks_nobody(self):
        assert refresher([change(2, "one", material=False)], 1, PAGES) is None

    def test_a_page_that_has_gone_is_not_asked_for(self):
        assert refresher([change(2, "gone")], 1, PAGES) is None
        assert refresher([change(2, "gone", "two")], 1, PAGES).pages == ["two"]

    def test_questions_of_all_changes_are_asked_together(self):
        asked = refresher([change(2, "one", questions=["a"]), change(3, "two", questions=["b"])], 1, PAGES)
        assert asked.questions == {"a", "b"}

    def test_a_page_is_stale_only_after_a_change_that_matters_to_it(self):
        changes = [change(2, "one"), change(3, "two", material=False)]
        assert is_stale(changes, "one", 1)
        assert not is_stale(changes, "one", 2)
        assert not is_stale(changes, "two", 1)


@pytest.fixture
def module(app, database):
    return shelf.library().module(MODULE)


@pytest.fixture
def learner(make, as_user, finish):
    """Somebody who has finished the module."""
    person = make.person()
    visitor = as_user(person)
    finish(visitor, person)
    return person, visitor


def rewrite(revise, module, *pages, **given):
    version = module.version + 1
    revise(version=version, changes=(*module.changes, change(version, *pages, **given)), hash="1" * 64)


def count(table):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table))


def test_a_slip_of_the_pen_asks_nobody_for_anything(learner, revise):
    revise(hash="1" * 64)
    front = learner[1].get("learning.module", module=MODULE)
    assert "changed" not in front.words
    assert front.forms("data-refresh") == []


def test_a_change_that_does_not_matter_is_told_and_asks_nothing(learner, revise, module):
    rewrite(revise, module, "why-a-lead", material=False)
    front = learner[1].get("learning.module", module=MODULE)
    assert "nothing in it asks you to read it again" in front.words
    assert front.forms("data-refresh") == []
    assert "Changed since you finished" not in learner[1].get("home.home").words


def test_a_change_that_matters_asks_only_for_its_pages_and_says_why_and_how_long(learner, revise, module):
    rewrite(revise, module, "why-a-lead", "then-and-now", says="The guidance is new.")
    minutes = module.page("why-a-lead").minutes + module.page("then-and-now").minutes
    assert f"2 pages changed; {minutes} minutes" in learner[1].get("home.home").words
    front = learner[1].get("learning.module", module=MODULE)
    assert "2 pages have changed since you finished this module" in front.words
    assert "The guidance is new." in front.words
    assert f"about {minutes} minutes" in front.words


@pytest.mark.slow
def test_the_changed_pages_are_read_and_nothing_else_and_the_old_evidence_stays(learner, revise, module):
    _, visitor = learner
    before = [(row.version, row.core_hash, row.completed_at) for row in db.session.scalars(select(Completion))]
    rewrite(revise, module, "why-a-lead", "then-and-now")
    front = visitor.get("learning.module", module=MODULE)
    page = visitor.follow(visitor.send(front, front.forms("data-refresh")[0]))
    assert page.h1 == module.page("why-a-lead").title
    button, last = "//form[@data-continue]//button/text()", module.page("then-and-now").number
    assert page.all(button) == [f"Continue to page {last}"]
    page = visitor.follow(visitor.send(page, page.forms("data-continue")[0]))
    assert page.h1 == module.page("then-and-now").title
    assert page.all(button) == ["Finish what changed"]
    front = visitor.follow(visitor.send(page, page.forms("data-continue")[0]))
    assert f"You have read what changed up to version {module.version + 1}" in front.words
    assert front.forms("data-refresh") == []
    assert "Changed since" not in visitor.get("home.home").words
    db.session.rollback()
    assert [(row.version, row.core_hash, row.completed_at) for row in db.session.scalars(select(Completion))] == before
    assert count(Certificate) == 1
    old, new = db.session.scalars(select(Study).order_by(Study.number)).all()
    assert (old.refreshes, new.refreshes, new.version) == (None, module.version, module.version + 1)
    assert set(db.session.scalars(select(PageRead.page).where(PageRead.study_id == new.id))) == {
        "why-a-lead",
        "then-and-now",
    }


def test_a_changed_question_is_asked_and_no_other(learner, revise, module):
    _, visitor = learner
    rewrite(revise, module, "then-and-now", questions=["questions-today", "open-questions"])
    front = visitor.get("learning.module", module=MODULE)
    assert "and 2 questions" in front.words
    page = visitor.follow(visitor.send(front, front.forms("data-refresh")[0]))
    check = visitor.follow(visitor.send(page, page.forms("data-continue")[0]))
    assert "2 questions, one at a time" in check.words
    assert "only about what has changed" in check.words
    question = visitor.follow(visitor.follow(visitor.send(check, check.forms("data-start")[0]), expect=303))
    assert "Question 1 of 2" in question.words
    front = visitor.get("learning.module", module=MODULE)
    assert "You have read what changed" not in front.words


def test_passing_the_changed_questions_ends_the_refresher(learner, revise, module, passing):
    person, visitor = learner
    rewrite(revise, module, "then-and-now", questions=["questions-today"])
    visitor.post("learning.refresh", module=MODULE)
    visitor.post("learning.read_on", module=MODULE, page="then-and-now")
    passing(person, "lead-professional-check")
    assert "You have read what changed" in visitor.get("learning.module", module=MODULE).words
    assert count(Completion) == 1


def test_opening_the_refresher_twice_opens_one(learner, revise, module):
    rewrite(revise, module, "why-a-lead")
    learner[1].post("learning.refresh", module=MODULE)
    learner[1].post("learning.refresh", module=MODULE)
    assert count(Study) == 2


def test_a_refresher_nobody_needs_is_refused_in_words(learner):
    refused = learner[1].post("learning.refresh", module=MODULE, expect=422)
    assert "Nothing that matters has changed" in refused.words
    assert count(Study) == 1


def test_a_second_change_while_the_first_is_open_is_asked_for_too(learner, revise, module):
    _, visitor = learner
    rewrite(revise, module, "why-a-lead")
    visitor.post("learning.refresh", module=MODULE)
    first, second = change(module.version + 1, "why-a-lead"), change(module.version + 2, "then-and-now")
    revise(version=module.version + 2, changes=(first, second))
    page = visitor.post("learning.read_on", module=MODULE, page="why-a-lead")
    assert page.location.endswith("/then-and-now")
    visitor.post("learning.read_on", module=MODULE, page="then-and-now")
    assert f"up to version {module.version + 2}" in visitor.get("learning.module", module=MODULE).words


def test_whoever_is_in_the_middle_reads_a_changed_page_again(make, as_user, revise, module):
    visitor = as_user(make.person())
    for page in ("why-a-lead", "a-set-of-functions"):
        visitor.post("learning.read_on", module=MODULE, page=page)
    rewrite(revise, module, "why-a-lead")
    assert f"1 of {len(module.pages)} pages read" in visitor.get("learning.module", module=MODULE).words
    visitor.post("learning.read_on", module=MODULE, page="why-a-lead")
    assert f"2 of {len(module.pages)} pages read" in visitor.get("learning.module", module=MODULE).words


def test_a_refresher_left_open_does_not_stand_in_the_way_of_a_renewal(make, as_user, finish, revise, module):
    person = make.person()
    with time_machine.travel(FIRST, tick=False):
        finish(as_user(person), person)
    with time_machine.travel(soon_over()):
        rewrite(revise, module, "why-a-lead")
        visitor = as_user(person)
        visitor.post("learning.refresh", module=MODULE)
        visitor.post("learning.start_again", module=MODULE)
        assert f"0 of {len(module.pages)} pages read" in visitor.get("learning.module", module=MODULE).words
    db.session.rollback()
    assert [study.refreshes for study in db.session.scalars(select(Study).order_by(Study.number))] == [
        None,
        module.version,
        None,
    ]


def open_question(visitor, check):
    """Start a knowledge check, and stand before its first question."""
    front = visitor.get("quizzes.front", quiz=check)
    return visitor.follow(visitor.follow(visitor.send(front, front.forms("data-start")[0]), expect=303))


def test_a_refreshers_few_questions_left_open_do_not_pass_the_whole_check_of_a_renewal(
    make, as_user, finish, revise, module
):
    person = make.person()
    with time_machine.travel(FIRST, tick=False):
        finish(as_user(person), person)
    with time_machine.travel(soon_over()):
        rewrite(revise, module, "then-and-now", questions=["questions-today"])
        visitor = as_user(person)
        visitor.post("learning.refresh", module=MODULE)
        page = open_question(visitor, "lead-professional-check")
        assert "Question 1 of 1" in page.words
        visitor.post("learning.start_again", module=MODULE)
        [form] = page.all("//main//form[@method='post']")
        refused = visitor.send(page, form, {"answer": "0"})
        assert refused.location.endswith("/quizzes/lead-professional-check/")
        assert "does not count against you" in visitor.get("quizzes.front", quiz="lead-professional-check").words
        assert "Question 1 of 1 " not in open_question(visitor, "lead-professional-check").words
    db.session.rollback()
    assert db.session.scalars(select(Attempt.passed)).all() == [None, None]


def test_a_whole_check_left_open_does_not_stand_for_a_refreshers_questions(learner, revise, module):
    _, visitor = learner
    whole = open_question(visitor, "lead-professional-check")
    assert "Question 1 of 1 " not in whole.words
    rewrite(revise, module, "then-and-now", questions=["questions-today"])
    visitor.post("learning.refresh", module=MODULE)
    assert "Question 1 of 1" in open_question(visitor, "lead-professional-check").words
