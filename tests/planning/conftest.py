"""A partnership of six agencies for tests of building: 60 people, a programme of three dates, a stand-in solver."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.cohorts.models import Booking
from lms.cohorts.plan import PlannedSession
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.people.models import Agency, Person, Team
from lms.people.sectors import Sector
from lms.planning import queries
from lms.planning.actions import nominating, programmes, proposing, publishing, solving
from lms.planning.actions.nominating import Wish
from lms.planning.actions.proposing import Step
from lms.planning.models import DateProgramme, Proposal
from lms.planning.rules import Rules
from tests.cohorts.conftest import count_queries  # noqa: F401 -- the fixture is used here too

SECTORS = (Sector.HEALTH, Sector.EDUCATION, Sector.SOCIAL_CARE, Sector.POLICE, Sector.VOLUNTARY, Sector.HOUSING)
NAMES = ("Health", "Schools", "Care", "Police", "Lantern", "Homes")


def frame(**rules: int) -> programmes.Frame:
    return programmes.Frame("Who leads", "A day together.", Rules(**rules), True, False, None)


def session(days: int, place: str = "Fern Hall") -> PlannedSession:
    start = (clock.now() + timedelta(days=days)).replace(hour=9, minute=30, second=0, microsecond=0)
    return PlannedSession(start, start + timedelta(hours=6), place)


@dataclass
class World:
    """A trainer and a coordinator, agencies with teams, people, and a programme."""

    make: Any
    agencies: list[Agency] = field(default_factory=list)
    teams: list[list[Team]] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.agencies = [self.make.agency(name, kind) for name, kind in zip(NAMES, SECTORS, strict=True)]
        self.trainer = self.make.trainer(self.agencies[4], name="Rosa Penrose")
        roles = ((Role.STAFF, Scope.TEAM), (Role.COORDINATOR, Scope.PARTNERSHIP))
        self.coordinator = self.make.person("Rhys Maddox", agency=self.agencies[2], roles=roles)

    @property
    def actor(self):
        return people.actor(self.trainer)

    def crowd(self, number: int = 60, per_team: int = 10) -> None:
        """People spread over the agencies in turn, in teams of so many."""
        for agency in self.agencies:
            size = -(-number // len(self.agencies))
            self.teams.append([self.make.team(agency) for _ in range(-(-size // per_team))])
        for one in range(number):
            teams = self.teams[one % len(self.agencies)]
            team = teams[(one // len(self.agencies)) % len(teams)]
            self.people.append(self.make.person(f"Nominee {one:02d}", team=team))

    def programme(self, dates: int = 3, features: tuple[str, ...] = (), **rules: int) -> DateProgramme:
        with writing():
            made = programmes.create(self.actor, frame(**rules))
        for number in range(dates):
            with writing():
                cohort = programmes.add_date(self.actor, made.id, session(20 + 7 * number), (), features)
            self.dates.append(str(cohort.id))
        self.id = made.id
        return made

    def nominate(self, *who: Person, **wish: tuple[str, ...]) -> None:
        with writing():
            nominating.add(self.actor, self.id, [one.email for one in who or self.people], Wish(**wish))

    def fresh(self) -> DateProgramme:
        db.session.rollback()
        db.session.expire_all()
        return queries.get_run(self.actor, self.id)

    def solve(self) -> Proposal:
        version = self.fresh().version
        db.session.rollback()
        with writing():
            made = proposing.start(self.actor, self.id, version)
        solving.work(made.id)
        return self.proposal()

    def proposal(self) -> Proposal:
        return queries.latest(self.fresh())

    def seats(self) -> dict[str, str | None]:
        return dict(self.proposal().assignment)

    def adjust(self, do: str, *who: Person, to: str | None = None, reason: str = "", by: Person | None = None) -> str:
        version = self.fresh().version
        db.session.rollback()
        actor = people.actor(by or self.trainer)
        db.session.rollback()
        with writing():
            return proposing.adjust(actor, self.id, version, Step(do, tuple(str(one.id) for one in who), to, reason))

    def publish(self) -> str:
        version = self.fresh().version
        db.session.rollback()
        actor = self.actor
        db.session.rollback()
        with writing():
            return publishing.publish(actor, self.id, version)


@pytest.fixture
def world(make: Any) -> World:
    return World(make)


@pytest.fixture
def crowd(world: World) -> World:
    """Sixty people nominated to three dates."""
    world.crowd()
    world.programme(cover_share=100, per_team=10, per_team_large=10)
    world.nominate()
    return world


@pytest.fixture
def tight(world: World) -> World:
    """Sixty people of six teams of ten, of which two may be away on one day."""
    world.crowd()
    world.programme(cover_share=20, per_team=10, per_team_large=10)
    world.nominate()
    return world


def waiting_one(world: World) -> Person:
    """Somebody who has no place."""
    seats = world.seats()
    return next(one for one in world.people if seats[str(one.id)] is None)


def bookings(state: str) -> dict[str, list[str]]:
    """Who has a booking in this state, with the dates."""
    db.session.rollback()
    found: dict[str, list[str]] = {}
    for row in db.session.scalars(select(Booking).where(Booking.state == state)):
        found.setdefault(str(row.person_id), []).append(str(row.cohort_id))
    return found


def mails() -> list[OutboxMail]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMail)))
