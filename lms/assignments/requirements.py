"""Reads about requirements: the list, one with its history, where one may be set, and what there is to choose from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.assignments import facts, policy
from lms.assignments.asks import DAY, Ask, Place, Reach, Subject
from lms.assignments.facts import DEFAULT_WINDOW
from lms.assignments.ledger_models import Refreshing
from lms.assignments.models import Level, Requirement, RequirementVersion
from lms.assignments.rules import LEVEL, Kind, Rule, plain
from lms.catalogue import shelf
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Role
from lms.people.models import Agency, Membership, Person, Team
from lms.people.sectors import LOOKS, Sector

MOST_TEAMS = 200
CORE_WORDS = "The core modules"
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Offered:
    """What can be chosen in one place, as key and words. No teams where there are more than `MOST_TEAMS`."""

    targets: Pairs
    jobs: Pairs
    sectors: Pairs
    teams: Pairs
    levels: Pairs
    many_teams: bool = False


@dataclass(frozen=True)
class Told:
    """One version in words, `by` and `at` who decided it when."""

    who: str
    rules: Sequence[str]
    why: str
    first_day: date
    last_day: date | None
    by: str
    at: date


@dataclass(frozen=True)
class Shown:
    """One requirement as a page shows it, its newest version first. `may_set` is whether the reader may change it."""

    id: UUID
    title: str
    place: Place
    versions: Sequence[Told]
    may_set: bool

    @property
    def now(self) -> Told:
        """The version of today, or the newest one."""
        today = clock.today()
        in_force = [one for one in self.versions if one.first_day <= today <= (one.last_day or today)]
        return in_force[0] if in_force else self.versions[0]

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        last = self.versions[0].last_day
        return last is not None and last < clock.today()

    @property
    def begins(self) -> date | None:
        """The day on which its newest version begins, when that is still to come."""
        first = self.versions[0].first_day
        return first if first > clock.today() else None


@dataclass(frozen=True)
class Listing:
    """All of the list page: requirements, the rule that stands until a partnership sets its own with its last day, and
    how many people are being worked out.
    """

    shown: Sequence[Shown]
    standing: Sequence[Rule]
    waiting: int


def places(actor: Actor) -> list[Place]:
    """Where the actor may set requirements: partnerships they coordinate, agencies they manage whole."""
    partnerships = [Place(name, name) for name in sorted(actor.partnerships(Role.COORDINATOR))]
    agencies = {
        seat.agency_id: Place(seat.partnership, seat.agency, seat.agency_id)
        for seat in actor.seats
        if seat.agency_id in actor.managed_agencies
    }
    return [*partnerships, *agencies.values()]


def place(actor: Actor, key: str | None) -> Place:
    """The place of this key, or the first. Raises NotFound where the actor may not set anything."""
    found = [one for one in places(actor) if not key or one.key == key]
    if not found:
        raise NotFound
    return found[0]


def place_of(requirement: Requirement) -> Place:
    """Where a requirement is set."""
    agency = requirement.agency
    return Place(requirement.partnership, agency.name if agency else requirement.partnership, requirement.agency_id)


def subject_of(requirement: Requirement) -> Subject:
    """What a requirement asks, and where."""
    return Subject(place_of(requirement), Kind(requirement.kind), requirement.target)


def chosen(subject: Subject) -> str:
    """What is asked, as one choice of a list."""
    return f"{subject.kind.value}:{subject.target}" if subject.target else subject.kind.value


def parted(where: Place, choice: str) -> Subject:
    """Such a choice, in a place. Raises ValueError for anything else."""
    kind, _, target = choice.partition(":")
    return Subject(where, Kind(kind), target)


def offered(where: Place) -> Offered:
    """What there is to choose from in a place."""
    named = levels(where.partnership)
    teams = _teams(where)
    return Offered(
        targets=[
            (Kind.CORE.value, CORE_WORDS),
            *((f"module:{one.slug}", f"Module: {one.title}") for one in shelf.library().modules),
            *((f"programme:{one.slug}", f"Programme: {one.title}") for one in shelf.library().programmes),
            *((f"{LEVEL}{one.code}", f"Hours for {one.name}") for one in named),
        ],
        jobs=[(job, job) for job in jobs(where)],
        sectors=[] if where.agency else _sectors(where),
        teams=[] if len(teams) > MOST_TEAMS else teams,
        levels=[(one.code, one.name) for one in named],
        many_teams=len(teams) > MOST_TEAMS,
    )


def offered_for(requirement: Requirement) -> Offered:
    """What there is to choose from for one requirement: what it names already is among it, though nobody has the job
    any more.
    """
    where = place_of(requirement)
    found, last = offered(where), requirement.versions[-1]
    known = dict(found.jobs)
    return replace(found, jobs=[*found.jobs, *((job, job) for job in last.jobs if job not in known)])


def inside(where: Place) -> ColumnElement[bool]:
    """SQL on `Agency`: the agencies of a place."""
    return Agency.id == where.agency if where.agency else Agency.partnership == where.partnership


def lasting(day: date) -> ColumnElement[bool]:
    """SQL on `Membership`: not over by this day."""
    return or_(Membership.ends_on.is_(None), Membership.ends_on >= day)


def jobs(where: Place) -> list[str]:
    """The jobs in use in a place, each once however it was typed."""
    wanted = (
        select(Membership.job)
        .join(Agency, Membership.agency_id == Agency.id)
        .where(inside(where), lasting(clock.today()), Membership.job != "")
        .distinct()
        .order_by(Membership.job)
    )
    by_plain: dict[str, str] = {}
    for job in db.session.scalars(wanted):
        by_plain.setdefault(plain(job), job)
    return sorted(by_plain.values(), key=plain)


def _sectors(where: Place) -> list[tuple[str, str]]:
    wanted = select(Agency.sector).where(inside(where)).distinct()
    found = set(db.session.scalars(wanted))
    return [(one.value, LOOKS[one].word) for one in Sector if one.value in found]


def _teams(where: Place) -> list[tuple[str, str]]:
    wanted = (
        select(Team.id, Team.name, Agency.name)
        .join(Agency, Team.agency_id == Agency.id)
        .where(inside(where))
        .order_by(Agency.name, Team.name)
        .limit(MOST_TEAMS + 1)
    )
    return [
        (str(key), team if where.agency else f"{team}, {agency}") for key, team, agency in db.session.execute(wanted)
    ]


def levels(partnership: str) -> Sequence[Level]:
    """The levels of a partnership, in order."""
    wanted = select(Level).where(Level.partnership == partnership).order_by(Level.position, Level.code)
    return db.session.scalars(wanted).all()


def of_place(where: Place) -> Sequence[Requirement]:
    """The requirements set for exactly this place."""
    same_agency = Requirement.agency_id == where.agency if where.agency else Requirement.agency_id.is_(None)
    wanted = select(Requirement).where(Requirement.partnership == where.partnership, same_agency)
    return db.session.scalars(wanted.options(selectinload(Requirement.versions))).all()


def reach_of(version: RequirementVersion) -> Reach:
    """Of whom a version asks."""
    return Reach(tuple(version.jobs), tuple(version.sectors), tuple(version.teams), tuple(version.levels))


def same_reach(one: Reach, other: Reach) -> bool:
    """Whether both ask the same people."""
    return _sorted(one) == _sorted(other)


def _sorted(reach: Reach) -> tuple[list[str], ...]:
    return (sorted(map(plain, reach.jobs)), sorted(reach.sectors), sorted(reach.teams), sorted(reach.levels))


def ask_of(version: RequirementVersion) -> Ask:
    """What a version says."""
    return Ask(
        why=version.why,
        first_day=version.first_day,
        reach=reach_of(version),
        first_due=version.first_due_days,
        renew_months=version.renew_months,
        keeps_date=version.keeps_date,
        minutes=version.minutes,
        participatory=version.participatory,
        multi_agency=version.multi_agency,
    )


def to_come(requirement: Requirement) -> Ask:
    """What its newest version says, as the start of a change: from tomorrow, or its own first day if that is later."""
    known = ask_of(requirement.versions[-1])
    return replace(known, first_day=max(known.first_day, clock.today() + DAY))


def listed(actor: Actor) -> Listing:
    """What is asked where the actor works; for a coordinator, in all agencies of the partnership."""
    found = db.session.scalars(
        select(Requirement)
        .where(policy.reads(actor), Requirement.versions.any())
        .options(selectinload(Requirement.versions), joinedload(Requirement.agency))
        .order_by(Requirement.agency_id.is_not(None), Requirement.created_at, Requirement.id)
    ).all()
    partnerships = sorted(actor.partnerships())
    today = clock.today()
    standing = [one for one in facts.standing_rules(partnerships) if one.last_day >= today]
    return Listing(_shown(actor, found), standing, waiting(partnerships))


def one(actor: Actor, requirement_id: UUID) -> Shown:
    """One requirement with all its versions. Raises NotFound for one the actor does not read."""
    return _shown(actor, [_read(requirement_id, policy.reads(actor))])[0]


def to_change(actor: Actor, requirement_id: UUID) -> Requirement:
    """One that the actor may set. Raises NotFound for any other."""
    return _read(requirement_id, policy.sets(actor))


def _read(requirement_id: UUID, allowed: ColumnElement[bool]) -> Requirement:
    found = db.session.scalar(
        select(Requirement)
        .where(Requirement.id == requirement_id, allowed, Requirement.versions.any())
        .options(selectinload(Requirement.versions), joinedload(Requirement.agency))
    )
    if found is None:
        raise NotFound
    return found


def title(subject: Subject, named: Iterable[Level]) -> str:
    """What is asked, in words; the address of something that is taught no more."""
    kind, target = subject.kind, subject.target
    if kind is Kind.CORE:
        return CORE_WORDS
    if kind is Kind.LEVEL:
        return next(
            (one.name for one in named if (one.partnership, one.code) == (subject.place.partnership, target)), target
        )
    known = shelf.library().module(target) if kind is Kind.MODULE else shelf.library().programme(target)
    return known.title if known else target


def _shown(actor: Actor, found: Sequence[Requirement]) -> list[Shown]:
    named = [level for name in sorted({one.partnership for one in found}) for level in levels(name)]
    teams = {team for one in found for version in one.versions for team in version.teams}
    names = _names(named, teams)
    people = _people({version.decided_by for one in found for version in one.versions if version.decided_by})
    settable = set(places(actor))
    return [
        Shown(
            id=one.id,
            title=title(subject_of(one), named),
            place=place_of(one),
            versions=[_told(version, Kind(one.kind), names, people) for version in reversed(one.versions)],
            may_set=place_of(one) in settable,
        )
        for one in found
    ]


def _told(version: RequirementVersion, kind: Kind, names: Mapping[str, str], people: Mapping[UUID, str]) -> Told:
    ask = ask_of(version)
    return Told(
        who=ask.reach.words(names),
        rules=ask.rules(kind, DEFAULT_WINDOW),
        why=version.why,
        first_day=version.first_day,
        last_day=version.last_day,
        by=people.get(version.decided_by, "") if version.decided_by else "",
        at=clock.local(version.decided_at).date(),
    )


def _names(named: Iterable[Level], teams: Iterable[str]) -> dict[str, str]:
    """Sectors, levels and these teams by the keys under which versions hold them."""
    wanted = select(Team.id, Team.name).where(Team.id.in_([UUID(team) for team in teams]))
    found = {str(key): name for key, name in db.session.execute(wanted)}
    return {one.value: LOOKS[one].word.lower() for one in Sector} | {level.code: level.name for level in named} | found


def names(where: Place, reach: Reach) -> dict[str, str]:
    """What the keys of a reach are called."""
    return _names(levels(where.partnership), reach.teams)


def _people(ids: Iterable[UUID]) -> dict[UUID, str]:
    wanted = select(Person.id, Person.name).where(Person.id.in_(list(ids)))
    return {row.id: row.name for row in db.session.execute(wanted)}


def waiting(partnerships: Iterable[str]) -> int:
    """How many people of these partnerships the worker still has to work out after changes."""
    found = db.session.scalars(
        select(Refreshing).where(Refreshing.finished_at.is_(None), Refreshing.partnership.in_(list(partnerships)))
    ).all()
    return sum(_left(one) for one in found)


def _left(one: Refreshing) -> int:
    where = Place(one.partnership, "", one.agency_id)
    wanted = (
        select(func.count(Membership.person_id.distinct()))
        .join(Agency, Membership.agency_id == Agency.id)
        .where(inside(where), lasting(clock.today()))
    )
    if one.done_to:
        wanted = wanted.where(Membership.person_id > one.done_to)
    return db.session.scalar(wanted) or 0
