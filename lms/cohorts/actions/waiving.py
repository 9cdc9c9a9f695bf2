"""Letting somebody come without the preparation."""

from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.cohorts import queries
from lms.cohorts.actions import filling
from lms.cohorts.models import Booking
from lms.cohorts.states import ON_IT
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal


class NoReason(Refusal):
    """A rule of the cohort is set aside for one person, so there is a reason."""

    field = "reason"
    sentence = "Say why, in a few words."


class NotOneself(Refusal):
    """Nobody sets a rule aside for themself."""

    sentence = "You cannot let yourself come without it. Another trainer of this cohort, or the coordinator, can."


def waive_preparation(actor: Actor, cohort_id: UUID, booking_id: UUID, reason: str) -> Booking:
    """Let a person on a cohort one runs come without the preparation. Raises NotFound, NoReason or NotOneself."""
    cohort = queries.lock_run(actor, cohort_id)
    filling.catch_up(cohort)
    booking = db.session.scalar(
        select(Booking).where(Booking.id == booking_id, Booking.cohort_id == cohort.id, Booking.state.in_(ON_IT))
    )
    if booking is None or not cohort.must_prepare:
        raise NotFound
    if booking.person_id == actor.id:
        raise NotOneself
    if not reason.strip():
        raise NoReason
    booking.waived_by, booking.waived_why = actor.id, reason.strip()
    audit.record(actor, "cohort.preparation_waived", booking.id, cohort=str(cohort.id))
    filling.fill(actor, cohort, anew=False)
    return booking
