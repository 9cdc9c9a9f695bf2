"""Who may see whom: written once, in SQL."""

from datetime import date

from sqlalchemy import BindParameter, ColumnElement, and_, false, or_, select

from lms.core.actor import Actor
from lms.core.permissions import Role
from lms.people.models import Agency, Membership


def is_current(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """SQL on `Membership`: it covers this day."""
    return and_(Membership.starts_on <= day, or_(Membership.ends_on.is_(None), Membership.ends_on >= day))


def managed(actor: Actor, day: date) -> ColumnElement[bool]:
    """SQL on `Membership`: memberships whose training status the actor may see on this day.

    A manager sees the people of their team or agency, never those of another employer, and so does their deputy on the
    days of the absence; a coordinator sees the whole partnership.
    Everyone else sees none here: one's own record has pages of its own.
    """
    scopes = [followed(actor, day)]
    if actor.partnerships(Role.COORDINATOR):
        inside = select(Agency.id).where(Agency.partnership.in_(actor.partnerships(Role.COORDINATOR)))
        scopes.append(Membership.agency_id.in_(inside))
    return and_(or_(*scopes), is_current(day))


def followed(actor: Actor, day: date) -> ColumnElement[bool]:
    """SQL on `Membership`: memberships whose training the actor follows as manager of the team or the agency, or as
    deputy of one. A coordinator sees everybody's status and is nobody's manager.
    """
    scopes = []
    if actor.followed_agencies:
        scopes.append(Membership.agency_id.in_(actor.followed_agencies))
    if actor.followed_teams:
        scopes.append(Membership.team_id.in_(actor.followed_teams))
    return and_(or_(false(), *scopes), is_current(day))


def administered(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Agency`: agencies whose accounts the actor looks after: those of a partnership, or a single one."""
    own = {seat.agency_id for seat in actor.seats if seat.has(Role.ADMINISTRATOR)}
    return or_(Agency.partnership.in_(actor.partnerships(Role.ADMINISTRATOR)), Agency.id.in_(own))
