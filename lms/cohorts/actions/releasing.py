"""A manager books a place for somebody they manage. The person is told, and can cancel it as they could their own."""

from uuid import UUID

from lms.audit import actions as audit
from lms.cohorts import candidates, preparing, queries
from lms.cohorts.actions import approving, filling, placing, sparing
from lms.cohorts.actions.booking import HasBegun, NotBookable
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.states import ON_IT, BookingState, CohortState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.errors import NotFound, Refusal

BY_MANAGER = "Your manager asked for this place for you. If you cannot come, cancel it on the page below."


class OnItAlready(Refusal):
    """There is nothing to book."""

    sentence = "They are on this joint day already: they have a place, or wait for one."


class TakenOff(Refusal):
    """A trainer removed the person; booking again would undo that behind the trainer's back."""

    sentence = "A trainer took them off this joint day. Ask the trainer if they are to come after all."


class NotPrepared(Refusal):
    """The modules to prepare are not finished, and the day for it has passed."""


def release(actor: Actor, cohort_id: UUID, person_id: UUID, reason: str = "") -> Booking:
    """Book a place, or a line on the waiting list, for somebody the actor manages, at the post for which they do; a
    request of theirs is approved by it. `reason` is why their team can go over its limit of people out.

    Raises NotFound for people and days that the actor decides nothing about, else a Refusal: OnItAlready, TakenOff,
    NotPrepared, NotBookable, HasBegun or OverCover.
    """
    cohort = queries.lock_known(cohort_id)
    candidate = candidates.managed(actor, cohort, person_id)
    if candidate is None or cohort.is_draft:
        raise NotFound
    filling.catch_up(cohort)
    booking = queries.booking_of(person_id, cohort)
    if booking and booking.state == BookingState.ASKED and booking.agency_id == candidate.agency.id:
        return approving.approve(actor, booking.id, reason=reason)
    _check(cohort, booking)
    if not (booking and booking.is_waived) and preparing.kept_away(cohort, [person_id]):
        left = preparing.unfinished(cohort, [person_id])[person_id]
        raise NotPrepared(f"They have to finish {preparing.titles(left)} first: the day for it has passed.")
    over = sparing.check(cohort, person_id, candidate.agency.id, reason)
    made = placing.enter(cohort, candidate, booking, BookingState.ASKED)
    made.approved_at, made.approved_by = clock.now(), actor.id
    sparing.note(actor, cohort, made, over, reason)
    placing.place(actor, cohort, made, whose=BY_MANAGER)
    audit.record(actor, "cohort.released", made.id, cohort=str(cohort.id))
    return made


def _check(cohort: Cohort, booking: Booking | None) -> None:
    if cohort.has_begun and cohort.state in (CohortState.OPEN, CohortState.CLOSED):
        raise HasBegun
    if booking and booking.state == BookingState.REMOVED:
        raise TakenOff
    if booking and booking.state in ON_IT and booking.state != BookingState.INVITED:
        raise OnItAlready
    if not cohort.takes_bookings:
        raise NotBookable
