"""Places given up late and no-shows count for the agency, until they are cleared."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.cohorts.actions import attendance, building, missed
from lms.cohorts.actions import booking as actions
from lms.cohorts.models import Cohort, MissedPlace
from lms.cohorts.states import Mark
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from tests.cohorts.conftest import states
from tests.cohorts.test_approving import ask
from tests.cohorts.test_offers import entry, stored


def recorded():
    db.session.rollback()
    rows = db.session.scalars(select(MissedPlace).execution_options(populate_existing=True)).all()
    return [(one.agency.name, one.kind, one.cleared_how) for one in rows]


def cancel(cohort, person):
    with writing():
        actions.cancel(people.actor(person), cohort.id)


def test_cancelling_in_time_records_nothing_and_the_page_says_until_when(as_user, partnership):
    cohort, sam = partnership.cohort(), partnership.person(1)
    ask(cohort, sam)
    by = stored(cohort).cancel_by
    assert (
        f"You can cancel until {by:%A} {by.day} {by:%B}" in as_user(sam).get("cohorts.show", cohort_id=cohort.id).words
    )
    cancel(cohort, sam)
    assert recorded() == []


def test_cancelling_late_is_said_before_and_recorded_for_the_agency(make, as_user, partnership):
    cohort, sam = partnership.cohort(), partnership.person(1, name="Sam Late")
    ask(cohort, sam)
    partnership.begin(cohort, days=-1)
    page = as_user(sam).get("cohorts.show", cohort_id=cohort.id)
    assert "Cancelling now is late: it is recorded for your agency." in page.words
    cancel(cohort, sam)
    assert recorded() == [("Agency B", "late", "")]
    manager = make.manager(agency=partnership.agencies[1])
    assert "Sam Late" in as_user(manager).get("missed.listed").words
    for other in (make.manager(agency=partnership.agencies[2]), make.manager(team=make.team(partnership.agencies[1]))):
        assert "Sam Late" not in as_user(other).get("missed.listed").words
    assert "Cancelled late" not in as_user(partnership.trainer).get("building.manage", cohort_id=cohort.id).words
    assert "cancelled late" in as_user(partnership.trainer).get("building.manage", cohort_id=cohort.id).words


@pytest.mark.parametrize("leave", ["waiting", "offered", "removed", "called off"])
def test_only_a_place_given_up_by_oneself_counts(actor, partnership, leave):
    cohort = partnership.cohort(capacity=1, offers_places=True)
    holder, sam = partnership.person(0), partnership.person(1)
    ask(cohort, holder, sam)
    partnership.begin(cohort, days=-1)
    if leave == "waiting":
        cancel(cohort, sam)
    elif leave == "removed":
        with writing():
            actions.remove(actor(partnership.trainer), cohort.id, entry(cohort, holder).id)
    elif leave == "offered":
        with writing():
            actions.remove(actor(partnership.trainer), cohort.id, entry(cohort, holder).id)
        assert list(states(cohort).values()).count("offered") == 1
        cancel(cohort, sam)
    else:
        with writing():
            building.call_off(actor(partnership.trainer), cohort.id)
        cancel(cohort, holder)
    assert recorded() == []


def held_day(partnership):
    """A day that ended an hour ago, with one person marked present and one absent while it went on."""
    cohort = partnership.cohort()
    came, stayed = partnership.person(0, name="Came"), partnership.person(1, name="Stayed")
    ask(cohort, came, stayed)
    partnership.begin(cohort, hours=1)
    mark(cohort, {came: Mark.PRESENT, stayed: Mark.ABSENT}, partnership)
    assert recorded() == []
    partnership.begin(cohort, hours=7)
    return cohort, stayed


def mark(cohort, marks, partnership):
    with writing():
        session = db.session.get(Cohort, cohort.id).sessions[0]
        by_booking = {entry(cohort, person).id: mark for person, mark in marks.items()}
    with writing():
        attendance.note(people.actor(partnership.trainer), cohort.id, session.id, by_booking)


def test_the_clock_records_no_shows_from_the_register_once(partnership):
    held_day(partnership)
    assert missed.note_all_no_shows() == 1
    assert missed.note_all_no_shows() == 0
    assert recorded() == [("Agency B", "no-show", "")]


def test_nothing_is_recorded_while_the_session_goes_on(partnership):
    cohort, _ = held_day(partnership)
    with writing():
        session = db.session.get(Cohort, cohort.id).sessions[0]
        session.ends_at = clock.now() + timedelta(hours=1)
    assert missed.note_all_no_shows() == 0


def test_a_corrected_register_clears_a_no_show_and_another_correction_brings_it_back(partnership):
    cohort, stayed = held_day(partnership)
    missed.note_all_no_shows()
    mark(cohort, {stayed: Mark.LATE}, partnership)
    assert recorded() == [("Agency B", "no-show", "register")]
    mark(cohort, {stayed: Mark.ABSENT}, partnership)
    assert recorded() == [("Agency B", "no-show", "")]


def test_a_trainer_waives_with_a_reason_and_it_stays_waived(as_user, partnership):
    cohort, _ = held_day(partnership)
    missed.note_all_no_shows()
    browser = as_user(partnership.trainer)
    page = browser.get("building.manage", cohort_id=cohort.id)
    (form,) = [one for one in page.forms() if "/missed/" in one.get("action")]
    assert "Say why" in browser.send(page, form, {"reason": "  "}, expect=422).words
    browser.send(page, form, {"reason": "Called out to a child"})
    assert recorded() == [("Agency B", "no-show", "waived")]
    assert "Called out to a child" in browser.get("building.manage", cohort_id=cohort.id).words
    assert missed.note_all_no_shows() == 0
