"""The register: who came, corrections, walk-ins, and what each person sees of it."""

import pytest
import time_machine
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.cohorts.actions import booking as actions
from lms.cohorts.actions import building
from lms.cohorts.models import Attendance, Booking, CohortTrainer, MissedPlace
from lms.cohorts.plan import PlannedSession
from lms.core.db import db, writing
from tests.cohorts.conftest import a_plan, states, taken
from tests.cohorts.forms import edit_form


@pytest.fixture
def day(actor, partnership):
    """A cohort that began an hour ago, with three people who have a place."""
    cohort = partnership.cohort()
    with writing():
        ids = [partnership.person(n, name=f"P{n}").id for n in range(3)]
        actions.add(actor(partnership.trainer), cohort.id, ids)
    partnership.begin(cohort, hours=1)
    return cohort


def register(cohort):
    db.session.rollback()
    rows = db.session.scalars(select(Attendance).execution_options(populate_existing=True)).all()
    return {db.session.get(Booking, row.booking_id).person.name: row for row in rows}


def here(cohort):
    return {"cohort_id": cohort.id, "session_id": cohort.sessions[0].id}


def marks_for(cohort, **marks):
    rows = {row.person.name: row.id for row in db.session.scalars(select(Booking)).all()}
    return {f"mark-{rows[name]}": mark for name, mark in marks.items()}


def test_marking_who_came(as_user, partnership, day):
    browser = as_user(partnership.trainer)
    page = browser.get("attendance.register", **here(day))
    assert len(page.all("//fieldset[.//input[@type='radio']]")) == 3
    assert page.all("//input[@type='radio'][@checked]") == []
    browser.post("attendance.register", marks_for(day, P0="present", P1="left-early"), **here(day))
    found = register(day)
    assert {name: row.mark for name, row in found.items()} == {"P0": "present", "P1": "left-early"}
    assert {row.noted_by for row in found.values()} == {partnership.trainer.id}
    page = browser.get("attendance.register", **here(day))
    assert sorted(page.all("//input[@type='radio'][@checked]/@value")) == ["left-early", "present"]
    assert "2 of 3 people marked" in page.words


def test_a_correction_is_audited_and_saving_the_same_again_is_not(as_user, partnership, day):
    browser = as_user(partnership.trainer)
    browser.post("attendance.register", marks_for(day, P0="present", P1="late"), **here(day))
    browser.post("attendance.register", marks_for(day, P0="present", P1="absent"), **here(day))
    again = browser.post("attendance.register", marks_for(day, P0="present", P1="absent"), **here(day))
    assert "Saved. No mark had changed." in browser.follow(again).text
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.corrected")).all()
    assert [(row.detail["before"], row.detail["after"]) for row in rows] == [("late", "absent")]
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.noted")).all()
    assert [row.detail["people"] for row in noted] == [2, 1]


def test_nobody_marks_themself(as_user, actor, partnership, day):
    partnership.begin(day, days=-2)
    with writing():
        actions.book(actor(partnership.trainer), day.id)
    partnership.begin(day, hours=1)
    browser = as_user(partnership.trainer)
    page = browser.get("attendance.register", **here(day))
    assert "You cannot mark yourself" in page.words
    marks = marks_for(day, **{"Tamsin Trainer": "present", "P0": "present"})
    assert "You cannot mark yourself" in browser.post("attendance.register", marks, expect=422, **here(day)).words
    assert register(day) == {}
    walk_in = {"person": str(partnership.trainer.id)}
    browser.post("attendance.walk_in", walk_in, expect=422, **here(day))
    assert register(day) == {}


def test_there_is_no_register_before_the_day(as_user, partnership, day):
    partnership.begin(day, days=-2)
    browser = as_user(partnership.trainer)
    page = browser.get("attendance.register", **here(day))
    assert "The register opens on the day of the session" in page.words
    assert page.all("//input[@type='radio']") == []
    page = browser.post("attendance.register", marks_for(day, P0="present"), expect=422, **here(day))
    assert "The register opens on the day" in page.words
    assert register(day) == {}


def test_unknown_marks_and_people_of_other_cohorts_are_refused(as_user, partnership, day):
    browser = as_user(partnership.trainer)
    browser.post("attendance.register", marks_for(day, P0="asleep"), expect=422, **here(day))
    other = partnership.cohort(title="Another")
    partnership.begin(other, hours=1)
    browser.post("attendance.register", marks_for(day, P0="present"), expect=404, **here(other))
    wrong = {"cohort_id": other.id, "session_id": day.sessions[0].id}
    browser.post("attendance.register", marks_for(day, P0="present"), expect=404, **wrong)
    assert register(day) == {}


def test_a_walk_in_is_found_by_name_and_takes_no_place(as_user, partnership, day):
    ann = partnership.person(3, name="Ann Walker")
    browser = as_user(partnership.trainer)
    page = browser.get("attendance.register", query={"name": "walk"}, **here(day))
    form = next(one for one in page.forms() if one.get("action").endswith("/walk-ins"))
    browser.send(page, form)
    assert states(day)["Ann Walker"] == "walk-in"
    assert register(day)["Ann Walker"].mark == "present"
    assert taken(day) == 3
    page = as_user(ann).get("cohorts.show", cohort_id=day.id)
    assert "You came without a place" in page.words
    assert "P0" in page.words


def test_someone_who_waited_can_walk_in(as_user, actor, partnership):
    cohort = partnership.cohort(capacity=1)
    for n in range(2):
        with writing():
            actions.book(actor(partnership.person(n, name=f"Person {n}x")), cohort.id)
    partnership.begin(cohort, minutes=10)
    browser = as_user(partnership.trainer)
    page = browser.get("attendance.register", query={"name": "Person"}, **here(cohort))
    assert "Person 1x" in page.words
    form = next(one for one in page.forms() if one.get("action").endswith("/walk-ins"))
    browser.send(page, form)
    assert states(cohort) == {"Person 0x": "booked", "Person 1x": "walk-in"}


def test_a_person_sees_their_own_mark_and_nobody_elses(as_user, partnership, day):
    as_user(partnership.trainer).post("attendance.register", marks_for(day, P0="present", P1="absent"), **here(day))
    people = {row.person.name: row.person for row in db.session.scalars(select(Booking)).all()}
    page = as_user(people["P0"]).get("cohorts.show", cohort_id=day.id)
    assert "Register: present" in page.words
    assert "absent" not in page.words
    assert "Register: absent" in as_user(people["P1"]).get("cohorts.show", cohort_id=day.id).words


def test_a_session_whose_register_was_taken_cannot_be_removed(as_user, actor, partnership, day):
    as_user(partnership.trainer).post("attendance.register", marks_for(day, P0="present"), **here(day))
    session = a_plan().sessions[0]
    new = PlannedSession(session.starts_at, session.ends_at, "Elsewhere")
    with pytest.raises(building.RegisterTaken), writing():
        building.edit(actor(partnership.trainer), day.id, a_plan(sessions=(new,)))
    assert register(day)["P0"].mark == "present"


def line(page, name):
    """The fieldset of one person on the register page."""
    return next(one for one in page.all("//fieldset") if name in one.xpath("string(legend)"))


def sent(page, **lines):
    """A register as a browser sends it, with these marks and times changed: "late", or "late 09:50 15:00"."""
    found = {}
    for fieldset in page.all("//fieldset[.//input[@type='radio']]"):
        for one in fieldset.xpath(".//input[@type='hidden' or @type='time' or @checked]"):
            found[one.get("name")] = one.get("value") or ""
        name = fieldset.xpath("string(legend)").strip()
        if name in lines:
            key = fieldset.xpath(".//input[@type='radio']/@name")[0].removeprefix("mark-")
            parts = lines[name].split(" ")
            found |= dict(zip((f"mark-{key}", f"arrived-{key}", f"left-{key}"), parts, strict=False))
    return found


@pytest.fixture
def morning():
    """Two in the afternoon, so that the day of a session that began an hour ago is today."""
    with time_machine.travel("2027-01-14 14:00", tick=True):
        yield


def test_minutes_decide_who_attended(as_user, morning, partnership, day):
    browser = as_user(partnership.trainer)
    page = browser.get("attendance.register", **here(day))
    browser.post("attendance.register", sent(page, P0="late 13:20", P1="late 13:50", P2="present"), **here(day))
    found = register(day)
    assert {name: row.attended for name, row in found.items()} == {"P0": True, "P1": False, "P2": True}
    page = browser.get("attendance.register", **here(day))
    assert "Attended2" in page.words.replace(" ", "")
    assert "not attended" in line(page, "P1").text_content()
    assert "not attended" not in line(page, "P0").text_content()
    browser.post("attendance.register", sent(page, P1="late 13:10"), **here(day))
    assert register(day)["P1"].attended
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.corrected")).one()
    assert (entry.detail["before"], entry.detail["after"]) == ("late|13:50|", "late|13:10|")


def test_one_button_marks_everybody_who_has_no_mark(as_user, partnership, day):
    browser = as_user(partnership.trainer)
    page = browser.get("attendance.register", **here(day))
    browser.post("attendance.register", {**sent(page, P1="absent"), "rest": "present"}, **here(day))
    assert {name: row.mark for name, row in register(day).items()} == {"P0": "present", "P1": "absent", "P2": "present"}
    assert "mark everybody else" not in browser.get("attendance.register", **here(day)).words


def test_two_trainers_at_once_lose_nothing(as_user, make, partnership, day):
    """Case 10, at the register: one opens the page, the other marks P0 and P1; then the first marks P1 differently, and
    P2.
    """
    with writing():
        db.session.add(CohortTrainer(cohort_id=day.id, person_id=(rhys := make.trainer(name="Rhys")).id))
    one, other = as_user(partnership.trainer), as_user(rhys)
    page = one.get("attendance.register", **here(day))
    other.post("attendance.register", marks_for(day, P0="late", P1="late"), **here(day))
    mine = sent(page, P1="present", P2="absent 10:00")
    refused = one.post("attendance.register", mine, expect=422, **here(day))
    assert "Rhys marked P1" in refused.words
    assert "Nothing is saved yet" in refused.words
    assert {name: row.mark for name, row in register(day).items()} == {"P0": "late", "P1": "late"}
    shown = line(refused, "P1")
    assert shown.xpath(".//input[@checked]/@value") == ["present"]
    assert "The register now says late, noted by Rhys" in shown.text_content()
    assert line(refused, "P0").xpath(".//input[@checked]/@value") == ["late"]
    assert line(refused, "P2").xpath(".//input[@checked]/@value") == ["absent"]
    one.post("attendance.register", sent(refused), **here(day))
    assert {name: row.mark for name, row in register(day).items()} == {"P0": "late", "P1": "present", "P2": "absent"}


def test_marks_of_others_that_i_did_not_touch_stay(as_user, make, partnership, day):
    browser = as_user(partnership.trainer)
    page = browser.get("attendance.register", **here(day))
    as_user(partnership.trainer).post("attendance.register", marks_for(day, P0="late"), **here(day))
    browser.post("attendance.register", sent(page, P2="present"), **here(day))
    assert {name: row.mark for name, row in register(day).items()} == {"P0": "late", "P2": "present"}


def test_what_was_typed_is_kept_when_saving_fails(as_user, partnership, day):
    browser = as_user(partnership.trainer)
    page = browser.get("attendance.register", **here(day))
    page = browser.post("attendance.register", sent(page, P0="late noon", P1="present"), expect=422, **here(day))
    assert "Enter times with hours and minutes" in page.words
    assert line(page, "P0").xpath(".//input[@type='time']/@value")[0] == "noon"
    assert line(page, "P1").xpath(".//input[@checked]/@value") == ["present"]
    assert register(day) == {}


def test_the_sheet_to_sign_has_names_by_agency_and_room_for_more(as_user, partnership, day):
    page = as_user(partnership.trainer).get("attendance.sheet", **here(day))
    rows = [row.xpath("string(*[1])").strip() for row in page.all("//tbody/tr")]
    assert rows[:4] == ["Agency A", "P0", "Agency B", "P1"]
    assert sum(row.startswith("Free row") for row in rows) == 8
    assert page.all("//thead//th/text()") == ["Name", "Came at", "Left at", "Signature"]


@pytest.mark.parametrize("case", [("register", 12), ("sheet", 10)])
def test_the_register_asks_the_database_as_often_for_many_as_for_few(as_user, partnership, day, count_queries, case):
    page, most = case
    browser = as_user(partnership.trainer)
    assert count_queries(lambda: browser.get(f"attendance.{page}", **here(day))) <= most


def test_a_person_reads_when_they_were_there_too_short(as_user, morning, partnership, day):
    browser = as_user(partnership.trainer)
    page = browser.get("attendance.register", **here(day))
    browser.post("attendance.register", sent(page, P0="late 16:50", P1="late 13:10"), **here(day))
    people = {row.person.name: row.person for row in db.session.scalars(select(Booking)).all()}
    assert "too short to count" in as_user(people["P0"]).get("cohorts.show", cohort_id=day.id).words
    page = as_user(people["P1"]).get("cohorts.show", cohort_id=day.id)
    assert "too short to count" not in page.words
    assert "Your table" in page.words


def test_other_times_count_anew_who_attended(as_user, partnership, day):
    with time_machine.travel("2027-01-14 16:00", tick=False):
        partnership.begin(day, hours=7)
        trainer = as_user(partnership.trainer)
        sent = marks_for(day, P0="left-early", P1="present")
        (one,) = [name.removeprefix("mark-") for name, mark in sent.items() if mark == "left-early"]
        trainer.post("attendance.register", sent | {f"left-{one}": "14:20"}, **here(day))
        assert {name: row.attended for name, row in register(day).items()} == {"P0": False, "P1": True}
        trainer.post("building.edit", edit_form(day, **{"session-1-ends": "14:30"}), cohort_id=day.id)
        assert {name: row.attended for name, row in register(day).items()} == {"P0": True, "P1": True}
        trainer.post("building.edit", edit_form(day, **{"session-1-day": "2027-01-15"}), cohort_id=day.id)
        row = register(day)["P0"]
        assert (f"{row.left_at:%d %H:%M}", row.attended) == ("15 14:20", True)


def test_an_end_put_earlier_records_who_did_not_come(as_user, partnership, day):
    with time_machine.travel("2027-01-14 10:00", tick=False):
        partnership.begin(day, hours=1)
        trainer = as_user(partnership.trainer)
        trainer.post("attendance.register", marks_for(day, P0="present", P1="absent"), **here(day))
        assert db.session.scalars(select(MissedPlace)).all() == []
        trainer.post("building.edit", edit_form(day, **{"session-1-ends": "09:55"}), cohort_id=day.id)
    db.session.rollback()
    assert [one.booking.person.name for one in db.session.scalars(select(MissedPlace))] == ["P1"]


def test_a_register_taken_after_the_end_records_who_did_not_come_at_once(as_user, partnership, day):
    partnership.begin(day, hours=7)
    trainer = as_user(partnership.trainer)
    trainer.post("attendance.register", marks_for(day, P0="present", P1="absent"), **here(day))
    db.session.rollback()
    assert [one.booking.person.name for one in db.session.scalars(select(MissedPlace))] == ["P1"]
