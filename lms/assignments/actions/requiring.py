"""What is asked of whom, as it is set: new requirements, changes from a day on, and their end. What has begun is never
edited: a change is a new version, and the one before ends the day before it.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from lms.assignments import policy, requirements
from lms.assignments.asks import DAY, Ask, Place, Reach, Subject
from lms.assignments.models import Requirement, RequirementVersion
from lms.assignments.rules import Kind
from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Permission
from lms.people.models import Agency


class NothingToAsk(Refusal):
    """A requirement names something that we teach, or a level of the partnership."""

    field = "what"
    sentence = "Choose what is asked from the list."


class NobodyThere(Refusal):
    """A requirement speaks to jobs, sectors, teams and levels that exist where it is set."""

    sentence = "Choose jobs, sectors, teams and levels from the lists."


class TooEarly(Refusal):
    """The past is never changed."""

    field = "first_day"
    sentence = "Enter a day from tomorrow on, so that nothing changes for days that are over."


class BeforeToday(TooEarly):
    """A new requirement can begin today, but not before."""

    sentence = "Enter a day that is today or later."


class HoursMissing(Refusal):
    """A level is reached by hours."""

    field = "hours"
    sentence = "Enter how many hours this level asks for, 1 or more."


class AskedAlready(Refusal):
    """The same thing of the same people is one requirement."""

    field = "what"
    sentence = "That is asked of the same people already. Change that requirement instead."


class HasEnded(Refusal):
    """What has ended, or will, goes on by a new requirement."""

    sentence = "This requirement has an end. Set a new one that begins after it."


class EndsTooEarly(Refusal):
    """The last day of a requirement lies ahead."""

    field = "last_day"
    sentence = "Enter a last day that is today or later, and not before it begins."


class HasBegun(Refusal):
    """Only what has not begun can be called off."""

    sentence = "It has begun, so it can be ended but not called off."


def check_new(actor: Actor, subject: Subject, ask: Ask) -> Ask:
    """The requirement as it would be set. Raises what `require` raises."""
    _may_set(actor, subject.place)
    fitted = _checked(requirements.offered(subject.place), subject, ask)
    if fitted.first_day < clock.today():
        raise BeforeToday
    if any(_asks_the_same(one, subject, fitted) for one in requirements.of_place(subject.place)):
        raise AskedAlready
    return fitted


def require(actor: Actor, subject: Subject, ask: Ask) -> Requirement:
    """Ask something of people of a partnership or an agency, from a day on, today at the earliest.

    Raises NothingToAsk, NobodyThere, BeforeToday, HoursMissing, AskedAlready, and NotFound for whoever may not.
    """
    place, kind = subject.place, subject.kind
    _lock(place)
    fitted = check_new(actor, subject, ask)
    made = Requirement(
        partnership=place.partnership,
        agency_id=place.agency,
        kind=kind.value,
        target=subject.target,
        created_by=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    _add_version(actor, made, 1, fitted)
    day = fitted.first_day.isoformat()
    audit.record(actor, "requirement.set", made.id, kind=kind.value, target=subject.target, first_day=day)
    return made


def check_change(actor: Actor, requirement_id: UUID, ask: Ask) -> Ask:
    """The version as it would be. Raises what `change` raises."""
    return _changed(_held(actor, requirement_id), ask)


def change(actor: Actor, requirement_id: UUID, ask: Ask) -> Requirement:
    """Let a requirement say something else from a day on, tomorrow at the earliest. A version that has not begun is
    rewritten; one that has begun ends the day before.

    Raises TooEarly, HasEnded, NobodyThere, HoursMissing, and NotFound for whoever may not.
    """
    found = _held(actor, requirement_id)
    fitted = _changed(found, ask)
    last = found.versions[-1]
    if last.first_day > clock.today():
        _write(last, fitted)
        last.decided_by, last.decided_at = actor.id, clock.now()
        if len(found.versions) > 1:
            found.versions[-2].last_day = fitted.first_day - DAY
    else:
        last.last_day = fitted.first_day - DAY
        _add_version(actor, found, last.number + 1, fitted)
    audit.record(actor, "requirement.changed", found.id, first_day=fitted.first_day.isoformat())
    return found


def end(actor: Actor, requirement_id: UUID, last_day: date) -> Requirement:
    """Let a requirement end after a day, today at the earliest; a day set before can be moved until it is over.

    Raises EndsTooEarly, HasEnded once it is over, and NotFound for whoever may not.
    """
    found = _held(actor, requirement_id)
    last, today = found.versions[-1], clock.today()
    if last.last_day is not None and last.last_day < today:
        raise HasEnded
    if last_day < max(today, last.first_day):
        raise EndsTooEarly
    if last.last_day != last_day:
        last.last_day = last_day
        audit.record(actor, "requirement.ended", found.id, last_day=last_day.isoformat())
    return found


def call_off(actor: Actor, requirement_id: UUID) -> bool:
    """Take back a version that has not begun: the one before it goes on, and without one the requirement is gone, since
    it never asked anything of anybody. Says whether the requirement is still there.

    Raises HasBegun, and NotFound for whoever may not.
    """
    found = _held(actor, requirement_id)
    last = found.versions[-1]
    if last.first_day <= clock.today():
        raise HasBegun
    audit.record(actor, "requirement.called_off", found.id, first_day=last.first_day.isoformat())
    goes_on = len(found.versions) > 1
    if goes_on:
        found.versions[-2].last_day = None
    db.session.delete(last)
    db.session.flush()
    if not goes_on:
        db.session.expire(found)
        db.session.delete(found)
    return goes_on


def _may_set(actor: Actor, place: Place) -> None:
    if not actor.can(Permission.REQUIREMENT_EDIT) or place not in requirements.places(actor):
        raise NotFound


def _lock(place: Place) -> None:
    """Let two people who set the same in one place take turns."""
    token = select(Agency.id).where(requirements.inside(place)).order_by(Agency.id).limit(1)
    db.session.execute(token.with_for_update(key_share=True))


def _held(actor: Actor, requirement_id: UUID) -> Requirement:
    """The requirement with its row locked and its versions read afresh. Raises NotFound for whoever may not set it."""
    found = db.session.scalar(
        select(Requirement)
        .where(Requirement.id == requirement_id, policy.sets(actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or not actor.can(Permission.REQUIREMENT_EDIT):
        raise NotFound
    db.session.refresh(found, ["versions"])
    return found


def _changed(found: Requirement, ask: Ask) -> Ask:
    fitted = _checked(requirements.offered_for(found), requirements.subject_of(found), ask)
    last, today = found.versions[-1], clock.today()
    if last.last_day is not None:
        raise HasEnded
    earliest = found.versions[-2].first_day if last.first_day > today and len(found.versions) > 1 else date.min
    if fitted.first_day <= max(today, earliest):
        raise TooEarly
    return fitted


def _checked(offered: requirements.Offered, subject: Subject, ask: Ask) -> Ask:
    if requirements.chosen(subject) not in dict(offered.targets):
        raise NothingToAsk
    if not _fits(ask.reach, offered):
        raise NobodyThere
    fitted = ask.fitted(subject.kind)
    if subject.kind is Kind.LEVEL and fitted.minutes < 1:
        raise HoursMissing
    return fitted


def _fits(reach: Reach, offered: requirements.Offered) -> bool:
    pairs = (
        (reach.jobs, offered.jobs),
        (reach.sectors, offered.sectors),
        (reach.teams, offered.teams),
        (reach.levels, offered.levels),
    )
    return all(set(names) <= dict(known).keys() for names, known in pairs)


def _asks_the_same(one: Requirement, subject: Subject, ask: Ask) -> bool:
    last = one.versions[-1]
    return (
        (one.kind, one.target) == (subject.kind.value, subject.target)
        and (last.last_day is None or last.last_day >= ask.first_day)
        and requirements.same_reach(requirements.reach_of(last), ask.reach)
    )


def _add_version(actor: Actor, found: Requirement, number: int, ask: Ask) -> None:
    made = RequirementVersion(requirement_id=found.id, number=number, decided_by=actor.id)
    _write(made, ask)
    db.session.add(made)
    db.session.flush()
    db.session.expire(found, ["versions"])


def _write(version: RequirementVersion, ask: Ask) -> None:
    version.first_day = ask.first_day
    version.jobs, version.sectors = list(ask.reach.jobs), list(ask.reach.sectors)
    version.teams, version.levels = list(ask.reach.teams), list(ask.reach.levels)
    version.first_due_days = ask.first_due
    version.renew_months, version.keeps_date = ask.renew_months, ask.keeps_date
    version.minutes, version.participatory, version.multi_agency = ask.minutes, ask.participatory, ask.multi_agency
    version.why = ask.why.strip()
