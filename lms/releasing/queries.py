"""Reads about releasing: what the people a reader sees owe, with the next date for each; who of their teams is out
when; and what booking one date for one person means.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select

from lms.assignments import policy as assignments
from lms.assignments import queries as assigned
from lms.assignments.due import LATE, ModuleStanding, Status
from lms.assignments.ledger_models import PostSpan, StandingSpan
from lms.assignments.spans import OVERALL
from lms.catalogue import shelf
from lms.catalogue.content import Module
from lms.chasing import queries as chasing
from lms.cohorts import candidates, covering
from lms.cohorts import queries as cohorts
from lms.cohorts.candidates import Candidate
from lms.cohorts.cover import Limit
from lms.cohorts.models import Cohort
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.people import policy
from lms.people.models import Agency, Membership, Person, Team
from lms.releasing import ages, dates, days, options
from lms.releasing.ages import Age, Owed
from lms.releasing.dates import Answer, Next, Option
from lms.releasing.days import Row, Seen
from lms.releasing.options import Wanted
from lms.reports import lines
from lms.reports import queries as reports
from lms.reports.lines import Chosen, Listed
from lms.reports.matrix import Line
from lms.reports.queries import Filters, Place, Reach

AT_ONCE = 400
WORTH_LISTING = (*LATE, Status.DUE)


@dataclass(frozen=True)
class Due:
    """What is late or due among the people counted: how much of each age, and the lines that were asked for."""

    as_at: date
    scope: str
    counts: Mapping[Age, int]
    people: int
    lines: Sequence[Owed]

    @property
    def late(self) -> int:
        """How much is overdue or expired."""
        return sum(self.counts.values()) - self.counts[Age.DUE]

    @property
    def sentence(self) -> str:
        """What it comes to."""
        if not self.people:
            return "Nothing is overdue or due soon."
        who = "1 person has" if self.people == 1 else f"{self.people} people have"
        return f"{who} something to do: {self.late} overdue or expired, {self.counts[Age.DUE]} due soon."


def due(actor: Actor, filters: Filters, within: Reach, today: date, show: str = "") -> Due:
    """What the people whom the actor sees owe; `show` chooses a group. Two queries, and one for each stretch of the
    list: group by group, in each the earliest date first, then by name.
    """
    owed = _owed(reports.chosen(actor, filters, today), today).subquery()
    group = func.substr(owed.c.place, 1, 1)
    numbers = [func.count().filter(group == str(rank)) for rank, _ in enumerate(Age)]
    people, *several = db.session.execute(select(func.count(owed.c.person.distinct()), *numbers)).one()
    counted = dict(zip(Age, several, strict=True))
    wanted = select(owed.c.person, Person.name, owed.c.target, owed.c.place).join(Person, Person.id == owed.c.person)
    if show:
        wanted = wanted.where(group == str(list(Age).index(Age(show))))
    wanted = wanted.order_by(owed.c.place, Person.plain_name, owed.c.target, owed.c.person)
    scope = filters.team.name if filters.team else filters.agency.name if filters.agency else within.name
    number = counted[Age(show)] if show else sum(counted.values())
    return Due(today, scope, counted, people, Listed(wanted, _read_owed, number))


def _owed(chosen: Chosen, today: date) -> Select[UUID, str, str]:
    """A query of what is late or due: each person and thing once, at its worst, with its place in the list: the rank of
    its group and the date it is late or due since or by, as one word.
    """
    ranks = {group: str(rank) for rank, group in enumerate(Age)}
    on_day = func.coalesce(StandingSpan.on_day, today)
    rank = case(
        (StandingSpan.status == Status.DUE.value, ranks[Age.DUE]),
        *((on_day < day, ranks[group]) for group, day in ages.since(today).items()),
        else_=ranks[Age.SHORT],
    )
    return (
        chosen.spans(
            PostSpan.person_id.label("person"),
            StandingSpan.target.label("target"),
            func.min(rank + cast(on_day, String)).label("place"),
        )
        .where(StandingSpan.target != OVERALL, StandingSpan.required, StandingSpan.status.in_(WORTH_LISTING))
        .group_by(PostSpan.person_id, StandingSpan.target)
    )


def _read_owed(rows: Sequence[Any]) -> list[Owed]:
    groups = list(Age)
    return [
        Owed(person, name, target, groups[int(place[0])], date.fromisoformat(place[1:]))
        for person, name, target, place in rows
    ]


@dataclass(frozen=True)
class Titles:
    """What modules and levels are called, and what the shelf has of the modules."""

    of: Mapping[str, str]
    modules: Mapping[str, Module]


def titles(actor: Actor) -> Titles:
    """The titles of all that can be asked of the actor's people. One query."""
    modules = {module.slug: module for module in shelf.library().modules}
    return Titles(assigned.titles(actor.partnerships()), modules)


@dataclass(frozen=True)
class Answered:
    """A line of the list with the next date, and when its person was last reminded. `may_book`: the reader decides
    about the person; `own`: it is themself.
    """

    owed: Owed
    line: Line
    cell: ModuleStanding
    next: Next
    reminded: date | None
    may_book: bool
    own: bool


def answered(actor: Actor, filters: Filters, listed: Sequence[Owed], today: date) -> Iterator[Answered]:
    """The lines with the next date for each. Sixteen queries for each few hundred lines."""
    rest = iter(listed)
    while some := list(islice(rest, AT_ONCE)):
        people = list(dict.fromkeys(one.person for one in some))
        read = lines.reader(reports.chosen(actor, filters, today), list(dict.fromkeys(one.target for one in some)))(
            people
        )
        posts = _posts(actor, filters, people, today)
        wanted = {one: Wanted(one.person, one.target, tuple(posts[one.person])) for one in some}
        found = options.options([wish for wish in wanted.values() if wish.agencies and ":" not in wish.module])
        reminded = chasing.last_reminded(people)
        for one in some:
            line = read[one.person]
            cell = line.cell(one.target)
            answer = dates.choose(found.get(wanted[one], [])) if cell.is_module else Next(Answer.HOURS)
            may_book = any(posts[one.person].values()) and one.person != actor.id
            told = reminded.get(one.person)
            yield Answered(one, line, cell, answer, told, may_book, own=one.person == actor.id)


def _posts(actor: Actor, filters: Filters, people: Collection[UUID], today: date) -> dict[UUID, dict[UUID, bool]]:
    """For each of these people the agencies at which the reader sees them, oldest post first, and whether the reader
    decides about them there; where they do anywhere, only those. One query.
    """
    parts = [policy.managed(actor, today), Membership.person_id.in_(people)]
    if filters.agency:
        parts.append(Membership.agency_id == filters.agency.id)
    if filters.team:
        parts.append(Membership.team_id == filters.team.id)
    decides = assignments.answers_for(actor, today).label("decides")
    rows = db.session.execute(
        select(Membership.person_id, Membership.agency_id, decides)
        .where(*parts)
        .order_by(Membership.starts_on, Membership.id)
    )
    found: dict[UUID, dict[UUID, bool]] = {person: {} for person in people}
    for person, agency, decided in rows:
        found[person][agency] = found[person].get(agency, False) or bool(decided)
    return {
        person: {agency: True for agency, decided in theirs.items() if decided} or theirs
        for person, theirs in found.items()
    }


@dataclass(frozen=True)
class Dates:
    """The dates there are for one person and module."""

    person: Person
    module: str
    options: Sequence[Option]


def dates_for(actor: Actor, person_id: UUID, module: str, today: date) -> Dates:
    """The open joint days that serve a module, for somebody about whom the actor decides. Raises NotFound."""
    person = _decided(actor, person_id, today)
    posts = _posts(actor, Filters(), {person_id}, today)[person_id]
    wanted = Wanted(person_id, module, tuple(posts))
    return Dates(person, module, options.options([wanted])[wanted])


def _decided(actor: Actor, person_id: UUID, today: date) -> Person:
    found = db.session.scalar(
        select(Person)
        .join(Person.memberships)
        .where(Person.id == person_id, assignments.answers_for(actor, today))
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Check:
    """What booking a joint day for somebody means: how it stands with places, preparation and cover, and who of their
    team is out then.
    """

    cohort: Cohort
    candidate: Candidate
    option: Option
    rows: Sequence[Row]
    teams: Mapping[UUID, str]

    @property
    def needs_reason(self) -> bool:
        """Whether it goes over a limit that was set."""
        return any(one.is_set for one in self.option.over)


def check(actor: Actor, person_id: UUID, cohort_id: UUID, today: date) -> Check:
    """One date for one person. Raises NotFound unless the actor decides about the person and may open the joint day."""
    cohort = cohorts.get(actor, cohort_id)
    candidate = candidates.managed(actor, cohort, person_id)
    if candidate is None or cohort.is_draft or cohort.starts_at is None:
        raise NotFound
    option = options.one(cohort, person_id, candidate.agency.id)
    posts = [one for one in covering.posts([person_id]) if one.agency == candidate.agency.id]
    teams = {one.team_id: one.team for one in posts}
    there = _rows(Membership.team_id.in_(teams), sorted(covering.Going(person_id, candidate.agency.id, cohort).days))
    return Check(cohort, candidate, option, with_names(actor, there, today), teams)


@dataclass(frozen=True)
class Cover:
    """Who is out in some weeks: every row, and the teams by identity."""

    as_at: date
    monday: date
    scope: str
    rows: Sequence[Row]
    teams: Mapping[UUID, Place]

    @property
    def last(self) -> date:
        """The last day, a Sunday."""
        return self.monday + days.WEEKS * days.A_WEEK - timedelta(days=1)

    @property
    def sentence(self) -> str:
        """What it comes to."""
        if not self.rows:
            return "Nobody is out at a joint day."
        return f"{_days(len(self.over))} over the limit, {_days(len(self.at))} at the limit."

    @property
    def over(self) -> list[Row]:
        """The days over the limit."""
        return [row for row in self.rows if row.is_over]

    @property
    def at(self) -> list[Row]:
        """The days at the limit."""
        return [row for row in self.rows if row.is_at]


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"


def cover(actor: Actor, filters: Filters, within: Reach, monday: date, today: date) -> Cover:
    """Who of the teams in the actor's reach is out in the weeks from a Monday; nobody is named yet. Three queries."""
    last = monday + days.WEEKS * days.A_WEEK - timedelta(days=1)
    teams = within.within(filters.agency.id if filters.agency else None)
    teams = tuple(one for one in teams if filters.team in (None, one))
    scope = filters.team.name if filters.team else filters.agency.name if filters.agency else within.name
    found = _rows(_in_reach(actor, filters, today), [monday, last], [one.id for one in teams])
    return Cover(today, monday, scope, found, {one.id: one for one in teams})


def _in_reach(actor: Actor, filters: Filters, today: date) -> ColumnElement[bool]:
    """SQL on `Membership`: of a team in which the actor sees people today."""
    parts = [policy.managed(actor, today)]
    if filters.agency:
        parts.append(Membership.agency_id == filters.agency.id)
    if filters.team:
        parts.append(Membership.team_id == filters.team.id)
    return Membership.team_id.in_(select(Membership.team_id).where(and_(*parts)).correlate(None))


def _rows(teams: ColumnElement[bool], between: Sequence[date], order: Sequence[UUID] = ()) -> list[Row]:
    if not between:
        return []
    away = covering.absences(teams, between[0], between[-1], days.COUNTED)
    seen = [Seen(one.team_id, one.day, one.person_id, one.title, one.state) for one in away]
    ids = {one.team_id for one in seen}
    return days.rows(seen, covering.limits(ids), covering.sizes(ids), order) if ids else []


def with_names(actor: Actor, rows: Sequence[Row], today: date) -> list[Row]:
    """The rows with the names of people whom the actor sees today. One query for each few hundred people."""
    ids = {one.person for row in rows for one in row.people}
    names: dict[UUID, str] = {}
    seen = _seen(actor, today)
    for some in _chunks(sorted(ids)):
        names.update((id_, name) for id_, name in db.session.execute(seen.where(Person.id.in_(some))))
    return [days.named(row, names) for row in rows]


def _seen(actor: Actor, today: date) -> Select[UUID, str]:
    return select(Person.id, Person.name).join(Person.memberships).where(policy.managed(actor, today)).distinct()


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[first : first + AT_ONCE] for first in range(0, len(ids), AT_ONCE))


def sets_limit(actor: Actor, team: Place) -> bool:
    """Whether the actor manages the team, and so sets its limit."""
    return team.id in actor.managed_teams or team.agency_id in actor.managed_agencies


@dataclass(frozen=True)
class TeamLimit:
    """A team's limit of people out, for whoever sets it."""

    team: Team
    agency: Agency
    limit: Limit
    size: int


def team_limit(actor: Actor, team_id: UUID) -> TeamLimit:
    """The limit of a team the actor manages. Raises NotFound for others."""
    managed = or_(Team.id.in_(actor.managed_teams), Team.agency_id.in_(actor.managed_agencies))
    row = db.session.execute(select(Team, Agency).join(Team.agency).where(Team.id == team_id, managed)).first()
    if row is None:
        raise NotFound
    return TeamLimit(row[0], row[1], covering.limits([team_id])[team_id], covering.sizes([team_id])[team_id])
