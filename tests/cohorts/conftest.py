"""Cohorts for tests: a trainer's joint day two weeks from now, open to all, unless a test says otherwise."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from lms.cohorts import queries
from lms.cohorts.actions import building
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.plan import Plan, PlannedSession
from lms.core import clock
from lms.core.db import db, writing
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.people.models import Agency, Person
from lms.people.sectors import Sector

SECTORS = (Sector.HEALTH, Sector.EDUCATION, Sector.SOCIAL_CARE, Sector.POLICE, Sector.VOLUNTARY, Sector.HOUSING)


def a_plan(**changes: Any) -> Plan:
    """A day of six hours, two weeks from now."""
    start = (clock.now() + timedelta(days=14)).replace(hour=9, minute=30, second=0, microsecond=0)
    session = PlannedSession(start, start + timedelta(hours=6), "Fern Hall")
    return replace(Plan(title="Who leads, and who decides", sessions=(session,), minimum_agencies=1), **changes)


@dataclass
class Partnership:
    """A trainer, some agencies with people, and the cohorts the trainer makes."""

    make: Any
    agencies: list[Agency] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.make.together():
            self.agencies = [self.make.agency(f"Agency {letter}", SECTORS[n]) for n, letter in enumerate("ABCD")]
            self.trainer = self.make.trainer(self.agencies[0], name="Tamsin Trainer")

    def person(self, agency: int = 0, **given: Any) -> Person:
        return self.make.person(agency=self.agencies[agency], **given)

    def cohort(self, *, draft: bool = False, by: Person | None = None, **changes: Any) -> Cohort:
        actor = people.actor(by or self.trainer)
        with writing():
            made = building.create(actor, a_plan(**changes))
        if not draft:
            with writing():
                building.open_for_booking(actor, made.id)
        return made

    def begin(self, cohort: Cohort, **ago: float) -> None:
        """Move the cohort's sessions, so that the first began this long ago."""
        with writing():
            row = db.session.get(Cohort, cohort.id, populate_existing=True)
            start = clock.now() - timedelta(**ago)
            for session in row.sessions:
                session.starts_at, session.ends_at = start, start + timedelta(hours=6)


@pytest.fixture
def partnership(make: Any) -> Partnership:
    return Partnership(make)


def states(cohort: Cohort) -> dict[str, str]:
    """Who stands how, by name, as the database has it now."""
    db.session.rollback()
    rows = db.session.scalars(
        select(Booking).where(Booking.cohort_id == cohort.id).execution_options(populate_existing=True)
    ).all()
    return {db.session.get(Person, row.person_id).name: row.state for row in rows}


def mails(kind: str | None = None) -> list[tuple[str, str]]:
    """The outbox: who gets which mail, in the order they were queued."""
    db.session.rollback()
    rows = db.session.execute(select(OutboxMail, Person).join(Person).order_by(OutboxMail.queued_at, OutboxMail.id))
    found = [(person.name, mail.kind.removeprefix("cohorts/")) for mail, person in rows]
    return [one for one in found if kind in (None, one[1])]


def taken(cohort: Cohort) -> int:
    db.session.rollback()
    return queries.room(db.session.get(Cohort, cohort.id, populate_existing=True)).booked


@pytest.fixture
def count_queries(app):
    """How many statements an act sends to the database, transaction control apart."""

    def count(act) -> int:
        sent = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(sent)

    return count
