"""Places: booking, cancelling and the waiting list.

Every act here locks the cohort's row first and counts afterwards, so two people never get the same place.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.cohorts import places, queries
from lms.cohorts.mails import Kind, confirm_given_up, tell
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.queries import Candidate
from lms.cohorts.states import ON_IT, BookingState, CohortState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.people.models import Person


class NotBookable(Refusal):
    """The cohort does not take bookings now."""

    sentence = "This joint day takes no more bookings. Ask its trainer if you still want to come."


class HasBegun(Refusal):
    """Too late: the first session has started."""

    sentence = "This joint day has already begun, so nothing can be booked or cancelled here. Ask its trainer."


class NotForYou(Refusal):
    """None of the person's present posts is at an agency the cohort is open to."""

    sentence = "This joint day is not open to the agency you work for today."


class TakenOff(Refusal):
    """A trainer removed the person; booking again would undo that behind the trainer's back."""

    sentence = "A trainer took you off this joint day. Ask them if you would like to come after all."


class NobodyChosen(Refusal):
    """The list of people came back without a tick."""

    sentence = "Tick at least one person."


@dataclass(frozen=True)
class Outcome:
    """How a person stands after booking, and the sentence that says so."""

    booking: Booking
    sentence: str


@dataclass(frozen=True)
class Added:
    """What became of the people a trainer added."""

    booked: int
    waiting: int
    invited: int

    @property
    def sentence(self) -> str:
        """What was done, for the trainer."""
        if self.invited:
            return f"{_people(self.invited)} invited."
        said = [f"{_people(self.booked)} added."] if self.booked else []
        if self.waiting:
            said.append(f"{_people(self.waiting)} put on the waiting list: no place is free for their agency.")
        return " ".join(said) or "They were on this cohort already. Nothing was changed."


def _people(number: int) -> str:
    return f"{number} {'person' if number == 1 else 'people'}"


def book(actor: Actor, cohort_id: UUID, access_needs: str = "") -> Outcome:
    """Book a place for oneself, or join the waiting list. Booking again changes nothing.

    Raises NotFound, or a Refusal when the cohort takes no bookings from this person.
    """
    cohort = queries.lock(actor, cohort_id)
    booking = queries.booking_of(actor.id, cohort)
    room = queries.room(cohort)
    if booking is None or booking.state not in (BookingState.BOOKED, BookingState.WAITING, BookingState.WALK_IN):
        _check_may_book(cohort, booking)
        candidate = next(iter(queries.can_come(cohort, [actor.id])), None)
        if candidate is None:
            raise NotForYou
        booking = _place(actor, cohort, candidate, room, booking)
        booking.access_needs = access_needs.strip() or booking.access_needs
        room = queries.room(cohort)
    return Outcome(booking, standing(booking, room))


def _check_may_book(cohort: Cohort, booking: Booking | None) -> None:
    if cohort.has_begun and cohort.state in (CohortState.OPEN, CohortState.CLOSED):
        raise HasBegun
    if booking and booking.state == BookingState.REMOVED:
        raise TakenOff
    invited = bool(booking and booking.state == BookingState.INVITED)
    if not (cohort.takes_bookings or (invited and cohort.state == CohortState.CLOSED)):
        raise NotBookable


def standing(booking: Booking, room: places.Room) -> str:
    """How a person stands, in one sentence: the same when booking, on the page and in the mail."""
    if booking.state == BookingState.BOOKED:
        return "Your place is booked. If you cannot come, cancel it, so that someone else can."
    if booking.state == BookingState.WALK_IN:
        return "You came without a place, and the register has you."
    if booking.state == BookingState.INVITED:
        return "You are invited. Book a place if you can come; until then none is kept for you."
    obstacle = room.obstacle(booking.agency_id)
    return places.why_waiting(obstacle, room.limits) if obstacle else "You are on the waiting list."


def _place(actor: Actor, cohort: Cohort, candidate: Candidate, room: places.Room, booking: Booking | None) -> Booking:
    """Give the person a place if one is free for their agency, else a line on the waiting list; tell them."""
    obstacle = room.obstacle(candidate.agency.id)
    booking = _enter(cohort, candidate, booking, BookingState.WAITING if obstacle else BookingState.BOOKED)
    if obstacle:
        why = places.why_waiting(obstacle, room.limits)
        tell(Kind.WAITING, candidate.person, cohort, why)
        audit.record(actor, "cohort.waiting_list_joined", booking.id, cohort=str(cohort.id), why=obstacle.value)
    else:
        tell(Kind.PLACE_BOOKED, candidate.person, cohort)
        audit.record(actor, "cohort.place_booked", booking.id, cohort=str(cohort.id))
    return booking


def _enter(cohort: Cohort, candidate: Candidate, booking: Booking | None, state: BookingState) -> Booking:
    """Write the person's one row on the cohort: a new one, or the one from an earlier booking or invitation."""
    if booking is None:
        booking = Booking(cohort_id=cohort.id, person_id=candidate.person.id, access_needs="")
        db.session.add(booking)
    booking.agency_id, booking.job = candidate.agency.id, candidate.job
    booking.state = state
    booking.asked_at = booking.changed_at = clock.now()
    if state == BookingState.INVITED:
        booking.invited_at = clock.now()
    if state == BookingState.BOOKED:
        booking.booked_at = clock.now()
    booking.moved_up = ""
    db.session.flush()
    return booking


def cancel(actor: Actor, cohort_id: UUID) -> None:
    """Give up one's own place, line on the waiting list or invitation. A freed place goes to the next in line.

    Raises NotFound or HasBegun.
    """
    cohort = queries.lock(actor, cohort_id)
    booking = queries.booking_of(actor.id, cohort)
    if booking is None or cohort.is_draft:
        raise NotFound
    if booking.state not in (BookingState.BOOKED, BookingState.WAITING, BookingState.INVITED):
        return
    if cohort.has_begun:
        raise HasBegun
    _take_off(actor, cohort, booking, BookingState.CANCELLED)
    confirm_given_up(booking.person, cohort)


def remove(actor: Actor, cohort_id: UUID, booking_id: UUID) -> Booking:
    """Take a person off a cohort one runs; they are told by mail, and a freed place goes to the next in line.

    Raises NotFound or HasBegun.
    """
    cohort = queries.lock_run(actor, cohort_id)
    if cohort.has_begun:
        raise HasBegun("This cohort has begun, so nobody is taken off it. The register says who came.")
    booking = db.session.scalar(
        select(Booking).where(
            Booking.id == booking_id,
            Booking.cohort_id == cohort.id,
            Booking.state.in_((BookingState.BOOKED, BookingState.WAITING, BookingState.INVITED)),
        )
    )
    if booking is None or cohort.is_cancelled:
        raise NotFound
    tell(Kind.REMOVED, booking.person, cohort)
    _take_off(actor, cohort, booking, BookingState.REMOVED)
    return booking


def _take_off(actor: Actor, cohort: Cohort, booking: Booking, state: BookingState) -> None:
    before = booking.state
    booking.state, booking.changed_at, booking.moved_up = state, clock.now(), ""
    booking.access_needs = ""
    act = "cohort.place_cancelled" if state == BookingState.CANCELLED else "cohort.person_removed"
    audit.record(actor, act, booking.id, cohort=str(cohort.id), before=before)
    fill_free_places(actor, cohort)


def fill_free_places(actor: Actor, cohort: Cohort) -> int:
    """Move people up from the waiting list while a place is free for any of them; returns how many. The cohort's row
    is locked by the caller. Nothing moves once the first session has begun.
    """
    if cohort.has_begun or cohort.is_cancelled:
        return 0
    db.session.flush()
    waiting = {
        one.id: one
        for one in db.session.scalars(
            select(Booking)
            .join(Booking.person)
            .where(Booking.cohort_id == cohort.id, Booking.state == BookingState.WAITING, Person.active)
        )
    }
    moved = 0
    while waiting:
        room = queries.room(cohort)
        line = [places.Waiting(one.id, one.agency_id, one.asked_at) for one in waiting.values()]
        found = places.next_in_line(room, line)
        if found is None:
            break
        _move_up(actor, cohort, waiting.pop(found.booking), room)
        moved += 1
    return moved


def _move_up(actor: Actor, cohort: Cohort, booking: Booking, room: places.Room) -> None:
    booking.state = BookingState.BOOKED
    booking.changed_at = booking.booked_at = clock.now()
    booking.moved_up = places.why_moved_up(room, booking.agency_id)
    tell(Kind.MOVED_UP, booking.person, cohort, booking.moved_up)
    audit.record(actor, "cohort.moved_up", booking.id, cohort=str(cohort.id))
    db.session.flush()


def invite(actor: Actor, cohort_id: UUID, person_ids: Collection[UUID]) -> Added:
    """Ask people to a cohort one runs, by mail; an invitation takes no place. Raises NotFound or NobodyChosen."""
    cohort, chosen = _chosen(actor, cohort_id, person_ids)
    for candidate, booking in chosen:
        made = _enter(cohort, candidate, booking, BookingState.INVITED)
        tell(Kind.INVITATION, candidate.person, cohort)
        audit.record(actor, "cohort.person_invited", made.id, cohort=str(cohort.id))
    return Added(0, 0, len(chosen))


def add(actor: Actor, cohort_id: UUID, person_ids: Collection[UUID]) -> Added:
    """Book places for people on a cohort one runs; those for whom none is free join the waiting list.

    Raises NotFound, NobodyChosen or HasBegun.
    """
    cohort, chosen = _chosen(actor, cohort_id, person_ids)
    states = [_place(actor, cohort, candidate, queries.room(cohort), booking).state for candidate, booking in chosen]
    return Added(states.count(BookingState.BOOKED), states.count(BookingState.WAITING), 0)


def _chosen(
    actor: Actor, cohort_id: UUID, person_ids: Collection[UUID]
) -> tuple[Cohort, list[tuple[Candidate, Booking | None]]]:
    """The cohort, locked, and those of the people who can come and are not on it already."""
    cohort = queries.lock_run(actor, cohort_id)
    if not person_ids:
        raise NobodyChosen
    if cohort.is_cancelled:
        raise NotBookable("This cohort is cancelled, so nobody can be added.")
    if cohort.has_begun:
        raise HasBegun("This cohort has begun. Put people who came without a place on the register, as walk-ins.")
    candidates = queries.can_come(cohort, person_ids)
    if len(candidates) < len(set(person_ids)):
        raise NotFound
    rows = db.session.scalars(select(Booking).where(Booking.cohort_id == cohort.id, Booking.person_id.in_(person_ids)))
    known = {row.person_id: row for row in rows}
    return cohort, [
        (one, known.get(one.person.id))
        for one in candidates
        if one.person.id not in known or known[one.person.id].state not in ON_IT
    ]


def say_needs(actor: Actor, cohort_id: UUID, text: str) -> None:
    """Keep what the person needs on the day; only the cohort's trainers read it. Raises NotFound."""
    cohort = queries.get(actor, cohort_id)
    booking = queries.booking_of(actor.id, cohort)
    if booking is None or booking.state not in ON_IT or cohort.is_draft or cohort.is_cancelled:
        raise NotFound
    booking.access_needs = text.strip()
    audit.record(actor, "cohort.needs_said", booking.id, cohort=str(cohort.id))
