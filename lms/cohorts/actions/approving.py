"""Approval: a manager, or whoever runs the cohort where there is none, says whether somebody may come."""

from uuid import UUID

from lms.audit import actions as audit
from lms.cohorts import approvals, queries
from lms.cohorts.actions import filling, placing, sparing
from lms.cohorts.mails import Kind, tell
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.states import BookingState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Refusal
from lms.notifications.models import OutboxMail
from lms.notifications.rechecking import Text, as_it_is
from lms.people import queries as people
from lms.people.models import Person


class Answered(Refusal):
    """Somebody else was quicker, or the person changed their mind."""

    sentence = "This has been answered already, or is not asked any more."


class TooLate(Refusal):
    """Nothing is decided about a day that has begun or was called off."""

    sentence = "This joint day has begun or was cancelled, so there is nothing to decide any more."


def approve(actor: Actor, booking_id: UUID, note: str = "", reason: str = "") -> Booking:
    """Let somebody come: they get a place, or a line on the waiting list from when they asked. `reason` is why their
    team can go over its limit of people out. Raises NotFound, Answered, TooLate or OverCover.
    """
    cohort, booking = _open(actor, booking_id)
    sparing.spare(actor, cohort, booking, reason)
    booking.approved_at, booking.approved_by, booking.answer = clock.now(), actor.id, note.strip()
    audit.record(actor, "cohort.approved", booking.id, cohort=str(cohort.id))
    placing.place(actor, cohort, booking, note.strip())
    return booking


def decline(actor: Actor, booking_id: UUID, note: str = "", _reason: str = "") -> Booking:
    """Say that somebody may not come this time; they are told, with the sentence if there is one. Raises NotFound,
    Answered or TooLate.
    """
    cohort, booking = _open(actor, booking_id)
    placing.leave(actor, cohort, booking, BookingState.DECLINED)
    booking.answer = note.strip()
    tell(Kind.DECLINED, booking.person, cohort, note=note.strip())
    return booking


def still_asked(mail: OutboxMail) -> Text | None:
    """What the mail to whoever decides says now; None when nobody asks them any more for a place on that joint day."""
    if mail.about is None:
        return as_it_is(mail)
    reader = people.actor(db.session.get_one(Person, mail.person_id))
    return as_it_is(mail) if any(one.cohort_id == mail.about for one in approvals.asked_of(reader)) else None


def _open(actor: Actor, booking_id: UUID) -> tuple[Cohort, Booking]:
    """The cohort, locked, and the request as it is now."""
    booking = approvals.get(actor, booking_id)
    cohort = queries.lock_known(booking.cohort_id)
    filling.catch_up(cohort)
    db.session.refresh(booking)
    if booking.state != BookingState.ASKED:
        raise Answered
    if cohort.has_begun or cohort.is_cancelled:
        raise TooLate
    return cohort, booking
