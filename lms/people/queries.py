"""Reads about people: who someone is today, and who has which address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core import clock
from lms.core.actor import Actor, Grant, Seat
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from lms.people import policy
from lms.people.models import Agency, Membership, MembershipRole, Person, Team


def with_seats(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The same rows, which hold a `Person`, once for each role at each membership of that person on the day given as
    `day`, or once without any; `seats_of` reads what is added. For statements built once.
    """
    current = and_(Membership.person_id == Person.id, policy.is_current(bindparam("day", type_=Date)))
    return (
        wanted.add_columns(*_SEAT)
        .outerjoin(Membership, current)
        .outerjoin(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .outerjoin(MembershipRole, MembershipRole.membership_id == Membership.id)
        .order_by(Membership.starts_on, Membership.id)
    )


_SEAT = (
    *(Membership.id, Agency.id, Agency.name, Agency.sector, Team.id, Team.name, Membership.job, Agency.partnership),
    *(MembershipRole.role, MembershipRole.scope),
)
# Built once: building it for every request took longer than asking it.
_SEATS = with_seats(select(Person.id)).where(Person.id == bindparam("person"))


def seats(person_id: UUID, day: date | None = None) -> tuple[Seat, ...]:
    """The person's memberships on a day (today unless named) with their roles, oldest first. One query."""
    return seats_of(db.session.execute(_SEATS, {"person": person_id, "day": day or clock.today()}).all())


def seats_of(rows: Iterable[Sequence[Any]]) -> tuple[Seat, ...]:
    """The memberships in the rows of a statement made by `with_seats`, all of one person."""
    found: dict[UUID, Seat] = {}
    for row in rows:
        membership, agency, name, sector, team, team_name, job, partnership, role, scope = row[-len(_SEAT) :]
        if membership is None:
            continue
        before = found[membership].grants if membership in found else ()
        grants = (*before, Grant(Role(role), Scope(scope))) if role else before
        found[membership] = Seat(membership, agency, name, sector, team, team_name, job, grants, partnership)
    return tuple(found.values())


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
        ).all()
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
