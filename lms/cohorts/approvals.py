"""Reads about approval: who decides about whom, and what is asked of somebody.

A person's managers decide: those of their team, and those of their whole agency. Where nobody but the person manages
them, whoever runs the cohort decides. Nobody decides about themselves.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from lms.cohorts import policy
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.states import BookingState, CohortState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Permission, Role, Scope
from lms.people import policy as people
from lms.people.models import Membership, MembershipRole, Person, Team


def posts_managed(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Membership`: present posts of other people whom the actor manages, in the team or in the agency."""
    scopes = []
    if actor.managed_agencies:
        scopes.append(Membership.agency_id.in_(actor.managed_agencies))
    if actor.managed_teams:
        scopes.append(Membership.team_id.in_(actor.managed_teams))
    return and_(or_(false(), *scopes), people.is_current(clock.today()), Membership.person_id != actor.id)


def manages(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Booking`: the actor manages the person today, in the team or the agency they are booked for."""
    post = and_(Membership.person_id == Booking.person_id, Membership.agency_id == Booking.agency_id)
    return and_(Booking.person_id != actor.id, exists().where(post, posts_managed(actor)).correlate(Booking))


def team_managed(actor: Actor, team_id: UUID) -> bool:
    """Whether the actor manages this team, itself or with its whole agency."""
    if team_id in actor.managed_teams:
        return True
    wanted = select(Team.id).where(Team.id == team_id, Team.agency_id.in_(actor.managed_agencies))
    return bool(actor.managed_agencies) and db.session.scalar(wanted) is not None


_theirs, _managers = aliased(Membership), aliased(Membership)


def _is_managed() -> ColumnElement[bool]:
    """SQL on `Booking`, a post of the person, and the role and post of somebody else: the latter manages the person."""
    reaches = or_(
        MembershipRole.scope == Scope.AGENCY.value,
        and_(MembershipRole.scope == Scope.TEAM.value, _managers.team_id == _theirs.team_id),
    )
    return and_(
        _is_post(_theirs),
        _theirs.person_id == Booking.person_id,
        _is_post(_managers),
        _managers.person_id != Booking.person_id,
        MembershipRole.membership_id == _managers.id,
        MembershipRole.role == Role.MANAGER.value,
        reaches,
    )


def _is_post(post: type[Membership]) -> ColumnElement[bool]:
    day = clock.today()
    current = and_(post.starts_on <= day, or_(post.ends_on.is_(None), post.ends_on >= day))
    return and_(post.agency_id == Booking.agency_id, current)


def has_manager() -> ColumnElement[bool]:
    """SQL on `Booking`: somebody with an account in use manages the person."""
    return exists().where(_is_managed(), Person.id == _managers.person_id, Person.active).correlate(Booking)


def decided_by(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Booking` and `Cohort`, joined: the actor decides about the person."""
    in_place = and_(policy.run(actor), ~has_manager(), Booking.person_id != actor.id)
    return or_(manages(actor), in_place)


def may_decide(actor: Actor) -> bool:
    """Whether anything could be asked of the actor at all."""
    return bool(actor.managed_agencies or actor.managed_teams or actor.can(Permission.COHORT_EDIT))


def asked_of(actor: Actor) -> list[Booking]:
    """What waits for the actor's approval, longest first, with cohort, person and agency. Two queries."""
    found = db.session.scalars(
        select(Booking)
        .join(Booking.cohort)
        .where(
            Booking.state == BookingState.ASKED,
            Cohort.state.in_((CohortState.OPEN, CohortState.CLOSED)),
            decided_by(actor),
        )
        .options(contains_eager(Booking.cohort).selectinload(Cohort.sessions))
        .options(joinedload(Booking.person), joinedload(Booking.agency))
        .order_by(Booking.asked_at, Booking.id)
    )
    return [one for one in found if not one.cohort.has_begun]


def get(actor: Actor, booking_id: UUID) -> Booking:
    """An entry about which the actor decides, in any state. Raises NotFound for everybody else."""
    found = db.session.scalar(
        select(Booking).join(Booking.cohort).where(Booking.id == booking_id, decided_by(actor), ~_in_a_draft())
    )
    if found is None:
        raise NotFound
    return found


def _in_a_draft() -> ColumnElement[bool]:
    return Cohort.state == CohortState.DRAFT


def deciders(booking: Booking, cohort: Cohort) -> Sequence[Person]:
    """Whoever is to be told that somebody asks: their managers, or the cohort's trainers where there is none."""
    return managers(booking) or [one.person for one in cohort.trainers if one.person_id != booking.person_id]


def managers(booking: Booking) -> Sequence[Person]:
    """Whoever manages the person today, where they are booked from, by name."""
    return db.session.scalars(
        select(Person)
        .where(
            Person.active,
            exists().where(Booking.id == booking.id, _is_managed(), Person.id == _managers.person_id).correlate(Person),
        )
        .order_by(Person.name, Person.id)
    ).all()


def are_asked(bookings: Sequence[Booking]) -> set[UUID]:
    """Those of these entries about which a manager decides, and not whoever runs the cohort."""
    ids = [one.id for one in bookings]
    return set(db.session.scalars(select(Booking.id).where(Booking.id.in_(ids), has_manager()))) if ids else set()
