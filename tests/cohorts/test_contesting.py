"""Saying that the register is wrong about oneself: who can, until when, who answers, and what is kept."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.cohorts.actions import attendance, booking, building
from lms.cohorts.contest_models import Contest
from lms.cohorts.models import Attendance, Booking, CohortTrainer, MissedPlace
from lms.cohorts.states import Mark
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.notifications import delivering
from lms.notifications.models import OutboxMail
from lms.people.models import Membership
from tests.cohorts.conftest import a_plan
from tests.notifications.conftest import Bag
from tests.support.leaving import LOSSES


@pytest.fixture
def day(actor, partnership):
    """A joint day that ended yesterday; Leah is marked absent and Noor present, Olu not at all."""
    partnership.leah, partnership.noor, partnership.olu = (
        partnership.person(n, name=name) for n, name in enumerate(("Leah Stone", "Noor Aziz", "Olu Ade"), start=1)
    )
    cohort = partnership.cohort()
    trainer = actor(partnership.trainer)
    with writing():
        booking.add(trainer, cohort.id, [partnership.leah.id, partnership.noor.id, partnership.olu.id])
    partnership.begin(cohort, days=1)
    with writing():
        booked = {one.person_id: one.id for one in db.session.scalars(select(Booking))}
        marks = {booked[partnership.leah.id]: Mark.ABSENT, booked[partnership.noor.id]: Mark.PRESENT}
        attendance.note(trainer, cohort.id, cohort.sessions[0].id, marks)
    db.session.rollback()
    return cohort


def at(cohort):
    return {"cohort_id": cohort.id, "session_id": cohort.sessions[0].id}


def mails(kind):
    db.session.rollback()
    return db.session.scalars(select(OutboxMail).where(OutboxMail.kind == f"cohorts/{kind}")).all()


def contests():
    db.session.rollback()
    return db.session.scalars(select(Contest).execution_options(populate_existing=True)).all()


def row_of(person):
    db.session.rollback()
    wanted = select(Attendance).join(Booking, Attendance.booking_id == Booking.id).where(Booking.person_id == person.id)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def say(as_user, person, cohort, says="I was there from the start", expect=303):
    return as_user(person).post("contesting.contest", {"says": says}, expect=expect, **at(cohort))


def answer(as_user, person, cohort, mark, says="Sorry, corrected", *, expect=303):
    (one,) = contests()
    data = {"mark": mark, "says": says}
    return as_user(person).post("contesting.answer", data, expect=expect, cohort_id=cohort.id, contest_id=one.id)


@pytest.mark.slow
def test_the_whole_way_to_a_correction(as_user, partnership, day):
    leah = as_user(partnership.leah)
    page = leah.get("cohorts.show", cohort_id=day.id)
    form_page = leah.get(page.all("//a[starts-with(., 'This is not right')]/@href")[0])
    assert "the register says of you: absent" in form_page.words
    leah.send(form_page, form_page.all("//main//form")[0], {"says": "I was there from the start"})
    (mail,) = mails("contested")
    assert mail.person_id == partnership.trainer.id
    assert "Leah" not in mail.subject + mail.body
    trainer = as_user(partnership.trainer)
    assert "1 person says it is wrong" in trainer.get("building.manage", cohort_id=day.id).words
    register = trainer.get("attendance.register", **at(day))
    assert "I was there from the start" in register.words
    assert "The register said then: absent" in register.words
    link = mail.body.split("http://localhost")[1].split()[0]
    trainer.get(link)
    answer(as_user, partnership.trainer, day, "present")
    assert row_of(partnership.leah).mark == "present"
    (one,) = contests()
    assert (one.state, one.was, one.became, one.answer) == ("corrected", "absent||", "present||", "Sorry, corrected")
    corrected = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.corrected")).one()
    assert (corrected.detail["before"], corrected.detail["after"]) == ("absent", "present")
    (mail,) = mails("contest_answered")
    assert mail.person_id == partnership.leah.id
    words = leah.get("cohorts.show", cohort_id=day.id).words
    assert "The register was corrected to present" in words
    assert "Sorry, corrected" in words


def test_a_correction_clears_the_missed_place_of_the_agency(as_user, partnership, day):
    assert db.session.scalars(select(MissedPlace)).one().cleared_at is None
    say(as_user, partnership.leah, day)
    answer(as_user, partnership.trainer, day, "late")
    db.session.rollback()
    assert db.session.scalars(select(MissedPlace).execution_options(populate_existing=True)).one().cleared_how == (
        "register"
    )


def test_a_trainer_says_why_not_and_nothing_changes(as_user, partnership, day):
    say(as_user, partnership.leah, day)
    answer(as_user, partnership.trainer, day, "leave", "Your name is not on the sheet")
    (one,) = contests()
    assert (one.state, one.became) == ("kept", "absent||")
    assert row_of(partnership.leah).mark == "absent"
    assert not db.session.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.corrected")).all()
    assert "Your name is not on the sheet" in as_user(partnership.leah).get("cohorts.show", cohort_id=day.id).words


def test_somebody_not_marked_at_all_can_say_so_and_is_marked(as_user, partnership, day):
    say(as_user, partnership.olu, day)
    assert contests()[0].was == "||"
    answer(as_user, partnership.trainer, day, "present")
    assert row_of(partnership.olu).attended


def test_one_at_a_time_and_again_after_the_answer(as_user, partnership, day):
    say(as_user, partnership.leah, day)
    page = say(as_user, partnership.leah, day, "And another thing", expect=422)
    assert "You have said this already" in page.words
    assert "And another thing" in page.text
    answer(as_user, partnership.trainer, day, "leave", "No")
    say(as_user, partnership.leah, day, "My manager saw me there")
    assert [one.state for one in sorted(contests(), key=lambda one: one.asked_at)] == ["kept", "open"]


def test_an_empty_sentence_or_one_too_long_is_told(as_user, partnership, day):
    assert "Say in a sentence what is not right" in say(as_user, partnership.leah, day, "  ", expect=422).words
    assert "Shorten it to 500 characters" in say(as_user, partnership.leah, day, "x" * 501, expect=422).words
    assert contests() == []


@pytest.mark.parametrize(("days", "open_"), [(89, True), (91, False)])
def test_after_ninety_days_it_is_too_late(as_user, partnership, day, days, open_):
    with time_machine.travel(clock.now() + timedelta(days=days - 1), tick=False):
        page = as_user(partnership.leah).get("cohorts.show", cohort_id=day.id)
        assert ("This is not right" in page.words) is open_
        page = say(as_user, partnership.leah, day, expect=303 if open_ else 422)
        assert open_ or "more than 90 days ago" in page.words


def test_not_before_the_session_is_over(as_user, partnership, day):
    partnership.begin(day, hours=1)
    assert "This is not right" not in as_user(partnership.leah).get("cohorts.show", cohort_id=day.id).words
    assert "not over yet" in say(as_user, partnership.leah, day, expect=422).words


def test_only_those_who_were_in_the_room_and_only_for_themselves(as_user, partnership, day):
    outsider = partnership.make.person(agency=partnership.make.agency(partnership="Westmark"))
    for person in (partnership.person(1), partnership.trainer, outsider):
        as_user(person).get("contesting.contest", expect=404, **at(day))
        say(as_user, person, day, expect=404)
    assert contests() == []


def test_only_those_who_run_the_cohort_read_and_answer(as_user, partnership, day):
    say(as_user, partnership.leah, day)
    (one,) = contests()
    where = {"cohort_id": day.id, "contest_id": one.id}
    other = partnership.make.trainer(agency=partnership.agencies[1])
    manager = partnership.make.manager(agency=partnership.agencies[1])
    away = partnership.make.person(
        agency=partnership.make.agency(partnership="Westmark"), roles=((Role.COORDINATOR, Scope.PARTNERSHIP),)
    )
    for person, status in ((other, 404), (away, 404), (manager, 403), (partnership.leah, 403), (partnership.noor, 403)):
        as_user(person).get("contesting.answer", expect=status, **where)
        answer(as_user, person, day, "present", expect=status)
    assert row_of(partnership.leah).mark == "absent"


def test_a_contest_of_another_cohort_is_not_there(as_user, partnership, day):
    say(as_user, partnership.leah, day)
    mine = partnership.cohort()
    (one,) = contests()
    as_user(partnership.trainer).get("contesting.answer", expect=404, cohort_id=mine.id, contest_id=one.id)


def test_nobody_answers_themself(as_user, partnership, day, actor):
    with writing() as session:
        session.add(CohortTrainer(cohort_id=day.id, person_id=partnership.leah.id))
        post = session.scalars(select(Membership).where(Membership.person_id == partnership.leah.id)).one()
        post.roles[0].role = Role.TRAINER.value
    say(as_user, partnership.leah, day)
    assert [one.person_id for one in mails("contested")] == [partnership.trainer.id]
    page = answer(as_user, partnership.leah, day, "present", expect=422)
    assert "You cannot answer yourself" in page.words
    assert row_of(partnership.leah).mark == "absent"


def test_the_coordinator_answers_and_is_asked_where_no_trainer_is_left(as_user, partnership, day):
    coordinator = partnership.make.person(
        agency=partnership.agencies[0], roles=((Role.COORDINATOR, Scope.PARTNERSHIP),)
    )
    with writing() as session:
        post = session.scalars(select(Membership).where(Membership.person_id == partnership.trainer.id)).one()
        post.ends_on = clock.today() - timedelta(days=1)
    say(as_user, partnership.leah, day)
    assert [one.person_id for one in mails("contested")] == [coordinator.id]
    answer(as_user, coordinator, day, "present")
    assert row_of(partnership.leah).noted_by == coordinator.id


def test_the_second_answer_is_refused_and_the_first_stands(as_user, partnership, day):
    say(as_user, partnership.leah, day)
    answer(as_user, partnership.trainer, day, "leave", "No")
    page = answer(as_user, partnership.trainer, day, "present", "Yes", expect=422)
    assert "Somebody has answered this already" in page.words
    assert row_of(partnership.leah).mark == "absent"


def test_an_answer_needs_a_choice_and_a_sentence(as_user, partnership, day):
    say(as_user, partnership.leah, day)
    page = answer(as_user, partnership.trainer, day, "", "", expect=422)
    assert "Choose what the register should say" in page.words
    assert "Say in a sentence what you did" in page.words
    answer(as_user, partnership.trainer, day, "nonsense", "Yes", expect=422)
    assert contests()[0].is_open


def test_a_contested_session_is_not_taken_out_of_the_cohort(as_user, partnership, day, actor):
    with writing() as session:
        for row in session.scalars(select(Attendance)):
            session.delete(row)
        for row in session.scalars(select(MissedPlace)):
            session.delete(row)
    say(as_user, partnership.olu, day)
    with pytest.raises(building.RegisterTaken), writing():
        building.edit(actor(partnership.trainer), day.id, a_plan(), 1, building.Move("", ()))


def test_somebody_who_has_left_keeps_their_day_and_contests_it_without_others_names(as_user, partnership, day):
    with writing() as session:
        post = session.scalars(select(Membership).where(Membership.person_id == partnership.leah.id)).one()
        post.ends_on = clock.today() - timedelta(days=1)
    page = as_user(partnership.leah).get("cohorts.show", cohort_id=day.id)
    assert "Noor" not in page.text
    assert "With you in the room" not in page.words
    assert "Noor" in as_user(partnership.olu).get("cohorts.show", cohort_id=day.id).text
    say(as_user, partnership.leah, day)
    assert contests()[0].is_open


@pytest.mark.parametrize("loss", LOSSES)
def test_who_does_not_run_the_day_any_more_is_not_told_of_a_contest(as_user, partnership, day, loss):
    delivering.deliver_waiting(Bag())
    say(as_user, partnership.leah, day)
    assert len(mails("contested")) == 1
    LOSSES[loss](partnership.trainer)
    delivering.deliver_waiting(bag := Bag())
    assert bag.mails == []


def test_whoever_runs_the_day_is_told_unless_somebody_was_quicker(as_user, partnership, day):
    delivering.deliver_waiting(Bag())
    say(as_user, partnership.leah, day)
    delivering.deliver_waiting(bag := Bag())
    assert len(bag.mails) == 1
    say(as_user, partnership.olu, day)
    with writing():
        for one in db.session.scalars(select(Contest)):
            one.state, one.answered_by, one.answered_at = "kept", partnership.trainer.id, clock.now()
    delivering.deliver_waiting(later := Bag())
    assert later.mails == []
