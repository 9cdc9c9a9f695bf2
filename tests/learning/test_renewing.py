"""Studying a module again: a new study beside the old one, when the certificate runs out."""

from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select

from lms.catalogue import shelf
from lms.core.clock import months_later
from lms.core.db import db
from lms.learning import queries
from lms.learning.models import Completion, PageRead, Study
from tests.learning.reading import MODULE

FIRST = datetime(2026, 3, 2, 10, tzinfo=UTC)


def studies():
    db.session.rollback()
    return db.session.scalars(select(Study).order_by(Study.number)).all()


def soon_over():
    ends = months_later(FIRST.date(), shelf.library().module(MODULE).valid_months)
    return datetime(ends.year, ends.month, ends.day, 10, tzinfo=UTC) - timedelta(days=60)


def test_a_module_in_date_cannot_be_started_again(make, as_user, finish):
    person = make.person()
    visitor = as_user(person)
    finish(visitor, person)
    assert not visitor.get("learning.module", module=MODULE).all("//form[contains(@action, 'start-again')]")
    refused = visitor.post("learning.start_again", module=MODULE, expect=422)
    assert "still in date" in refused.words
    assert len(studies()) == 1


def test_when_the_certificate_ends_a_new_study_stands_beside_the_old_one(make, as_user, finish, pages):
    person = make.person()
    with time_machine.travel(FIRST, tick=False):
        finish(as_user(person), person)
    with time_machine.travel(soon_over()):
        visitor = as_user(person)
        front = visitor.get("learning.module", module=MODULE)
        [form] = front.all("//form[contains(@action, 'start-again')]")
        visitor.send(front, form)
        visitor.post("learning.start_again", module=MODULE)
        visitor.post("learning.read_on", module=MODULE, page=pages[0])
        front = visitor.get("learning.module", module=MODULE)
    assert [study.number for study in studies()] == [1, 2]
    old, new = studies()
    assert old.completed_at == FIRST
    reads = db.session.execute(select(PageRead.study_id, PageRead.page)).all()
    assert {page for study, page in reads if study == old.id} == set(pages)
    assert [page for study, page in reads if study == new.id] == [pages[0]]
    assert f"1 of {len(pages)} pages read" in front.words
    assert "2 March 2026" in front.words


def test_the_second_completion_is_added_to_the_first(make, as_user, finish, passing, quizzes):
    person = make.person()
    with time_machine.travel(FIRST, tick=False):
        finish(as_user(person), person)
    with time_machine.travel(soon_over()):
        visitor = as_user(person)
        visitor.post("learning.start_again", module=MODULE)
        finish(visitor, person)
    db.session.rollback()
    days = [one.completed_on for one in queries.completed([person.id], [MODULE])]
    assert days == [FIRST.date(), soon_over().date()]
    assert len(db.session.scalars(select(Completion)).all()) == 2


def test_a_module_finished_just_after_midnight_in_summer_counts_for_the_partnerships_day(make, as_user, finish):
    person = make.person()
    with time_machine.travel(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)):
        finish(as_user(person), person)
    db.session.rollback()
    [made] = queries.completed([person.id])
    assert made.completed_on.isoformat() == "2026-07-02"


def test_completions_are_given_only_for_the_people_and_modules_asked_for(make, as_user, finish):
    one, other = make.person(), make.person()
    finish(as_user(one), one)
    finish(as_user(other), other)
    db.session.rollback()
    assert [found.person_id for found in queries.completed([one.id])] == [one.id]
    assert queries.completed([one.id], ["another-module"]) == []
    assert list(queries.completed([])) == []
    assert {study.person_id for study in queries.studies([one.id, other.id])} == {one.id, other.id}
