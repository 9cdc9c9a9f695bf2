"""Places: booking, cancelling and the waiting list.

Every act here locks the cohort's row first and counts afterwards, so two people never get the same place.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.cohorts import places, preparing, queries
from lms.cohorts.actions import arranging, filling, missed, placing
from lms.cohorts.mails import Kind, confirm_given_up, tell
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.queries import Candidate
from lms.cohorts.states import CAN_BE_GIVEN_UP, ON_IT, BookingState, CohortState
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.web.templating import clock_time, long_date


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


class NotPrepared(Refusal):
    """The modules to prepare are not finished, and the day for it has passed."""


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
    asked: int = 0

    @property
    def sentence(self) -> str:
        """What was done, for the trainer."""
        if self.invited:
            return f"{_people(self.invited)} invited."
        said = [f"{_people(self.booked)} added."] if self.booked else []
        if self.waiting:
            said.append(f"{_people(self.waiting)} put on the waiting list: no place is free for their agency.")
        if self.asked:
            said.append(f"{_people(self.asked)} put to their managers for approval.")
        return " ".join(said) or "They were on this cohort already. Nothing was changed."


def _people(number: int) -> str:
    return f"{number} {'person' if number == 1 else 'people'}"


def book(actor: Actor, cohort_id: UUID, access_needs: str = "", needs: Collection[str] = ()) -> Outcome:
    """Book a place for oneself, take one that is offered, or join the waiting list; where the cohort asks for it, the
    person's manager decides first. Booking again changes nothing.

    Raises NotFound, or a Refusal when the cohort takes no bookings from this person.
    """
    cohort = queries.lock(actor, cohort_id)
    filling.catch_up(cohort)
    booking = queries.booking_of(actor.id, cohort)
    if booking is None or booking.state not in _STANDS:
        booking = _come_new(actor, cohort, booking)
        arranging.write(booking, needs, access_needs)
    elif booking.state == BookingState.OFFERED:
        placing.give(actor, cohort, booking)
    elif booking.state == BookingState.WAITING and booking.sits_out:
        _take_what_is_left(actor, cohort, booking)
    return Outcome(booking, standing(booking, queries.room(cohort), cohort))


_STANDS = (*(BookingState.ASKED, BookingState.OFFERED, BookingState.BOOKED), BookingState.WAITING, BookingState.WALK_IN)


def _come_new(actor: Actor, cohort: Cohort, booking: Booking | None) -> Booking:
    _check_may_book(cohort, booking)
    candidate = next(iter(queries.can_come(cohort, [actor.id])), None)
    if candidate is None:
        raise NotForYou
    waived = bool(booking and booking.is_waived)
    if not waived and preparing.kept_away(cohort, [actor.id]):
        raise NotPrepared(not_prepared(cohort, actor.id))
    return placing.admit(actor, cohort, candidate, booking)


def not_prepared(cohort: Cohort, person_id: UUID) -> str:
    """What somebody has to finish before they can have a place, and how."""
    left = preparing.unfinished(cohort, [person_id]).get(person_id, [])
    return f"Finish {preparing.titles(left)} first; then you can book. The day for it has passed, so it has to be done."


def _take_what_is_left(actor: Actor, cohort: Cohort, booking: Booking) -> None:
    """Somebody who let a place pass comes back for one: they have it, if nobody else who waits could."""
    booking.sits_out = False
    filling.fill(actor, cohort, anew=False)
    if booking.state == BookingState.OFFERED:
        placing.give(actor, cohort, booking)


def _check_may_book(cohort: Cohort, booking: Booking | None) -> None:
    if cohort.has_begun and cohort.state in (CohortState.OPEN, CohortState.CLOSED):
        raise HasBegun
    if booking and booking.state == BookingState.REMOVED:
        raise TakenOff
    invited = bool(booking and booking.state == BookingState.INVITED)
    if not (cohort.takes_bookings or (invited and cohort.state == CohortState.CLOSED)):
        raise NotBookable


def standing(booking: Booking, room: places.Room, cohort: Cohort) -> str:
    """How a person stands, in one sentence: the same when booking, on the page and in the mail."""
    if booking.state == BookingState.WAITING:
        obstacle = room.obstacle(booking.agency_id)
        return placing.why_waiting(obstacle, cohort) if obstacle else _no_obstacle(booking)
    if booking.state == BookingState.OFFERED and booking.offer_until:
        return f"A place is offered to you until {clock_time(booking.offer_until)} on {long_date(booking.offer_until)}."
    return _STANDING[BookingState(booking.state)]


def _no_obstacle(booking: Booking) -> str:
    if booking.sits_out:
        return "You are on the waiting list, and you let a place pass. It may still be free: book it if you can come."
    return "You are on the waiting list."


_STANDING = {
    BookingState.BOOKED: "Your place is booked. If you cannot come, cancel it, so that someone else can.",
    BookingState.WALK_IN: "You came without a place, and the register has you.",
    BookingState.INVITED: "You are invited. Book a place if you can come; until then none is kept for you.",
    BookingState.ASKED: "Your manager is asked. You have a place, or a line on the waiting list, when they approve.",
    BookingState.DECLINED: "Your request was declined. Talk to your manager if you would still like to come.",
    BookingState.CANCELLED: "You are not on this joint day.",
    BookingState.REMOVED: "You are not on this joint day.",
    BookingState.OFFERED: "A place is offered to you.",
}


def cancel(actor: Actor, cohort_id: UUID) -> None:
    """Give up one's own place, offer, line on the waiting list, request or invitation. A freed place goes to the next
    in line; a place given up late is recorded for the agency.

    Raises NotFound or HasBegun.
    """
    cohort = queries.lock(actor, cohort_id)
    filling.catch_up(cohort)
    booking = queries.booking_of(actor.id, cohort)
    if booking is None or cohort.is_draft:
        raise NotFound
    if booking.state not in CAN_BE_GIVEN_UP:
        return
    if cohort.has_begun:
        raise HasBegun
    missed.note_late(actor, cohort, booking)
    placing.take_off(actor, cohort, booking, BookingState.CANCELLED)
    confirm_given_up(booking.person, cohort)


def remove(actor: Actor, cohort_id: UUID, booking_id: UUID) -> Booking:
    """Take a person off a cohort one runs; they are told by mail, and a freed place goes to the next in line.

    Raises NotFound or HasBegun.
    """
    cohort = queries.lock_run(actor, cohort_id)
    if cohort.has_begun:
        raise HasBegun("This cohort has begun, so nobody is taken off it. The register says who came.")
    filling.catch_up(cohort)
    booking = db.session.scalar(
        select(Booking).where(
            Booking.id == booking_id, Booking.cohort_id == cohort.id, Booking.state.in_(CAN_BE_GIVEN_UP)
        )
    )
    if booking is None or cohort.is_cancelled:
        raise NotFound
    tell(Kind.REMOVED, booking.person, cohort)
    placing.take_off(actor, cohort, booking, BookingState.REMOVED)
    return booking


def invite(actor: Actor, cohort_id: UUID, person_ids: Collection[UUID]) -> Added:
    """Ask people to a cohort one runs, by mail; an invitation takes no place. Raises NotFound or NobodyChosen."""
    cohort, chosen = _chosen(actor, cohort_id, person_ids)
    for candidate, booking in chosen:
        made = placing.enter(cohort, candidate, booking, BookingState.INVITED)
        tell(Kind.INVITATION, candidate.person, cohort)
        audit.record(actor, "cohort.person_invited", made.id, cohort=str(cohort.id))
    return Added(0, 0, len(chosen))


def add(actor: Actor, cohort_id: UUID, person_ids: Collection[UUID], *, approved: bool = False) -> Added:
    """Book places for people on a cohort one runs; those for whom none is free join the waiting list. Where the cohort
    asks for approval their managers are asked, unless it was `approved` elsewhere (a manager's own nomination).

    Raises NotFound, NobodyChosen or HasBegun.
    """
    cohort, chosen = _chosen(actor, cohort_id, person_ids)
    states = [placing.admit(actor, cohort, one, booking, approved=approved).state for one, booking in chosen]
    booked, waiting, asked = (
        states.count(one) for one in (BookingState.BOOKED, BookingState.WAITING, BookingState.ASKED)
    )
    return Added(booked, waiting, 0, asked)


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
    filling.catch_up(cohort)
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
