"""Sending a colleague: a place passes to somebody of the same agency, with no line to wait in."""

from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.cohorts import colleagues, covering, preparing, queries
from lms.cohorts.actions import filling, missed, placing
from lms.cohorts.colleagues import Colleague
from lms.cohorts.mails import Kind, tell
from lms.cohorts.models import Booking, Cohort, MissedPlace
from lms.cohorts.queries import Candidate
from lms.cohorts.states import BookingState, Cleared, Missed
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.people.models import Person
from lms.web.templating import long_date


class NoPlace(Refusal):
    """Only somebody with a place can pass it on, and only before the day."""

    sentence = "You have no place on this joint day to pass on, or it has begun."


class NotThisOne(Refusal):
    """The person is not a colleague who could come."""

    sentence = "This person cannot take your place. Choose a colleague from the list."


class NotPrepared(Refusal):
    """The colleague has not finished what has to be finished before the day."""


class NotSpared(Refusal):
    """The colleague's team is at its limit of people out. Of another team the sender learns no more than that."""

    sentence = "This person’s team cannot spare them on that day. Choose another colleague."


def send(actor: Actor, cohort_id: UUID, colleague_id: UUID) -> Person:
    """Pass one's own place to a colleague of the same agency. Both are told; a late cancellation recorded for the
    place counts no longer. Returns the colleague. Raises NotFound, NoPlace, NotThisOne, NotPrepared or NotSpared.
    """
    cohort = queries.lock(actor, cohort_id)
    filling.catch_up(cohort)
    booking = queries.booking_of(actor.id, cohort)
    if booking is None or cohort.is_draft:
        raise NotFound
    if booking.state != BookingState.BOOKED or cohort.has_begun or cohort.is_cancelled:
        raise NoPlace
    colleague = colleagues.one(cohort, booking, colleague_id)
    if colleague is None:
        raise NotThisOne
    theirs = queries.booking_of(colleague_id, cohort)
    if colleague.unfinished and not (theirs and theirs.is_waived):
        raise NotPrepared(how_to_prepare(cohort, colleague))
    if covering.kept_back(cohort, {colleague_id: booking.agency_id}, leaving=actor.id):
        raise NotSpared
    _pass_on(actor, cohort, booking, colleague, theirs)
    return colleague.person


def how_to_prepare(cohort: Cohort, colleague: Colleague) -> str:
    """Why a colleague cannot be sent yet, and what would change that."""
    first, by = colleague.person.name.partition(" ")[0], cohort.prepare_by
    it = "it" if len(colleague.unfinished) == 1 else "them"
    when = f"by {long_date(by)}" if by and not preparing.has_closed(cohort) else "and can then be sent"
    return (
        f"{colleague.person.name} has not finished {preparing.titles(colleague.unfinished)}. "
        f"{first} can do {it} {when}, or choose another colleague."
    )


def _pass_on(actor: Actor, cohort: Cohort, booking: Booking, colleague: Colleague, theirs: Booking | None) -> None:
    approved_at, approved_by = booking.approved_at, booking.approved_by
    placing.leave(actor, cohort, booking, BookingState.CANCELLED)
    candidate = Candidate(colleague.person, booking.agency, colleague.job)
    made = placing.enter(cohort, candidate, theirs, BookingState.BOOKED)
    made.booked_at = clock.now()
    made.approved_at, made.approved_by = approved_at, approved_by
    audit.record(actor, "cohort.colleague_sent", made.id, cohort=str(cohort.id), instead_of=str(booking.id))
    tell(Kind.SENT, colleague.person, cohort)
    tell(Kind.REPLACED, booking.person, cohort)
    owed = db.session.scalars(
        select(MissedPlace).where(
            MissedPlace.booking_id == booking.id, MissedPlace.kind == Missed.LATE, MissedPlace.cleared_how == ""
        )
    )
    missed.clear(actor, owed, Cleared.COLLEAGUE)
