"""Reads about people: who someone is today, and who has which address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core import clock
from lms.core.actor import Actor, Grant, Seat
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from lms.people import policy
from lms.people.models import Agency, Membership, MembershipRole, Person, Team


def seats(person_id: UUID, day: date | None = None) -> tuple[Seat, ...]:
    """The person's memberships on a day (today unless named) with their roles, oldest first. One query."""
    rows = db.session.execute(
        select(Membership, Agency, Team, MembershipRole)
        .join(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .outerjoin(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(Membership.person_id == person_id, policy.is_current(day or clock.today()))
        .order_by(Membership.starts_on, Membership.id)
    ).all()
    found = []
    for _, group in groupby(rows, key=lambda row: row[0].id):
        parts = list(group)
        membership, agency, team, _ = parts[0]
        grants = tuple(Grant(Role(role.role), Scope(role.scope)) for *_, role in parts if role)
        found.append(
            Seat(
                membership_id=membership.id,
                agency_id=agency.id,
                agency=agency.name,
                sector=agency.sector,
                team_id=team.id if team else None,
                team=team.name if team else None,
                job=membership.job,
                grants=grants,
                partnership=agency.partnership,
            )
        )
    return tuple(found)


def actor(person: Person, sign_in_id: UUID | None = None) -> Actor:
    """The person as someone who asks, with today's memberships."""
    return Actor(person.id, person.name, person.email, seats(person.id), person.theme, sign_in_id)


def by_email(email: str) -> Person | None:
    """The account with this address, however it was typed."""
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def agencies(actor: Actor) -> Sequence[Agency]:
    """The agencies of the actor's partnership by name; agency names are no secret within it."""
    return db.session.scalars(
        select(Agency).where(Agency.partnership.in_(actor.partnerships())).order_by(Agency.name)
    ).all()


def has_demo_people() -> bool:
    """Whether invented people have accounts here."""
    return bool(db.session.scalar(select(exists().where(Person.demo))))


@dataclass(frozen=True)
class AgencySize:
    """An agency, its teams by name, and how many people work there today."""

    agency: Agency
    teams: tuple[str, ...]
    people: int


def agency_sizes(actor: Actor) -> list[AgencySize]:
    """Every agency an administrator sees, by name."""
    seen = select(Agency).where(policy.administered(actor)).order_by(Agency.name)
    heads = dict(
        db.session.execute(
            select(Membership.agency_id, func.count(Membership.person_id.distinct()))
            .where(policy.is_current(clock.today()))
            .group_by(Membership.agency_id)
        )
    )
    teams: dict[UUID, list[str]] = {}
    for team in db.session.scalars(select(Team).order_by(Team.name)):
        teams.setdefault(team.agency_id, []).append(team.name)
    return [AgencySize(one, tuple(teams.get(one.id, ())), heads.get(one.id, 0)) for one in db.session.scalars(seen)]


def get_agency(actor: Actor, agency_id: UUID) -> Agency:
    """One agency. Raises NotFound when the actor does not look after it."""
    found = db.session.scalar(select(Agency).where(Agency.id == agency_id, policy.administered(actor)))
    if found is None:
        raise NotFound
    return found


def members(actor: Actor, agency: Agency) -> Sequence[Membership]:
    """The agency's memberships, present ones first, with person, team and roles loaded."""
    return db.session.scalars(
        select(Membership)
        .join(Membership.person)
        .join(Membership.agency)
        .where(Membership.agency_id == agency.id, policy.administered(actor))
        .options(joinedload(Membership.person), joinedload(Membership.team), selectinload(Membership.roles))
        .order_by(Membership.ends_on.is_not(None), Person.name)
    ).all()
