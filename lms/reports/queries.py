"""Reads for reports: which people a reader sees, and where each of them stands, for the page and the file alike."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from lms.assignments import queries as assignments
from lms.assignments.due import ModuleStanding
from lms.assignments.models import Exemption
from lms.assignments.queries import PastCompletion
from lms.catalogue import shelf
from lms.catalogue.content import Module
from lms.cohorts.models import Booking, Cohort, CohortSession
from lms.cohorts.states import BookingState, CohortState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Role
from lms.people import policy
from lms.people.models import Agency, Membership, Person, Team
from lms.reports import matrix
from lms.reports.matrix import Figures, Line, Post


@dataclass(frozen=True)
class Place:
    """An agency or team within the reader's reach; `agency_id` is the team's agency."""

    id: UUID
    name: str
    agency_id: UUID
    agency: str


@dataclass(frozen=True)
class Reach:
    """Where the people are whom a reader sees, by name; `name` says it in a few words."""

    name: str
    agencies: tuple[Place, ...]
    teams: tuple[Place, ...]

    def within(self, agency_id: UUID | None) -> tuple[Place, ...]:
        """The teams of one agency, or all."""
        return tuple(team for team in self.teams if agency_id in (None, team.agency_id))


@dataclass(frozen=True)
class Filters:
    """What a reader asked for. Team and agency decide what is counted; status and name choose among what is counted."""

    agency: Place | None = None
    team: Place | None = None
    show: str = matrix.Show.EVERYONE.value
    name: str = ""
    order: str = ""


@dataclass(frozen=True)
class Report:
    """The completion report: figures over everyone counted, and the lines that were asked for, in order. `late` are
    those of everyone counted who have something overdue or expired.
    """

    as_at: date
    scope: str
    modules: Sequence[Module]
    figures: Figures
    next_end: tuple[date, str] | None
    lines: Sequence[Line]
    late: Sequence[UUID]


@dataclass(frozen=True)
class JointDay:
    """A session to come on which the person has a place."""

    title: str
    starts_at: datetime


@dataclass(frozen=True)
class Exemptions:
    """A person's exemptions in force as one reader sees them: which they read with the reason, which they may end, and
    whether they may grant one.
    """

    listed: Sequence[Exemption]
    readable: frozenset[UUID]
    decided: frozenset[UUID] = frozenset()
    may_exempt: bool = False


@dataclass(frozen=True)
class PersonReport:
    """One person as their manager sees them, or they themself."""

    id: UUID
    name: str
    posts: tuple[Post, ...]
    cells: Sequence[ModuleStanding]
    completions: Sequence[PastCompletion]
    joint_days: Sequence[JointDay]
    figures: Figures
    exemptions: Exemptions


def reach(actor: Actor, today: date) -> Reach:
    """Agencies and teams in which the actor sees people today. One query."""
    rows = db.session.execute(
        select(Agency.id, Agency.name, Team.id, Team.name)
        .select_from(Membership)
        .join(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .where(policy.managed(actor, today))
        .distinct()
        .order_by(Agency.name, Team.name)
    ).all()
    agencies = {agency_id: Place(agency_id, agency, agency_id, agency) for agency_id, agency, *_ in rows}
    teams = tuple(Place(team_id, team, agency_id, agency) for agency_id, agency, team_id, team in rows if team_id)
    return Reach(_named(actor, tuple(agencies.values()), teams), tuple(agencies.values()), teams)


def _named(actor: Actor, agencies: Sequence[Place], teams: Sequence[Place]) -> str:
    """The reach in a few words: a partnership, an agency, one or two teams, or "Your people"."""
    partnerships = actor.partnerships(Role.COORDINATOR)
    if partnerships:
        return " and ".join(sorted(partnerships))
    if len(agencies) == 1 and agencies[0].id in actor.followed_agencies:
        return agencies[0].name
    if not actor.followed_agencies and 1 <= len(teams) <= 2:
        return " and ".join(team.name for team in teams)
    return "Your people"


def completion(actor: Actor, filters: Filters, within: Reach, today: date) -> Report:
    """Who has done what, among the people whom the actor sees. Four queries, however many people."""
    chosen = and_(policy.managed(actor, today), *places(filters))
    people = select(Membership.person_id).where(chosen)
    standings = assignments.standings(people, today)
    core = [module.slug for module in shelf.library().modules if module.core]
    shown = matrix.columns(standings.values(), core)
    lines = _lines(chosen, standings, shown)
    order = filters.order if filters.order.removeprefix("-") in {"name", *shown} else ""
    return Report(
        as_at=today,
        scope=_scope(filters, within),
        modules=[module for module in shelf.library().modules if module.slug in shown],
        figures=matrix.figures(lines),
        next_end=matrix.next_end(lines),
        lines=matrix.ordered(matrix.chosen(lines, filters.show, filters.name), order),
        late=[line.id for line in lines if line.tally.late],
    )


def person(actor: Actor, person_id: UUID, today: date) -> PersonReport:
    """One person whom the actor sees. Raises NotFound for everybody else, whether they exist or not."""
    seen = and_(policy.managed(actor, today), Membership.person_id == person_id)
    standings = assignments.standings(select(Membership.person_id).where(seen), today)
    lines = _lines(seen, standings, {module.slug for module in shelf.library().modules})
    if not lines:
        raise NotFound
    decided = assignments.decided(actor, today)
    listed = assignments.exemptions(select(Person.id).where(Person.id == person_id), today)
    may_exempt = assignments.may_exempt(actor, person_id, today)
    return _person(lines[0], _joint_days(seen, person_id), Exemptions(listed, decided, decided, may_exempt))


def mine(actor: Actor, today: date) -> PersonReport:
    """The actor's own dates as managers see them, over all posts, with the reason of every exemption."""
    posts = tuple(Post(seat.agency, seat.team or "", seat.job) for seat in actor.seats)
    line = Line(actor.id, actor.name, actor.email, posts, tuple(assignments.own(actor)))
    listed = assignments.exemptions(select(Person.id).where(Person.id == actor.id), today)
    joint_days = _joint_days(Membership.person_id == actor.id, actor.id)
    return _person(line, joint_days, Exemptions(listed, readable=frozenset(one.id for one in listed)))


def _person(line: Line, joint_days: Sequence[JointDay], exemptions: Exemptions) -> PersonReport:
    return PersonReport(
        id=line.id,
        name=line.name,
        posts=line.posts,
        cells=line.cells,
        completions=assignments.history(select(Person.id).where(Person.id == line.id)),
        joint_days=joint_days,
        figures=matrix.figures([line]),
        exemptions=exemptions,
    )


def _joint_days(seen: ColumnElement[bool], person_id: UUID) -> list[JointDay]:
    """Sessions to come on which the person has a place, booked for an agency where the actor sees them."""
    rows = db.session.execute(
        select(Cohort.title, CohortSession.starts_at)
        .join(Cohort, CohortSession.cohort_id == Cohort.id)
        .join(Booking, Booking.cohort_id == Cohort.id)
        .where(
            Booking.person_id == person_id,
            Booking.agency_id.in_(select(Membership.agency_id).where(seen)),
            Booking.state == BookingState.BOOKED,
            Cohort.state.in_((CohortState.OPEN, CohortState.CLOSED)),
            CohortSession.ends_at > clock.now(),
        )
        .order_by(CohortSession.starts_at)
    )
    return [JointDay(title, starts_at) for title, starts_at in rows]


def places(filters: Filters) -> list[ColumnElement[bool]]:
    """SQL on `Membership`: those of the agency and the team that were asked for."""
    chosen: list[ColumnElement[bool]] = []
    if filters.agency:
        chosen.append(Membership.agency_id == filters.agency.id)
    if filters.team:
        chosen.append(Membership.team_id == filters.team.id)
    return chosen


def _scope(filters: Filters, within: Reach) -> str:
    if filters.team:
        return filters.team.name
    return filters.agency.name if filters.agency else within.name


def _lines(
    chosen: ColumnElement[bool], standings: Mapping[UUID, Sequence[ModuleStanding]], modules: Container[str]
) -> list[Line]:
    """One line a person, however many of their memberships were chosen; the oldest membership is named first."""
    people: dict[UUID, tuple[str, str, list[Post]]] = {}
    for person_id, name, email, agency, team, job in db.session.execute(_memberships(chosen)):
        people.setdefault(person_id, (name, email, []))[2].append(Post(agency, team or "", job))
    return [
        Line(person_id, name, email, tuple(posts), tuple(one for one in standings[person_id] if one.module in modules))
        for person_id, (name, email, posts) in people.items()
    ]


def _memberships(chosen: ColumnElement[bool]) -> Select[UUID, str, str, str, str, str]:
    return (
        select(Membership.person_id, Person.name, Person.email, Agency.name, Team.name, Membership.job)
        .join(Person, Membership.person_id == Person.id)
        .join(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .where(chosen)
        .order_by(Membership.starts_on, Membership.id)
    )
