"""People are asked at the right time, once, and answer on one short page."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.cohorts.actions import booking, building
from lms.core.db import db, writing
from lms.notifications.models import OutboxMail
from lms.outcomes import actions
from lms.outcomes.items import KNOWLEDGE, Wave, items
from lms.outcomes.models import Measure
from lms.people import queries as people
from tests.cohorts.conftest import mails

PROJECT = Path(__file__).resolve().parents[2]


def asked():
    actions.ask_all()
    return [name for name, kind in mails() if kind == "outcomes/questions"]


def stored(person):
    db.session.rollback()
    wanted = select(Measure).join(Measure.answers)
    return {one.wave: [(a.item, a.level, a.given, a.points) for a in one.answers]
            for one in db.session.scalars(wanted).unique() if person}  # fmt: skip


def fill(page, **chosen):
    """The questions' form and what to send with it: the first option everywhere unless said."""
    (form,) = [one for one in page.forms() if one.xpath(".//fieldset")]
    names = {one.get("name") for one in form.xpath(".//input[@type='radio']")}
    return form, dict.fromkeys(names, "0") | chosen


@pytest.mark.slow
def test_mail_goes_out_a_week_before_after_the_register_and_eight_weeks_later_once_each(day):
    day.come(2)
    day.go(Wave.BEFORE, days=-6)
    assert asked() == []
    day.go(Wave.BEFORE)
    assert sorted(asked()) == sorted(asked()) == ["Person 0", "Person 1"]
    day.go(Wave.AFTER)
    assert len(asked()) == 2
    day.register(absent=1)
    assert asked()[2:] == ["Person 1"]
    day.go(Wave.LATER, weeks=-2)
    assert len(asked()) == 3
    day.go(Wave.LATER)
    assert asked()[3:] == asked()[3:] == ["Person 1"]
    bodies = db.session.scalars(select(OutboxMail.body).where(OutboxMail.kind == "outcomes/questions")).all()
    for wave in Wave:
        assert any(f"/outcomes/{day.cohort.id}/{wave}" in one for one in bodies)
    assert not any("Person" in one for one in bodies)


def test_whoever_books_in_the_last_week_is_asked_too_and_whoever_gives_up_is_not(day):
    day.come(1)
    day.go(Wave.BEFORE)
    assert asked() == ["Person 0"]
    late = day.partnership.person(2, name="Late")
    gone = day.partnership.person(3, name="Gone")
    with writing():
        booking.book(people.actor(late), day.cohort.id)
        booking.book(people.actor(gone), day.cohort.id)
        booking.cancel(people.actor(gone), day.cohort.id)
    assert sorted(asked()) == ["Late", "Person 0"]


def test_nobody_is_asked_about_a_day_called_off(day):
    day.come(1)
    with writing():
        building.call_off(people.actor(day.partnership.trainer), day.cohort.id)
    day.go(Wave.BEFORE)
    assert asked() == []


def test_the_clock_asks(app):
    assert "ask_before_and_after" in {one.name for one in app.extensions["jobs"]}


def test_a_person_answers_and_reads_their_answers_again(day, as_user):
    day.come(1)
    day.go(Wave.BEFORE)
    (person,) = day.people
    browser = as_user(person)
    page = browser.get("cohorts.show", cohort_id=day.cohort.id)
    assert "Your questions before and after the day" in page.words
    page = browser.get("outcomes.form", cohort_id=day.cohort.id, wave="before")
    assert (
        "Trainers, training coordinators and the partnership’s board see averages over 5 people or more" in page.words
    )
    chosen = {one.key: str(one.right) for one in KNOWLEDGE[:3]} | {"ring": "4"}
    after = browser.follow(browser.send(page, *fill(page, **chosen)))
    assert "Thank you. Your answers are kept." in after.words
    assert "Fully" in after.words
    kept = {item: (level, points) for item, level, _, points in stored(person)["before"]}
    assert kept["ring"] == ("2a", 5)
    assert kept["lead"] == ("2a", 1)
    assert kept["who-leads"] == ("2b", 1)
    assert len(kept) == 9
    again = browser.get("outcomes.form", cohort_id=day.cohort.id, wave="before")
    assert "You have answered these questions." in again.words
    assert again.all("//input[@type='radio']") == []


def test_a_question_left_open_is_asked_for_and_nothing_chosen_is_lost(day, as_user):
    day.come(1)
    day.go(Wave.BEFORE)
    browser = as_user(day.people[0])
    page = browser.get("outcomes.form", cohort_id=day.cohort.id, wave="before")
    (form,) = [one for one in page.forms() if one.xpath(".//fieldset")]
    again = browser.send(page, form, {"ring": "3"}, expect=422)
    assert again.words.count("Choose an answer: say what each agency around a child can contribute?") == 2
    assert again.all("//input[@name='ring'][@checked]/@value") == ["3"]
    assert stored(day.people[0]) == {}


def test_the_last_questions_bring_the_example_and_the_middle_ones_how_useful_it_was(day, as_user):
    day.come(1)
    day.go(Wave.AFTER)
    day.register()
    browser = as_user(day.people[0])
    after = browser.get("outcomes.form", cohort_id=day.cohort.id, wave="after")
    assert "How useful was the day" in after.words
    assert "One example from practice" not in after.words
    day.go(Wave.LATER)
    browser = as_user(day.people[0])
    later = browser.get("outcomes.form", cohort_id=day.cohort.id, wave="later")
    assert "How useful was the day" not in later.words
    assert "One example from practice" in later.words


@pytest.mark.parametrize(
    ("when", "wave", "says"),
    [
        (timedelta(days=-12), "before", "These questions open on"),
        (timedelta(hours=1), "before", "These questions closed on"),
        (timedelta(hours=1), "after", "These questions open on"),
        (timedelta(days=2), "after", "the register does not have you"),
        (timedelta(days=16), "after", "These questions closed on"),
        (timedelta(weeks=13), "later", "These questions closed on"),
    ],
)
def test_outside_their_time_questions_say_so_and_take_nothing(day, as_user, when, wave, says):
    day.come(1)
    day.traveller.move_to(day.starts + when)
    browser = as_user(day.people[0])
    page = browser.get("outcomes.form", cohort_id=day.cohort.id, wave=wave)
    assert says in page.words
    assert page.all("//input[@type='radio']") == []
    with pytest.raises(actions.NotOpen):
        day.answer(day.people[0], Wave(wave))
    browser.get("outcomes.mine", cohort_id=day.cohort.id)


def test_a_measure_is_answered_once(day):
    day.come(1)
    day.go(Wave.BEFORE)
    day.answer(day.people[0], Wave.BEFORE)
    with pytest.raises(actions.Answered):
        day.answer(day.people[0], Wave.BEFORE, sure=4)
    assert {points for item, level, _, points in stored(day.people[0])["before"] if level == "2a"} == {3}


def test_the_record_of_acts_holds_no_answer(day):
    day.come(1)
    day.go(Wave.LATER)
    day.register()
    day.answer(day.people[0], Wave.LATER, example="Rang the school")
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("outcomes."))).all()
    assert {one.action for one in noted} == {"outcomes.answered", "outcomes.example_written"}
    assert all(set(one.detail) <= {"cohort", "wave"} for one in noted)


def test_there_is_no_such_time(day, as_user):
    day.come(1)
    as_user(day.people[0]).get("outcomes.form", cohort_id=day.cohort.id, wave="never", expect=404)


def test_every_knowledge_question_rests_on_a_fact_of_the_modules():
    facts = "".join(one.read_text() for one in PROJECT.glob("modules/*/facts.yaml"))
    assert [one.key for one in items(Wave.BEFORE) if one.fact and f"- id: {one.fact}\n" not in facts] == []
    assert all(one.fact for one in KNOWLEDGE)
