"""Reads about people: who someone is today, and who has which address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, FromClause, and_, bindparam, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core import clock
from lms.core.actor import Actor, Grant, Seat
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from lms.people import policy
from lms.people.models import Agency, Membership, MembershipRole, Person, Team

_PEOPLE, _MEMBERSHIPS, _AGENCIES, _TEAMS, _ROLES = (
    one.__table__ for one in (Person, Membership, Agency, Team, MembershipRole)
)
SEAT = (
    *(_MEMBERSHIPS.c.id, _AGENCIES.c.id, _AGENCIES.c.name, _AGENCIES.c.sector, _TEAMS.c.id, _TEAMS.c.name),
    *(_MEMBERSHIPS.c.job, _AGENCIES.c.partnership, _ROLES.c.role, _ROLES.c.scope),
)
OLDEST_FIRST = (_MEMBERSHIPS.c.starts_on, _MEMBERSHIPS.c.id)


def with_seats(people: FromClause) -> FromClause:
    """These people, each once for every role at every membership on the day given as `day`, or once without any; then
    `seats_of` reads the columns `SEAT` at the end of a row. On plain tables, for statements built once: every page
    asks.
    """
    current = and_(_MEMBERSHIPS.c.person_id == _PEOPLE.c.id, policy.is_current(bindparam("day", type_=Date)))
    return (
        people.outerjoin(_MEMBERSHIPS, current)
        .outerjoin(_AGENCIES, _MEMBERSHIPS.c.agency_id == _AGENCIES.c.id)
        .outerjoin(_TEAMS, _MEMBERSHIPS.c.team_id == _TEAMS.c.id)
        .outerjoin(_ROLES, _ROLES.c.membership_id == _MEMBERSHIPS.c.id)
    )


_SEATS = (
    select(*SEAT).select_from(with_seats(_PEOPLE)).where(_PEOPLE.c.id == bindparam("person")).order_by(*OLDEST_FIRST)
)


def seats(person_id: UUID, day: date | None = None) -> tuple[Seat, ...]:
    """The person's memberships on a day (today unless named) with their roles, oldest first. One query."""
    return seats_of(db.session.execute(_SEATS, {"person": person_id, "day": day or clock.today()}))


def seats_of(rows: Iterable[Sequence[Any]]) -> tuple[Seat, ...]:
    """The memberships in rows that end with `SEAT`, all of one person."""
    found: dict[UUID, Seat] = {}
    for row in rows:
        membership, agency, name, sector, team, team_name, job, partnership, role, scope = row[-len(SEAT) :]
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


def holding(role: Role, partnership: str) -> Sequence[Person]:
    """The people who hold a role over all of a partnership today, by name; for mails that somebody must get."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(Membership.agency)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Person.active,
            policy.is_current(clock.today()),
            Agency.partnership == partnership,
            MembershipRole.role == role.value,
            MembershipRole.scope == Scope.PARTNERSHIP.value,
        )
        .distinct()
        .order_by(Person.name, Person.id)
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


def teams(actor: Actor, agency: Agency) -> Sequence[Team]:
    """The agency's teams by name."""
    return db.session.scalars(
        select(Team)
        .join(Team.agency)
        .where(Team.agency_id == agency.id, policy.administered(actor))
        .order_by(Team.name, Team.id)
    ).all()


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
