"""A freed place is offered for a time, to one person after another; held places wait for their sector."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lms.cohorts.actions import booking as actions
from lms.cohorts.actions import building, filling, offers
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.places import MOST_PASSED_OVER
from lms.cohorts.plan import PlannedSession
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from tests.cohorts.conftest import SECTORS, a_plan, mails, states

POLICE = SECTORS[3].value


@pytest.fixture
def traveller():
    with time_machine.travel(clock.now()) as made:
        yield made


def book(cohort, *persons):
    for person in persons:
        with writing():
            actions.book(people.actor(person), cohort.id)


def cancel(cohort, person):
    with writing():
        actions.cancel(people.actor(person), cohort.id)


def stored(cohort):
    db.session.rollback()
    return db.session.get(Cohort, cohort.id, populate_existing=True)


def entry(cohort, person):
    db.session.rollback()
    wanted = select(Booking).where(Booking.cohort_id == cohort.id, Booking.person_id == person.id)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def offering(partnership, **changes):
    """A full day of one place, with two people who wait for it, one agency each."""
    cohort = partnership.cohort(capacity=1, offers_places=True, **changes)
    holder, first, second = (partnership.person(n, name=name) for n, name in enumerate(("Hal", "Fay", "Sid")))
    book(cohort, holder, first, second)
    cancel(cohort, holder)
    return cohort, first, second


def test_a_freed_place_is_offered_with_the_reason_and_until_when(as_user, partnership, traveller):
    cohort, first, _ = offering(partnership)
    assert states(cohort) == {"Hal": "cancelled", "Fay": "offered", "Sid": "waiting"}
    assert mails("offer") == [("Fay", "offer")]
    page = as_user(first).get("offers.offer", cohort_id=cohort.id)
    assert "your agency had the fewest places (none yet)" in page.words
    assert page.h1 == "A place is offered to you"
    as_user(first).post("offers.take", cohort_id=cohort.id)
    as_user(first).post("offers.take", cohort_id=cohort.id)
    assert states(cohort)["Fay"] == "booked"
    assert mails("place_booked")[-1] == ("Fay", "place_booked")


def test_nobody_else_gets_a_place_that_is_offered(partnership, traveller):
    cohort, _, _ = offering(partnership)
    late = partnership.person(3, name="Late")
    book(cohort, late)
    assert states(cohort)["Late"] == "waiting"


def test_passing_hands_it_to_the_next_and_keeps_ones_place_in_the_queue(as_user, partnership, traveller):
    cohort, first, second = offering(partnership)
    asked = entry(cohort, first).asked_at
    as_user(first).post("offers.let_pass", cohort_id=cohort.id)
    assert states(cohort) == {"Hal": "cancelled", "Fay": "waiting", "Sid": "offered"}
    assert entry(cohort, first).asked_at == asked
    as_user(second).post("offers.let_pass", cohort_id=cohort.id)
    assert states(cohort) == {"Hal": "cancelled", "Fay": "waiting", "Sid": "waiting"}
    assert mails("offer") == [("Fay", "offer"), ("Sid", "offer")]


def test_an_expired_offer_says_so_and_the_worker_hands_it_on_once(as_user, partnership, traveller):
    cohort, first, _ = offering(partnership)
    until = entry(cohort, first).offer_until
    traveller.move_to(until)
    page = as_user(first).get("offers.offer", cohort_id=cohort.id)
    assert f"This offer ended on {until.day} " in page.words
    assert "You keep your place in the queue." in page.words
    assert "You keep your place" in as_user(first).post("offers.take", cohort_id=cohort.id, expect=422).words
    assert filling.catch_up_all() == 1
    assert filling.catch_up_all() == 0
    assert states(cohort) == {"Hal": "cancelled", "Fay": "waiting", "Sid": "offered"}
    assert mails("offer_ended") == [("Fay", "offer_ended")]
    assert mails("offer") == [("Fay", "offer"), ("Sid", "offer")]


def test_an_expired_offer_moves_on_with_the_next_act_though_the_worker_is_down(partnership, traveller):
    cohort, first, _ = offering(partnership)
    traveller.move_to(entry(cohort, first).offer_until)
    book(cohort, partnership.person(3, name="Late"))
    assert states(cohort) == {"Hal": "cancelled", "Fay": "waiting", "Sid": "offered", "Late": "waiting"}


def test_whoever_let_a_place_pass_can_still_book_it_when_nobody_else_wants_it(as_user, partnership, traveller):
    cohort, first, second = offering(partnership)
    for person in (first, second):
        as_user(person).post("offers.let_pass", cohort_id=cohort.id)
    page = as_user(first).get("cohorts.show", cohort_id=cohort.id)
    assert "It may still be free" in page.words
    as_user(first).post("cohorts.book", cohort_id=cohort.id)
    assert states(cohort) == {"Hal": "cancelled", "Fay": "booked", "Sid": "waiting"}


def test_another_free_place_is_offered_to_those_who_let_one_pass(partnership, traveller):
    cohort, first, second = offering(partnership)
    with writing():
        offers.let_pass(people.actor(first), cohort.id)
    with writing():
        offers.take(people.actor(second), cohort.id)
    cancel(cohort, second)
    assert states(cohort)["Fay"] == "offered"


@pytest.mark.slow
def test_an_offer_for_a_day_near_by_is_short(partnership, traveller):
    starts = clock.now() + timedelta(days=4)
    near = PlannedSession(starts, starts + timedelta(hours=6), "Fern Hall")
    cohort, first, _ = offering(partnership, sessions=(near,))
    found = entry(cohort, first)
    assert found.offer_until - found.changed_at == timedelta(hours=4)


def test_a_draft_makes_no_offers(partnership, traveller):
    cohort = partnership.cohort(draft=True, capacity=1, offers_places=True)
    holder, waits = partnership.person(0, name="Hal"), partnership.person(1, name="Wyn")
    trainer = people.actor(partnership.trainer)
    with writing():
        actions.add(trainer, cohort.id, [holder.id])
        actions.add(trainer, cohort.id, [waits.id])
    with writing():
        actions.remove(trainer, cohort.id, entry(cohort, holder).id)
    assert states(cohort) == {"Hal": "removed", "Wyn": "booked"}
    assert mails() == []


def test_a_held_place_goes_to_its_sector_only_before_the_release_date(as_user, partnership, traveller):
    cohort = partnership.cohort(capacity=2, largest_share=50, held={POLICE: 1})
    one, other, officer = (partnership.person(n, name=name) for n, name in ((0, "One"), (1, "Two"), (3, "Officer")))
    book(cohort, one)
    browser = as_user(other)
    assert "held for other sectors" in browser.get("cohorts.show", cohort_id=cohort.id).words
    answer = browser.post("cohorts.book", cohort_id=cohort.id)
    assert "The places still free are held for other sectors until" in answer.text
    book(cohort, officer)
    assert states(cohort) == {"One": "booked", "Two": "waiting", "Officer": "booked"}


def test_held_places_are_released_on_their_date_by_the_next_act_though_the_worker_is_down(partnership, traveller):
    cohort = partnership.cohort(capacity=1, held={POLICE: 1}, release_on=clock.today() + timedelta(days=3))
    waits, late = partnership.person(0, name="Waits"), partnership.person(1, name="Late")
    book(cohort, waits)
    traveller.shift(timedelta(days=5))
    book(cohort, late)
    assert states(cohort) == {"Waits": "booked", "Late": "waiting"}
    assert stored(cohort).released_at is not None


def test_more_cannot_be_held_than_there_is(partnership):
    with pytest.raises(building.TooManyHeld, match="You hold 3 places for sectors, and there are 2"), writing():
        building.create(people.actor(partnership.trainer), a_plan(capacity=2, held={POLICE: 3}))


def test_a_sector_the_room_lacks_comes_first_where_sectors_are_wanted(partnership):
    cohort = partnership.cohort(capacity=3, largest_share=100, minimum_sectors=3)
    book(cohort, *(partnership.person(n, name=f"P{n}") for n in (0, 0, 1)))
    health = partnership.make.agency("Agency H")
    same = partnership.make.person(agency=health, name="Same sector")
    other = partnership.person(2, name="Other sector")
    book(cohort, same, other)
    gone = db.session.scalars(select(Booking).where(Booking.state == "booked")).first()
    with writing():
        actions.remove(people.actor(partnership.trainer), cohort.id, gone.id)
    assert states(cohort)["Other sector"] == "booked"
    assert states(cohort)["Same sector"] == "waiting"


@pytest.mark.slow
def test_nobody_is_passed_over_more_often_than_the_bound(partnership, traveller):
    """Health has most places, and somebody from there waits longest; three others come first, and then no fourth."""
    cohort = partnership.cohort(capacity=8, largest_share=70)
    trainer = people.actor(partnership.trainer)
    health = [partnership.person(0, name=f"Health {n}") for n in range(4)]
    schools = [partnership.person(1, name=f"School {n}") for n in range(4)]
    book(cohort, *health, *schools)
    patient = partnership.person(0, name="Patient")
    book(cohort, patient)
    for number in range(5):
        book(cohort, partnership.person(2 + number % 2, name=f"Newcomer {number}"))
    for number in range(4):
        with writing():
            actions.remove(trainer, cohort.id, entry(cohort, schools[number]).id)
        found = states(cohort)
        assert entry(cohort, patient).passed_over == min(number + 1, MOST_PASSED_OVER)
        newcomers = [name for name, state in found.items() if name.startswith("Newcomer") and state == "booked"]
        assert (len(newcomers), found["Patient"]) == ((number + 1, "waiting") if number < 3 else (3, "booked"))
    assert "so it is your turn" in entry(cohort, patient).moved_up


def test_nobody_moves_up_unapproved_however_they_came_to_wait(partnership, traveller):
    cohort = partnership.cohort(capacity=1)
    holder, waits = partnership.person(0, name="Hal"), partnership.person(1, name="Wyn")
    book(cohort, holder, waits)
    with writing():
        stored(cohort).needs_approval = True
    cancel(cohort, holder)
    assert states(cohort) == {"Hal": "cancelled", "Wyn": "waiting"}
