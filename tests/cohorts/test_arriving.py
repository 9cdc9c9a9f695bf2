"""Signing in by phone: in the room, in its window, for oneself."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.cohorts.actions import booking
from lms.cohorts.models import Attendance, Booking
from lms.core import clock
from lms.core.db import db, writing
from lms.people.models import Person


@pytest.fixture(autouse=True)
def _ten_in_the_morning():
    with time_machine.travel("2027-01-14 10:00", tick=True):
        yield


@pytest.fixture
def day(actor, partnership):
    """A cohort with two people who have a place, which begins in ten minutes."""
    cohort = partnership.cohort()
    with writing():
        ids = [partnership.person(n, name=f"P{n}").id for n in range(2)]
    with writing():
        booking.add(actor(partnership.trainer), cohort.id, ids)
    partnership.begin(cohort, minutes=-10)
    return cohort


def here(cohort):
    return {"cohort_id": cohort.id, "session_id": cohort.sessions[0].id}


def person(name):
    db.session.rollback()
    return db.session.scalar(select(Person).where(Person.name == name))


@pytest.fixture
def code(as_user, partnership, day):
    """The code the room shows now, as the trainer's page prints it."""

    def read():
        page = as_user(partnership.trainer).get("arriving.room", **here(day))
        return page.all("//p[contains(., '/here/')]")[0].text_content().rpartition("/")[2].strip()

    return read


def register():
    db.session.rollback()
    return {
        db.session.get(Booking, row.booking_id).person.name: row
        for row in db.session.scalars(select(Attendance).execution_options(populate_existing=True))
    }


def at(cohort, code):
    return {"session_id": cohort.sessions[0].id, "code": code}


def test_one_button_puts_me_on_the_register(as_user, day, code):
    given = code()
    phone = as_user(person("P0"))
    page = phone.get("arriving.here", **at(day, given))
    assert page.h1 == "Are you here, P0?"
    assert len(page.all("//main//button")) == 1
    assert register() == {}
    page = phone.follow(phone.post("arriving.say_here", **at(day, given)))
    assert "You are on the register" in page.words
    row = register()["P0"]
    assert (row.mark, row.attended, row.noted_by) == ("present", True, person("P0").id)
    assert abs(row.by_phone_at - clock.now()) < timedelta(minutes=2)
    assert "P1" not in register()


def test_to_do_it_twice_changes_nothing(as_user, day, code):
    given, phone = code(), as_user(person("P0"))
    phone.post("arriving.say_here", **at(day, given))
    phone.post("arriving.say_here", **at(day, given))
    db.session.rollback()
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.signed_in")).all()
    assert [row.detail["mark"] for row in rows] == ["present"]


def test_the_trainer_sees_who_signed_in_by_phone(as_user, partnership, day, code):
    as_user(person("P0")).post("arriving.say_here", **at(day, code()))
    page = as_user(partnership.trainer).get("attendance.register", **here(day))
    assert "Signed in at 10:0" in page.words
    assert "by phone" in page.words
    assert "1 of 2 people marked" in page.words


def test_a_quarter_of_an_hour_after_the_start_i_am_late(as_user, partnership, day, code):
    partnership.begin(day, minutes=15)
    phone, given = as_user(person("P0")), code()
    page = phone.follow(phone.post("arriving.say_here", **at(day, given)))
    assert "late, came at 10:0" in page.words
    row = register()["P0"]
    assert (row.mark, row.attended) == ("late", True)


@pytest.mark.parametrize("case", [(-45, "Sign-in opens at 10:15 am in the room."), (61, "Sign-in closed at 9:59 am.")])
def test_outside_its_window_the_room_takes_no_sign_ins(as_user, partnership, day, code, case):
    ago, words = case
    with time_machine.travel("2027-01-14 10:00", tick=False):
        partnership.begin(day, minutes=ago)
        given, phone = code(), as_user(person("P0"))
        page = phone.get("arriving.here", **at(day, given))
        assert words in page.words.replace("\xa0", " ")
        assert page.all("//main//button") == []
        page = phone.post("arriving.say_here", expect=422, **at(day, given))
        assert words in page.words.replace("\xa0", " ")
    assert register() == {}


def test_the_day_before_the_page_says_on_which_day(as_user, partnership, day, code):
    partnership.begin(day, days=-1)
    page = as_user(person("P0")).get("arriving.here", **at(day, code()))
    assert "am on Friday 15 January in the room." in page.words.replace("\xa0", " ")


def test_last_weeks_picture_does_not_work(as_user, partnership, day, code):
    partnership.begin(day, days=7)
    old = code()
    partnership.begin(day, minutes=-10)
    assert code() != old
    phone = as_user(person("P0"))
    page = phone.get("arriving.here", expect=404, **at(day, old))
    assert "Scan the code that the room shows now" in page.words
    phone.post("arriving.say_here", expect=404, **at(day, old))
    assert register() == {}


def test_a_new_code_stops_the_one_before(as_user, partnership, day, code):
    old = code()
    trainer = as_user(partnership.trainer)
    trainer.post("arriving.new_code", **here(day))
    trainer.post("arriving.new_code", **here(day))
    assert code() != old
    phone = as_user(person("P0"))
    phone.post("arriving.say_here", expect=404, **at(day, old))
    phone.post("arriving.say_here", **at(day, code()))
    assert register()["P0"].mark == "present"


def test_who_has_no_place_is_told_to_see_the_trainer_and_nothing_else(as_user, make, partnership, day, code):
    given = code()
    for stranger in (partnership.person(2), make.person(agency=make.agency(partnership="Westmark"))):
        phone = as_user(stranger)
        page = phone.get("arriving.here", **at(day, given))
        assert "See the trainer in the room" in page.words
        assert "Who leads" not in page.words
        phone.post("arriving.say_here", expect=422, **at(day, given))
    assert register() == {}


def test_who_is_not_signed_in_comes_back_after_signing_in(nobody, day, code):
    page = nobody.get("arriving.here", expect=303, **at(day, code()))
    assert "/sign-in?next=" in page.location
    assert "here" in page.location


def test_a_trainers_mark_stands(as_user, partnership, day, code):
    booking_id = db.session.scalar(select(Booking).join(Booking.person).where(Person.name == "P0")).id
    as_user(partnership.trainer).post("attendance.register", {f"mark-{booking_id}": "absent"}, **here(day))
    phone, given = as_user(person("P0")), code()
    assert phone.get("arriving.here", **at(day, given)).all("//main//button") == []
    phone.post("arriving.say_here", expect=422, **at(day, given))
    assert register()["P0"].mark == "absent"


def test_whoever_runs_the_cohort_does_not_sign_in_from_anywhere(as_user, actor, partnership, day, code):
    partnership.begin(day, days=-2)
    with writing():
        booking.book(actor(partnership.trainer), day.id)
    partnership.begin(day, minutes=-10)
    page = as_user(partnership.trainer).post("arriving.say_here", expect=422, **at(day, code()))
    assert "You run this cohort" in page.words
    assert register() == {}


def test_the_code_holds_no_name(as_user, partnership, day):
    page = as_user(partnership.trainer).get("arriving.room", **here(day))
    assert "P0" not in "".join(page.all("//body//text() | //@aria-label"))
    assert page.all("//div[@role='img']//*[local-name()='svg']")
    assert page.all("/html/@data-theme") == ["light"]
    assert "Sign in to the room" in page.h1


def test_a_draft_has_no_room(as_user, actor, partnership):
    cohort = partnership.cohort(draft=True)
    partnership.begin(cohort, minutes=-10)
    trainer = as_user(partnership.trainer)
    page = trainer.get("arriving.room", **here(cohort))
    given = page.all("//p[contains(., '/here/')]")[0].text_content().rpartition("/")[2].strip()
    as_user(partnership.person(1)).get("arriving.here", expect=404, **at(cohort, given))
    trainer.post("arriving.new_code", expect=422, **here(cohort))


def test_a_picture_of_the_code_is_of_no_use_a_quarter_of_an_hour_later(as_user, day, code):
    with time_machine.travel("2027-01-14 10:00", tick=False) as time:
        old, phone, mate = code(), as_user(person("P0")), as_user(person("P1"))
        time.shift(timedelta(minutes=9))
        assert code() != old
        phone.post("arriving.say_here", **at(day, old))
        assert set(register()) == {"P0"}
        time.shift(timedelta(minutes=6))
        page = mate.get("arriving.here", **at(day, old))
        assert "Scan the one that the room shows now" in page.words
        assert page.all("//main//button") == []
        mate.post("arriving.say_here", expect=422, **at(day, old))
        assert set(register()) == {"P0"}
        assert "You are on the register" in phone.get("arriving.here", **at(day, old)).words
        mate.post("arriving.say_here", **at(day, code()))
        assert set(register()) == {"P0", "P1"}


def test_a_code_that_the_room_shows_later_is_not_known_yet(as_user, day, code):
    with time_machine.travel("2027-01-14 10:20", tick=False):
        later = code()
    with time_machine.travel("2027-01-14 10:00", tick=False):
        as_user(person("P0")).get("arriving.here", expect=404, **at(day, later))


def test_the_screen_of_the_room_says_when_to_load_it_anew(as_user, partnership, day):
    with time_machine.travel("2027-01-14 10:01", tick=False):
        partnership.begin(day, minutes=-10)
        page = as_user(partnership.trainer).get("arriving.room", **here(day))
        assert page.all("//@data-renew") == ["301"]  # the window opened at 9:41, so the next code is shown at 10:06
        assert "The code changes at 10:06" in page.text.replace("\xa0", " ")
        partnership.begin(day, hours=3)
        assert as_user(partnership.trainer).get("arriving.room", **here(day)).all("//@data-renew") == []
