"""Moving people to another date: what the trainer wrote when a day was moved or called off, the dates offered instead,
and taking one of them.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.audit import actions as audit
from lms.cohorts import policy, queries
from lms.cohorts.actions import arranging, filling, placing
from lms.cohorts.mails import confirm_given_up
from lms.cohorts.models import Booking, Cohort, OtherDate
from lms.cohorts.states import ON_IT, BookingState, CohortState
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal


class NotThisDate(Refusal):
    """The date is not offered, or takes nobody any more."""

    sentence = "This date takes no more bookings. Choose another."


def could_offer(actor: Actor, cohort: Cohort | None = None) -> Sequence[Cohort]:
    """Other cohorts the actor runs that take bookings: what can be offered instead, by date."""
    found = db.session.scalars(
        select(Cohort).where(policy.run(actor), Cohort.state == CohortState.OPEN).options(selectinload(Cohort.sessions))
    )
    there = [one for one in found if one.takes_bookings and one.starts_at and (cohort is None or one.id != cohort.id)]
    return sorted(there, key=lambda one: (one.starts_at, one.title, one.id))


def write(actor: Actor, cohort: Cohort, message: str, others: Collection[UUID]) -> None:
    """Keep the trainer's message and the dates to offer, for the mail and the page that follow. Raises NotFound for a
    cohort the actor could not offer.
    """
    possible = {one.id for one in could_offer(actor, cohort)} if others else set()
    if not possible.issuperset(others):
        raise NotFound
    cohort.moved_message = message.strip()
    kept = {one.other_id: one for one in cohort.other_dates}
    cohort.other_dates = [kept.get(one) or OtherDate(other_id=one) for one in sorted(others)]
    db.session.flush()


def offered_instead(actor: Actor, cohort: Cohort) -> Sequence[Cohort]:
    """The other dates offered to this person that they can still book, by date."""
    ids = [one.other_id for one in cohort.other_dates]
    found = db.session.scalars(
        select(Cohort)
        .where(Cohort.id.in_(ids), policy.on_offer(actor))
        .options(selectinload(Cohort.sessions), selectinload(Cohort.held))
    )
    there = [one for one in found if one.takes_bookings and one.starts_at]
    return sorted(there, key=lambda one: (one.starts_at, one.title, one.id))


def take(actor: Actor, cohort_id: UUID, other_id: UUID) -> Booking:
    """Take a place, or a line on the waiting list, on another date instead of this one; how long one has waited goes
    along. The earlier entry ends, and giving it up is never late. Raises NotFound or NotThisDate.
    """
    offered = {one.other_id for one in queries.get(actor, cohort_id).other_dates}
    if other_id not in offered or other_id == cohort_id:
        raise NotFound
    cohort, other = _lock_both(cohort_id, other_id)
    booking, there = queries.booking_of(actor.id, cohort), queries.booking_of(actor.id, other)
    if booking is None or booking.state not in ON_IT or cohort.is_draft:
        raise NotFound
    if there is None or there.state not in ON_IT or there.state == BookingState.INVITED:
        there = _come(actor, cohort, booking, other, there)
    return there


def _lock_both(cohort_id: UUID, other_id: UUID) -> tuple[Cohort, Cohort]:
    """Both cohorts, locked always in the same order, so that no two requests wait for each other."""
    found = {one: queries.lock_known(one) for one in sorted((cohort_id, other_id))}
    for one in found.values():
        filling.catch_up(one)
    return found[cohort_id], found[other_id]


def _come(actor: Actor, cohort: Cohort, booking: Booking, other: Cohort, there: Booking | None) -> Booking:
    candidate = next(iter(queries.can_come(other, [actor.id])), None)
    taken_off = there is not None and there.state == BookingState.REMOVED
    if candidate is None or taken_off or not other.takes_bookings:
        raise NotThisDate
    since = booking.asked_at
    needs, said = [one.need for one in booking.arrangements], booking.access_needs
    if not cohort.has_begun and booking.state != BookingState.WALK_IN:
        placing.take_off(actor, cohort, booking, BookingState.CANCELLED)
        confirm_given_up(booking.person, cohort)
    made = placing.admit(actor, other, candidate, there)
    made.asked_at = since
    arranging.write(booking=made, needs=needs, text=said)
    audit.record(actor, "cohort.other_date_taken", made.id, cohort=str(other.id), before=str(cohort.id))
    return made
