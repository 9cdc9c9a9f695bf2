"""Reads about people: who someone is today, and who has which address."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, FromClause, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core import clock
from lms.core.actor import Actor, Grant, Seat
from lms.core.db import ask, db
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from lms.people import policy
from lms.people.models import Agency, Deputy, Membership, MembershipRole, Person, Team

_PEOPLE, _MEMBERSHIPS, _AGENCIES, _TEAMS, _ROLES = (
    one.__table__ for one in (Person, Membership, Agency, Team, MembershipRole)
)
_DEPUTIES = Deputy.__table__
_LENDERS, _LENT_POSTS, _LENT_ROLES = (
    _PEOPLE.alias("lenders"),
    _MEMBERSHIPS.alias("lent_posts"),
    _ROLES.alias("lent_roles"),
)
SEAT = (
    *(_MEMBERSHIPS.c.id, _AGENCIES.c.id, _AGENCIES.c.name, _AGENCIES.c.sector, _TEAMS.c.id, _TEAMS.c.name),
    *(_MEMBERSHIPS.c.job, _AGENCIES.c.partnership, _ROLES.c.role, _ROLES.c.scope),
    *(_LENDERS.c.id, _LENT_ROLES.c.scope, _LENT_POSTS.c.team_id),
)
OLDEST_FIRST = (_MEMBERSHIPS.c.starts_on, _MEMBERSHIPS.c.id)


def with_seats(people: FromClause) -> FromClause:
    """These people, each at least once for every role at every membership on the day given as `day`, or once without
    any, and for every manager's role at the same agency that is lent to them on that day; then `seats_of` reads the
    columns `SEAT` at the end of a row. On plain tables, for statements built once: every page asks.
    """
    current = and_(_MEMBERSHIPS.c.person_id == _PEOPLE.c.id, policy.is_current(bindparam("day", type_=Date)))
    return (
        people.outerjoin(_MEMBERSHIPS, current)
        .outerjoin(_AGENCIES, _MEMBERSHIPS.c.agency_id == _AGENCIES.c.id)
        .outerjoin(_TEAMS, _MEMBERSHIPS.c.team_id == _TEAMS.c.id)
        .outerjoin(_ROLES, _ROLES.c.membership_id == _MEMBERSHIPS.c.id)
        .outerjoin(_DEPUTIES, _is_deputy())
        .outerjoin(_LENT_POSTS, _is_lent())
        .outerjoin(_LENT_ROLES, and_(_LENT_ROLES.c.membership_id == _LENT_POSTS.c.id, _LENT_ROLES.c.role == "manager"))
        .outerjoin(_LENDERS, and_(_LENDERS.c.id == _LENT_POSTS.c.person_id, _LENDERS.c.active))
    )


def _is_deputy() -> ColumnElement[bool]:
    """The person stands in for somebody on the day, and neither of the two has ended it."""
    day = bindparam("day", type_=Date)
    return and_(
        _DEPUTIES.c.deputy_id == _PEOPLE.c.id,
        _DEPUTIES.c.first_day <= day,
        _DEPUTIES.c.last_day >= day,
        _DEPUTIES.c.ended_at.is_(None),
    )


def _is_lent() -> ColumnElement[bool]:
    """The manager has that post on the day, at the agency of the person's own post: who leaves it is deputy no more,
    and a manager who leaves has none.
    """
    day = bindparam("day", type_=Date)
    return and_(
        _LENT_POSTS.c.id == _DEPUTIES.c.membership_id,
        _LENT_POSTS.c.agency_id == _MEMBERSHIPS.c.agency_id,
        _LENT_POSTS.c.starts_on <= day,
        or_(_LENT_POSTS.c.ends_on.is_(None), _LENT_POSTS.c.ends_on >= day),
    )


_SEATS = (
    select(*SEAT).select_from(with_seats(_PEOPLE)).where(_PEOPLE.c.id == bindparam("person")).order_by(*OLDEST_FIRST)
)


def seats(person_id: UUID, day: date | None = None) -> tuple[Seat, ...]:
    """The person's memberships on a day (today unless named) with their roles, oldest first. One query."""
    return seats_of(ask(_SEATS, {"person": person_id, "day": day or clock.today()}))


def seats_of(rows: Iterable[Sequence[Any]]) -> tuple[Seat, ...]:
    """The memberships in rows that end with `SEAT`, all of one person."""
    found: dict[UUID, Seat] = {}
    for row in rows:
        membership, agency, name, sector, team, team_name, job, partnership, *granted = row[-len(SEAT) :]
        if membership is None:
            continue
        before = found[membership].grants if membership in found else ()
        grants = tuple(dict.fromkeys((*before, *_grants(*granted))))  # the same comes twice where two are lent
        found[membership] = Seat(membership, agency, name, sector, team, team_name, job, grants, partnership)
    return tuple(found.values())


def _grants(role: str | None, scope: str, lender: UUID | None, lent: str | None, team: UUID | None) -> Iterator[Grant]:
    """The role of one row, and what a manager lends: reading and chasing, never deciding."""
    if role:
        yield Grant(Role(role), Scope(scope))
    if lender and lent:
        yield Grant(Role.DEPUTY, Scope(lent), team)


def actor(person: Person, sign_in_id: UUID | None = None) -> Actor:
    """The person as someone who asks, with today's memberships."""
    return Actor(person.id, person.name, person.email, seats(person.id), person.theme, sign_in_id)


def has_open_account(person_id: UUID) -> bool:
    """Whether the person's account is there and was not closed."""
    return bool(db.session.scalar(select(Person.active).where(Person.id == person_id)))


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


def administered_ids(actor: Actor) -> Select[UUID]:
    """A query of the agencies whose accounts the actor looks after, to stand inside another one."""
    return select(Agency.id).where(policy.administered(actor))


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
