"""Accepting what was learned elsewhere: courses that a partnership lists as equivalents, and prior learning of one
person with the evidence that was seen.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from lms.assignments import policy, queries
from lms.assignments.actions.exempting import NotForYourself
from lms.assignments.models import Equivalent, PriorLearning
from lms.assignments.rules import LEVEL
from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.clock import months_later
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Permission, Role
from lms.people.models import Agency, Membership, Person

LONGEST_AGO = timedelta(days=10 * 366)


class NotTaught(Refusal):
    """Something elsewhere stands for a module or a level of ours."""

    field = "target"
    sentence = "Choose a module or a level from the list."


class NotThen(Refusal):
    """It was learned, so its day is over."""

    field = "completed_on"
    sentence = "Enter a day within the last ten years that is today or earlier."


class EndsBefore(Refusal):
    """What counts, counts for a while."""

    field = "valid_until"
    sentence = "Enter a last day after the day it was completed, or leave it empty."


class Unsaid(Refusal):
    """Whoever asks later is told what was learned and what was seen of it."""

    sentence = "Say what the course was, and what you saw of it and where that is kept."


class UnknownCourse(Refusal):
    """An equivalent is chosen from the partnership's list."""

    field = "equivalent"
    sentence = "Choose a course from the list, or leave it empty and describe another."


class HoursForLevels(Refusal):
    """A level is reached by hours."""

    field = "minutes"
    sentence = "Enter how many minutes it took, since levels count hours."


@dataclass(frozen=True)
class Learned:
    """What somebody learned elsewhere. With an `equivalent` its title, provider, target and time come from the list."""

    target: str
    title: str
    provider: str
    completed_on: date
    valid_until: date | None
    evidence: str
    minutes: int = 0
    participatory: bool = False
    multi_agency: bool = False
    equivalent: UUID | None = None


def accept(actor: Actor, person_id: UUID, learned: Learned) -> list[PriorLearning]:
    """Accept it for the agencies for which the actor answers for the person.

    Raises NotForYourself, NotTaught, NotThen, EndsBefore, Unsaid, UnknownCourse, HoursForLevels, and NotFound when the
    actor does not answer for the person.
    """
    if person_id == actor.id:
        raise NotForYourself("You cannot accept your own learning. Ask your own manager.")
    today = clock.today()
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    agencies = db.session.execute(
        select(Agency.id, Agency.partnership)
        .join(Membership, Membership.agency_id == Agency.id)
        .where(Membership.person_id == person_id, policy.answers_for(actor, today))
        .distinct()
        .order_by(Agency.id)
    ).all()
    if not agencies or not actor.can(Permission.REQUIREMENT_EXEMPT):
        raise NotFound
    whole = _whole(learned, agencies[0][1], today)
    made = [
        PriorLearning(
            person_id=person_id,
            agency_id=agency,
            target=whole.target,
            equivalent_id=whole.equivalent,
            title=whole.title,
            provider=whole.provider,
            completed_on=whole.completed_on,
            valid_until=whole.valid_until,
            minutes=whole.minutes,
            participatory=whole.participatory,
            multi_agency=whole.multi_agency,
            evidence=whole.evidence,
            accepted_by=actor.id,
        )
        for agency, _ in agencies
    ]
    db.session.add_all(made)
    db.session.flush()
    for one in made:
        audit.record(actor, "prior_learning.accepted", one.id, person=str(person_id), module=whole.target)
    return made


def _whole(learned: Learned, partnership: str, today: date) -> Learned:
    """It with everything the list says of an equivalent, found right."""
    if learned.equivalent is not None:
        learned = _as_listed(learned, partnership)
    if learned.target not in queries.titles([partnership]):
        raise NotTaught
    if not today - LONGEST_AGO <= learned.completed_on <= today:
        raise NotThen
    if learned.valid_until is not None and learned.valid_until <= learned.completed_on:
        raise EndsBefore
    if not learned.title.strip() or not learned.evidence.strip():
        raise Unsaid
    if learned.target.startswith(LEVEL) and learned.minutes < 1 and learned.equivalent is None:
        raise HoursForLevels
    return learned


def _as_listed(learned: Learned, partnership: str) -> Learned:
    listed = db.session.scalar(
        select(Equivalent).where(
            Equivalent.id == learned.equivalent, Equivalent.partnership == partnership, Equivalent.ended_at.is_(None)
        )
    )
    if listed is None:
        raise UnknownCourse
    return Learned(
        target=listed.target,
        title=listed.title,
        provider=listed.provider,
        completed_on=learned.completed_on,
        valid_until=months_later(learned.completed_on, listed.valid_months),
        evidence=learned.evidence,
        equivalent=listed.id,
    )


def end(actor: Actor, person_id: UUID, learning_id: UUID, why: str) -> PriorLearning:
    """Let it count no longer, from today; twice changes nothing. Raises Unsaid, and NotFound for whoever may not."""
    found = db.session.scalar(
        select(PriorLearning)
        .where(
            PriorLearning.id == learning_id,
            PriorLearning.person_id == person_id,
            policy.recorded(actor, clock.today(), PriorLearning),
        )
        .with_for_update()
    )
    if found is None or not actor.can(Permission.REQUIREMENT_EXEMPT):
        raise NotFound
    if not why.strip():
        raise Unsaid("Say in a few words why it counts no longer.", "why")
    if found.ended_at is None:
        found.ended_at, found.ended_by, found.ended_why = clock.now(), actor.id, why.strip()
        audit.record(actor, "prior_learning.ended", found.id, person=str(person_id), module=found.target)
    return found


def list_equivalent(actor: Actor, partnership: str, course: Equivalent) -> Equivalent:
    """Put a course on the partnership's list. Raises NotTaught, Unsaid, and NotFound for whoever does not coordinate
    it.
    """
    if partnership not in actor.partnerships(Role.COORDINATOR):
        raise NotFound
    if course.target not in queries.titles([partnership]):
        raise NotTaught
    if not course.title.strip() or not course.provider.strip():
        raise Unsaid("Give the course and who provides it.", "course")
    course.partnership, course.accepted_by = partnership, actor.id
    db.session.add(course)
    db.session.flush()
    audit.record(actor, "equivalent.listed", course.id, module=course.target, months=course.valid_months)
    return course


def end_equivalent(actor: Actor, equivalent_id: UUID) -> Equivalent:
    """Take a course off the list; what was accepted by it goes on counting to its last day. Twice changes nothing.

    Raises NotFound.
    """
    found = db.session.scalar(
        select(Equivalent)
        .where(Equivalent.id == equivalent_id, Equivalent.partnership.in_(actor.partnerships(Role.COORDINATOR)))
        .with_for_update()
    )
    if found is None:
        raise NotFound
    if found.ended_at is None:
        found.ended_at = clock.now()
        audit.record(actor, "equivalent.ended", found.id, module=found.target)
    return found
