"""A team with a manager and joint days that list a module, for the tests of who can be released when."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.cohorts.actions import booking, sparing
from lms.cohorts.cover import Limit
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.plan import PlannedSession
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from lms.people.models import Person, Team
from tests.assignments.pasts import CORE, OTHER_CORE, complete, days_ago
from tests.cohorts.conftest import Partnership, count_queries, mails, partnership, states
from tests.reports.conftest import COORDINATOR, rows

__all__ = ["CORE", "OTHER_CORE", "count_queries", "mails", "partnership", "rows", "states"]


def in_days(number: int) -> date:
    return clock.today() + timedelta(days=number)


@dataclass
class House:
    """A team of Agency B with a manager; people are long overdue with both core modules unless they are said to have
    done them.
    """

    make: Any
    partnership: Partnership
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.agency = self.partnership.agencies[1]
        self.team: Team = self.make.team(self.agency, "Front door")
        start = days_ago(400)
        self.manager = self.make.manager(team=self.team, name="Mo Manager", starts_on=start)
        self.head = self.make.manager(agency=self.agency, name="Hedda Head", starts_on=start)
        self.elsewhere = self.make.manager(agency=self.partnership.agencies[2], name="Olwen Other", starts_on=start)
        self.coordinator = self.make.person(
            "Cora Coordinator", agency=self.partnership.agencies[3], roles=COORDINATOR, starts_on=start
        )
        with writing():
            for one in (self.manager, self.head, self.elsewhere, self.coordinator, self.partnership.trainer):
                self.done(one, CORE, OTHER_CORE)

    def done(self, person: Person, *modules: str, on: date | None = None) -> None:
        """Stands in `with writing():`."""
        for one in modules:
            complete(person, one, on or days_ago(10))

    def person(self, name: str, *, team: Team | None = None, owes: tuple[str, ...] = (CORE,), **given: Any) -> Person:
        made = self.make.person(name, team=team or self.team, **{"starts_on": days_ago(400), **given})
        with writing():
            self.done(made, *({CORE, OTHER_CORE} - set(owes)))
        self.people[name] = made
        return made

    def day(self, number: int = 20, title: str = "", modules: tuple[str, ...] = (CORE,), **changes: Any) -> Cohort:
        """An open joint day so many days from now, from 9.30 to 15.30 on the clocks."""
        begin = datetime.combine(in_days(number), time(9, 30), clock.PARTNERSHIP_ZONE)
        session = PlannedSession(begin, begin + timedelta(hours=6), "Fern Hall")
        changes = {"sessions": (session,), **changes}
        return self.partnership.cohort(title=title or f"Day {number}", modules=modules, **changes)

    def book(self, cohort: Cohort, *persons: Person) -> None:
        for person in persons:
            with writing():
                booking.book(people.actor(person), cohort.id)

    def limit(self, most: int | None = None, share: int | None = None, team: Team | None = None) -> None:
        with writing():
            sparing.set_limit(people.actor(self.head), (team or self.team).id, Limit(most, share))


@pytest.fixture
def house(make, partnership) -> House:
    return House(make, partnership)


@pytest.fixture(autouse=True)
def _three_modules(three_modules: None) -> None:
    """Every test here is on a site of three modules, two of them core."""


def entry(cohort: Cohort, person: Person) -> Booking:
    db.session.rollback()
    return db.session.scalar(
        select(Booking)
        .where(Booking.cohort_id == cohort.id, Booking.person_id == person.id)
        .execution_options(populate_existing=True)
    )
