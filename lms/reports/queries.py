"""Reads for reports: which people a reader sees, and where each of them stands, for the page and the file alike."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from lms.assignments import counts
from lms.assignments import policy as asking
from lms.assignments import queries as assignments
from lms.assignments.counting import Count, Group
from lms.assignments.due import ModuleStanding
from lms.assignments.facts import load
from lms.assignments.ledger_models import PostSpan
from lms.assignments.models import Exemption, Leave, PriorLearning
from lms.assignments.queries import PastCompletion
from lms.cohorts.models import Booking, Cohort, CohortSession
from lms.cohorts.states import BookingState, CohortState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Role
from lms.people import policy
from lms.people.models import Agency, Membership, Person, Team
from lms.reports import lines, matrix
from lms.reports.lines import Chosen, Lines
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
class Heading:
    """A column: a module by its address, or a level by its key, and its title."""

    slug: str
    title: str


@dataclass(frozen=True)
class Report:
    """The completion report: figures over everyone counted, and the lines that were asked for, in order. `late` is a
    query of those of everyone counted who have something overdue or expired.
    """

    as_at: date
    scope: str
    modules: Sequence[Heading]
    figures: Figures
    next_end: tuple[date, str] | None
    lines: Lines
    late: Select[UUID]


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
    leaves: Sequence[Leave] = ()
    learned: Sequence[PriorLearning] = ()


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
    titles: Mapping[str, str]

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What is asked of them, by address and title."""
        return [(one.module, self.titles.get(one.module, one.module)) for one in self.cells if one.required]


def reach(actor: Actor, today: date) -> Reach:
    """Agencies and teams in which the actor sees people: those where anybody is today whom they follow, and all of a
    partnership they coordinate. Two queries, which look for nobody by name.
    """
    of_agency: list[ColumnElement[bool]] = [Agency.partnership.in_(actor.partnerships(Role.COORDINATOR))]
    of_team: list[ColumnElement[bool]] = list(of_agency)
    if actor.followed_agencies or actor.followed_teams:
        there = exists().where(policy.followed(actor, today))
        of_agency.append(there.where(Membership.agency_id == Agency.id).correlate(Agency))
        of_team.append(there.where(Membership.team_id == Team.id).correlate(Team))
    found = db.session.execute(select(Agency.id, Agency.name).where(or_(*of_agency)).order_by(Agency.name)).all()
    agencies = tuple(Place(agency_id, name, agency_id, name) for agency_id, name in found)
    rows = db.session.execute(
        select(Team.id, Team.name, Agency.id, Agency.name)
        .join(Team.agency)
        .where(or_(*of_team))
        .order_by(Agency.name, Team.name)
    )
    teams = tuple(Place(*row) for row in rows)
    return Reach(_named(actor, agencies, teams), agencies, teams)


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


def completion(actor: Actor, filters: Filters, within: Reach, day: date) -> Report:
    """Who has done what on a day, as it was known at the end of it, among the people whom the actor sees. The same few
    queries, however many people; lines are read when they are asked for.
    """
    whole = _whole(actor, filters)
    chosen = _chosen(actor, filters, day, whole)
    counted = _counted(whole, chosen, day)
    titles = assignments.titles(actor.partnerships())
    shown = lines.targets(chosen, counted.states, list(titles))
    order = filters.order if filters.order.removeprefix("-") in {"name", *shown} else ""
    figures = matrix.figures_of(counted, len(shown))
    settled = figures.in_date == figures.required and not figures.due_people
    return Report(
        as_at=day,
        scope=_scope(filters, within),
        modules=[Heading(target, titles[target]) for target in shown],
        figures=figures,
        next_end=lines.next_end(chosen) if settled and counted.people else None,
        lines=Lines(
            lines.listed(chosen, filters.show, filters.name, order),
            lines.reader(chosen, shown),
            None if filters.show or filters.name else counted.people,
        ),
        late=lines.late(chosen),
    )


def is_late(report: Report, actor: Actor) -> bool:
    """Whether the reader is one of those who are late. One query."""
    return bool(db.session.scalar(select(report.late.where(PostSpan.person_id == actor.id).exists())))


def chosen(actor: Actor, filters: Filters, day: date) -> Chosen:
    """Whom the report counts: those seen, at the agency and in the team that were asked for. One query at most."""
    return _chosen(actor, filters, day, _whole(actor, filters))


def _chosen(actor: Actor, filters: Filters, day: date, whole: "Whole | None") -> Chosen:
    where = [asking.seen(actor, day)]
    if filters.agency:
        where.append(PostSpan.agency_id == filters.agency.id)
    if filters.team:
        where.append(PostSpan.team_id == filters.team.id)
    return Chosen(and_(*where), day, whole.agencies if whole else ())


@dataclass(frozen=True)
class Whole:
    """What is counted when it is all of one agency or of one partnership, for which counts are kept."""

    partnership: str
    agency: UUID | None
    agencies: Sequence[UUID]


def _whole(actor: Actor, filters: Filters) -> Whole | None:
    """The agency or partnership all of whose people are counted; None for teams, and for several of them."""
    if filters.team:
        return None
    coordinated = actor.partnerships(Role.COORDINATOR)
    wanted = select(Agency.id, Agency.partnership)
    if filters.agency:
        rows = db.session.execute(wanted.where(Agency.id == filters.agency.id)).all()
        seen = [row for row in rows if row[1] in coordinated or row[0] in actor.followed_agencies]
        return Whole(seen[0][1], seen[0][0], [seen[0][0]]) if seen else None
    if not coordinated and not actor.followed_teams and len(actor.followed_agencies) == 1:
        row = db.session.execute(wanted.where(Agency.id.in_(actor.followed_agencies))).one()
        return Whole(row[1], row[0], [row[0]])
    rows = db.session.execute(wanted.where(Agency.partnership.in_(coordinated))).all()
    inside = {row[0] for row in rows}
    if len(coordinated) != 1 or not inside >= actor.followed_agencies:
        return None
    return Whole(next(iter(coordinated)), None, sorted(inside))


def _counted(whole: Whole | None, chosen: Chosen, day: date) -> Count:
    """How everybody counted stands: from the kept counts, or for teams one by one."""
    if whole is None:
        return lines.count(chosen)
    group, value = (Group.AGENCY, whole.agency.hex) if whole.agency else (Group.ALL, "")
    return counts.count(whole.partnership, group, day, [value]).get(value, Count())


def person(actor: Actor, person_id: UUID, today: date) -> PersonReport:
    """One person whom the actor sees, as the agencies at which they see them ask. Raises NotFound for everybody else,
    whether they exist or not.
    """
    seen = and_(policy.managed(actor, today), Membership.person_id == person_id)
    agencies = set(db.session.scalars(select(Membership.agency_id).where(seen)))
    if not agencies:
        raise NotFound
    facts = load(select(Person.id).where(Person.id == person_id))[person_id]
    line = _line(seen, assignments.cells(facts, today, agencies))
    decided = assignments.decided(actor, today)
    one = select(Person.id).where(Person.id == person_id)
    listed = assignments.exemptions(one, today, agencies)
    may_exempt = assignments.may_exempt(actor, person_id, today)
    partnerships = {post.partnership for post in facts.posts if post.agency in agencies}
    return _person(
        line,
        partnerships,
        _joint_days(seen, person_id),
        Exemptions(
            listed,
            decided,
            decided,
            may_exempt,
            assignments.leaves(one, today, actor),
            assignments.accepted(one, today, actor),
        ),
    )


def mine(actor: Actor, today: date) -> PersonReport:
    """The actor's own dates as managers see them, over all posts, with the reason of every exemption."""
    posts = tuple(Post(seat.agency, seat.team or "", seat.job) for seat in actor.seats)
    line = Line(actor.id, actor.name, actor.email, posts, tuple(assignments.own(actor)))
    me = select(Person.id).where(Person.id == actor.id)
    listed = assignments.exemptions(me, today)
    joint_days = _joint_days(Membership.person_id == actor.id, actor.id)
    return _person(
        line,
        actor.partnerships(),
        joint_days,
        Exemptions(
            listed,
            frozenset(one.id for one in listed),
            leaves=assignments.leaves(me, today),
            learned=assignments.accepted(me, today),
        ),
    )


def _person(
    line: Line, partnerships: Collection[str], joint_days: Sequence[JointDay], exemptions: Exemptions
) -> PersonReport:
    return PersonReport(
        id=line.id,
        name=line.name,
        posts=line.posts,
        cells=line.cells,
        completions=assignments.history(select(Person.id).where(Person.id == line.id)),
        joint_days=joint_days,
        figures=matrix.figures([line]),
        exemptions=exemptions,
        titles=assignments.titles(partnerships),
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


def _line(chosen: ColumnElement[bool], cells: Sequence[ModuleStanding]) -> Line:
    """The line of one person, with the posts that were chosen, the oldest first."""
    rows = db.session.execute(_memberships(chosen)).all()
    posts = tuple(Post(agency, team or "", job) for *_, agency, team, job in rows)
    person_id, name, email, *_ = rows[0]
    return Line(person_id, name, email, posts, tuple(cells))


def _memberships(chosen: ColumnElement[bool]) -> Select[UUID, str, str, str, str, str]:
    return (
        select(Membership.person_id, Person.name, Person.email, Agency.name, Team.name, Membership.job)
        .join(Person, Membership.person_id == Person.id)
        .join(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .where(chosen)
        .order_by(Membership.starts_on, Membership.id)
    )
