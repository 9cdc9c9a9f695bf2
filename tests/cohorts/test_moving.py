"""A day is moved or called off with one message and other dates, and people take one in a click."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.cohorts.actions import booking as actions
from lms.cohorts.actions import building, moving
from lms.cohorts.actions.building import Move
from lms.cohorts.models import Booking
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from tests.cohorts.conftest import mails, states
from tests.cohorts.forms import edit_form
from tests.cohorts.test_approving import ask
from tests.cohorts.test_offers import entry


def offered_instead(as_user, partnership, **changes):
    """A day called off, with another offered to the two people on it."""
    cohort, other = partnership.cohort(), partnership.cohort(title="Another date", **changes)
    sam, eve = partnership.person(1, name="Sam"), partnership.person(2, name="Eve")
    ask(cohort, sam, eve)
    form = {"message": "The hall has flooded.", "others": str(other.id)}
    as_user(partnership.trainer).post("building.call_off", form, cohort_id=cohort.id)
    return cohort, other, sam, eve


def test_calling_off_sends_one_mail_with_the_message_and_a_link_to_the_dates(as_user, partnership):
    cohort, *_ = offered_instead(as_user, partnership)
    assert sorted(mails()[2:]) == [("Eve", "cancelled"), ("Sam", "cancelled")]
    body = db.session.scalars(select(OutboxMail.body).where(OutboxMail.kind == "cohorts/cancelled")).first()
    assert "The hall has flooded." in body
    assert f"/cohorts/{cohort.id}/other-dates" in body


def test_one_click_takes_a_place_on_another_date(as_user, partnership):
    cohort, other, sam, _ = offered_instead(as_user, partnership)
    browser = as_user(sam)
    page = browser.get("moving.other_dates", cohort_id=cohort.id)
    assert "The hall has flooded." in page.words
    (form,) = [one for one in page.forms() if one.get("action").endswith("/other-dates")]
    asked = entry(cohort, sam).asked_at
    assert "Your place is booked." in browser.follow(browser.send(page, form)).words
    assert states(other) == {"Sam": "booked"}
    assert states(cohort) == {"Sam": "cancelled", "Eve": "booked"}
    assert entry(other, sam).asked_at == asked


def test_on_a_full_date_one_waits_from_when_one_first_asked(as_user, actor, partnership):
    cohort, other, sam, _ = offered_instead(as_user, partnership, capacity=1)
    ask(other, partnership.person(0, name="Hal"), partnership.person(3, name="Later"))
    with writing():
        row = db.session.scalars(select(Booking).where(Booking.person_id == sam.id)).one()
        row.asked_at = clock.now() - timedelta(days=30)
    with writing():
        moving.take(actor(sam), cohort.id, other.id)
    assert states(other) == {"Hal": "booked", "Later": "waiting", "Sam": "waiting"}
    with writing():
        actions.cancel(
            actor(db.session.scalars(select(people.Person).where(people.Person.name == "Hal")).one()), other.id
        )
    assert states(other)["Sam"] == "booked"


def test_taking_it_twice_is_taking_it_once(actor, as_user, partnership):
    cohort, other, sam, _ = offered_instead(as_user, partnership)
    with writing():
        moving.take(actor(sam), cohort.id, other.id)
    with pytest.raises(NotFound), writing():
        moving.take(actor(sam), cohort.id, other.id)
    assert states(other) == {"Sam": "booked"}


def test_approval_of_one_date_is_not_approval_of_another(actor, as_user, partnership):
    cohort, other, sam, _ = offered_instead(as_user, partnership, needs_approval=True)
    with writing():
        moving.take(actor(sam), cohort.id, other.id)
    assert states(other) == {"Sam": "asked"}


def test_needs_come_along(actor, partnership):
    cohort, other = partnership.cohort(), partnership.cohort(title="Another date")
    sam = partnership.person(1, name="Sam")
    with writing():
        actions.book(actor(sam), cohort.id, "A chair by the door", ["loop"])
    with writing():
        building.call_off(actor(partnership.trainer), cohort.id, Move("", (other.id,)))
    with writing():
        moving.take(actor(sam), cohort.id, other.id)
    assert [one.words for one in entry(other, sam).arrangements] == ["A hearing loop", "A chair by the door"]


def test_only_dates_that_were_offered_can_be_taken(actor, as_user, partnership):
    cohort, _, sam, _ = offered_instead(as_user, partnership)
    third = partnership.cohort(title="Not offered")
    with pytest.raises(NotFound), writing():
        moving.take(actor(sam), cohort.id, third.id)
    as_user(partnership.person(0)).get("moving.other_dates", cohort_id=cohort.id, expect=404)


def test_a_date_that_closed_meanwhile_is_refused_with_a_sentence(actor, as_user, partnership):
    cohort, other, sam, _ = offered_instead(as_user, partnership)
    with writing():
        building.close(actor(partnership.trainer), other.id)
    page = as_user(sam).post("moving.take", {"other": str(other.id)}, cohort_id=cohort.id, expect=422)
    assert "This date takes no more bookings." in page.words
    assert "None of the dates that were offered takes bookings any more." in page.words
    assert states(cohort)["Sam"] == "booked"


def test_a_trainer_cannot_offer_a_cohort_they_do_not_run(make, actor, partnership):
    cohort, other = partnership.cohort(), partnership.cohort(by=make.trainer(partnership.agencies[1]))
    with pytest.raises(NotFound), writing():
        building.call_off(actor(partnership.trainer), cohort.id, Move("", (other.id,)))


def test_moving_a_date_tells_everyone_once_and_keeps_the_day_while_offering_others(as_user, partnership):
    cohort, other, sam = (
        partnership.cohort(),
        partnership.cohort(title="Another date"),
        partnership.person(1, name="Sam"),
    )
    ask(cohort, sam)
    later = (clock.today() + timedelta(days=30)).isoformat()
    browser = as_user(partnership.trainer)
    assert "Another date" in browser.get("building.edit", cohort_id=cohort.id).words
    changes = {"session-1-day": later, "message": "The speaker is ill.", "others": str(other.id)}
    browser.post("building.edit", edit_form(cohort, **changes), cohort_id=cohort.id)
    assert mails()[1:] == [("Sam", "changed")]
    mine = as_user(sam)
    assert "The speaker is ill." in mine.get("moving.other_dates", cohort_id=cohort.id).words
    mine.post("moving.take", {"other": str(other.id)}, cohort_id=cohort.id)
    assert (states(cohort), states(other)) == ({"Sam": "cancelled"}, {"Sam": "booked"})
