"""Long leave from one agency: recorded by who answers for the person, without its reason. Nothing counts as late
meanwhile, nor for 30 days after.
"""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from lms.assignments import policy
from lms.assignments.actions.exempting import NotForYourself
from lms.assignments.models import Leave
from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Permission
from lms.people.models import Membership, Person

LONGEST_AGO = timedelta(days=731)


class TooLongAgo(Refusal):
    """A typing error rather than a leave."""

    field = "first_day"
    sentence = "Enter a first day within the last two years, or later."


class EndsBeforeItBegins(Refusal):
    """A leave ends on its first day at the earliest."""

    field = "last_day"
    sentence = "Enter a last day that is not before the first, or leave it empty."


class AwayAlready(Refusal):
    """A day belongs to one leave."""

    field = "first_day"
    sentence = "There is a leave on some of these days already. Change that one."


def record(actor: Actor, person_id: UUID, first_day: date, last_day: date | None) -> list[Leave]:
    """Record leave from the agencies for which the actor answers for the person. `last_day` None while nobody knows it.

    Raises NotForYourself, TooLongAgo, EndsBeforeItBegins, AwayAlready, and NotFound when the actor does not answer for
    the person.
    """
    if person_id == actor.id:
        raise NotForYourself("You cannot record your own leave. Ask your own manager.")
    today = clock.today()
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    agencies = db.session.scalars(
        select(Membership.agency_id)
        .where(Membership.person_id == person_id, policy.answers_for(actor, today))
        .distinct()
        .order_by(Membership.agency_id)
    ).all()
    if not agencies or not actor.can(Permission.REQUIREMENT_EXEMPT):
        raise NotFound
    if first_day < today - LONGEST_AGO:
        raise TooLongAgo
    if last_day is not None and last_day < first_day:
        raise EndsBeforeItBegins
    if any(_overlaps(person_id, agency, first_day, last_day) for agency in agencies):
        raise AwayAlready
    made = [
        Leave(person_id=person_id, agency_id=one, first_day=first_day, last_day=last_day, recorded_by=actor.id)
        for one in agencies
    ]
    db.session.add_all(made)
    db.session.flush()
    for one in made:
        audit.record(actor, "leave.recorded", one.id, person=str(person_id), first_day=first_day.isoformat())
    return made


def come_back(actor: Actor, person_id: UUID, leave_id: UUID, last_day: date) -> Leave:
    """Set the last day of a leave. Raises EndsBeforeItBegins, AwayAlready, and NotFound for whoever may not."""
    found = _held(actor, person_id, leave_id)
    if last_day < found.first_day:
        raise EndsBeforeItBegins
    if _overlaps(person_id, found.agency_id, found.first_day, last_day, found.id):
        raise AwayAlready
    found.last_day = last_day
    audit.record(actor, "leave.ended", found.id, person=str(person_id), last_day=last_day.isoformat())
    return found


def cancel(actor: Actor, person_id: UUID, leave_id: UUID) -> Leave:
    """Take back a leave that was recorded by mistake. Raises NotFound for whoever may not."""
    found = _held(actor, person_id, leave_id)
    found.cancelled_at, found.cancelled_by = clock.now(), actor.id
    audit.record(actor, "leave.cancelled", found.id, person=str(person_id))
    return found


def _held(actor: Actor, person_id: UUID, leave_id: UUID) -> Leave:
    found = db.session.scalar(
        select(Leave)
        .where(
            Leave.id == leave_id,
            Leave.person_id == person_id,
            Leave.cancelled_at.is_(None),
            policy.recorded(actor, clock.today(), Leave),
        )
        .with_for_update()
    )
    if found is None or not actor.can(Permission.REQUIREMENT_EXEMPT):
        raise NotFound
    return found


def _overlaps(person: UUID, agency: UUID, first: date, last: date | None, but: UUID | None = None) -> bool:
    wanted = select(Leave.id).where(
        Leave.person_id == person,
        Leave.agency_id == agency,
        Leave.cancelled_at.is_(None),
        or_(Leave.last_day.is_(None), Leave.last_day >= first),
    )
    if last is not None:
        wanted = wanted.where(Leave.first_day <= last)
    if but is not None:
        wanted = wanted.where(Leave.id != but)
    return db.session.scalar(wanted.limit(1)) is not None
