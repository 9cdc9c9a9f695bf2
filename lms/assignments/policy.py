"""Who decides about whom, who reads why, who sets what is asked, and whose standings a report shows: once, in SQL."""

from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, select

from lms.assignments.ledger_models import PostSpan
from lms.assignments.models import Assignment, Exemption, Leave, PriorLearning, Requirement
from lms.core.actor import Actor
from lms.core.permissions import Role
from lms.people import policy as people
from lms.people.models import Membership


def answers_for(actor: Actor, day: date) -> ColumnElement[bool]:
    """SQL on `Membership`: present memberships whose training the actor decides about, as manager of the team or the
    agency. A coordinator sees everybody's status but is nobody's employer; nobody decides about themself.
    """
    reach = []
    if actor.managed_agencies:
        reach.append(Membership.agency_id.in_(actor.managed_agencies))
    if actor.managed_teams:
        reach.append(Membership.team_id.in_(actor.managed_teams))
    return and_(or_(false(), *reach), people.is_current(day), Membership.person_id != actor.id)


def in_force(day: date) -> ColumnElement[bool]:
    """SQL on `Exemption`: neither ended nor run out by this day."""
    return and_(Exemption.ended_at.is_(None), or_(Exemption.until.is_(None), Exemption.until >= day))


def decided(actor: Actor, day: date) -> ColumnElement[bool]:
    """SQL on `Exemption`: those the actor may read with their reason, and end: granted by the agency for which they
    manage the person.
    """
    managed = select(Membership.person_id).where(
        answers_for(actor, day),
        Membership.agency_id == Exemption.agency_id,
        Membership.person_id == Exemption.person_id,
    )
    return managed.correlate(Exemption).exists()


def recorded(actor: Actor, day: date, table: type[Leave] | type[PriorLearning]) -> ColumnElement[bool]:
    """SQL on `Leave` or `PriorLearning`: of people for whom the actor answers at the agency it was recorded for."""
    managed = select(Membership.person_id).where(
        answers_for(actor, day), Membership.agency_id == table.agency_id, Membership.person_id == table.person_id
    )
    return managed.correlate(table).exists()


def assigned(actor: Actor, day: date) -> ColumnElement[bool]:
    """SQL on `Assignment`: of people about whom the actor decides for the agency that asked."""
    managed = select(Membership.id).where(
        answers_for(actor, day),
        Membership.agency_id == Assignment.agency_id,
        Membership.person_id == Assignment.person_id,
    )
    return managed.correlate(Assignment).exists()


def sets(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Requirement`: those the actor may change: of a partnership as its coordinator, of an agency as the
    manager of all of it.
    """
    coordinated = Requirement.partnership.in_(actor.partnerships(Role.COORDINATOR))
    return or_(and_(Requirement.agency_id.is_(None), coordinated), Requirement.agency_id.in_(actor.managed_agencies))


def reads(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Requirement`: those of the partnerships and agencies the actor works in; a coordinator reads all of
    theirs.
    """
    partnership_wide = and_(Requirement.agency_id.is_(None), Requirement.partnership.in_(actor.partnerships()))
    return or_(
        partnership_wide,
        Requirement.agency_id.in_(actor.agency_ids),
        Requirement.partnership.in_(actor.partnerships(Role.COORDINATOR)),
    )


def seen(actor: Actor, day: date) -> ColumnElement[bool]:
    """SQL on `PostSpan`: posts on a day, as it was known then, of people whose training status the actor sees by name
    now: those of the teams and agencies they manage or stand in at, or of the partnership they coordinate.
    """
    reach = []
    if actor.partnerships(Role.COORDINATOR):
        reach.append(PostSpan.partnership.in_(actor.partnerships(Role.COORDINATOR)))
    if actor.followed_agencies:
        reach.append(PostSpan.agency_id.in_(actor.followed_agencies))
    if actor.followed_teams:
        reach.append(PostSpan.team_id.in_(actor.followed_teams))
    return and_(or_(false(), *reach), PostSpan.first_day <= day, PostSpan.last_day >= day)
