"""Joint days that were held, made row by row, so that a test says exactly who did what."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession, CohortTrainer
from lms.cohorts.states import BookingState, CohortState, Mark
from lms.core import clock
from lms.core.db import writing
from lms.core.ids import new_id
from lms.core.permissions import Role, Scope
from lms.people.models import Agency, Membership, Person
from lms.people.sectors import Sector
from tests.cohorts.conftest import count_queries
from tests.support.browser import Page

__all__ = ["count_queries"]
WHOLE = Scope.PARTNERSHIP
LAST_QUARTER = date(2026, 5, 12)  # with the clock at NOW, in a quarter that is over
NOW = datetime(2026, 8, 5, 12, tzinfo=clock.PARTNERSHIP_ZONE)
SECTORS = (Sector.HEALTH, Sector.EDUCATION, Sector.SOCIAL_CARE, Sector.POLICE, Sector.VOLUNTARY, Sector.HOUSING)
PRESENT = (Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY)


@dataclass
class Area:
    """A partnership with agencies, and people who come to its joint days in the numbers that a test names."""

    make: Any
    names: tuple[str, ...] = ("Health", "Schools", "Care", "Police")
    agencies: dict[str, Agency] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.make.together():
            self.agencies = {name: self.make.agency(name, SECTORS[n % 6]) for n, name in enumerate(self.names)}
            first = self.agencies[self.names[0]]
            self.trainer = self.make.trainer(first, name="Tamsin Trainer")
            self.coordinator = self.make.person("Cora", agency=first, roles=((Role.COORDINATOR, WHOLE),))
            self.board = self.make.person("Bo Board", agency=first, roles=((Role.OBSERVER, WHOLE),))

    def people(self, agency: str, number: int) -> list[Person]:
        """People who work at the agency, made in one go."""
        made = [
            Person(email=f"{new_id()}@agency.example", name=f"{agency} {n}", password_hash="none")
            for n in range(number)
        ]
        start = date(2025, 1, 6)
        for one in made:
            one.memberships = [Membership(agency_id=self.agencies[agency].id, job="Worker", starts_on=start)]
        if made:
            self.make.save(*made)
        return made

    def cohort(
        self, day: date = LAST_QUARTER, title: str = "Who leads", capacity: int = 24, days: int = 1, **changes: Any
    ):
        """A cohort of the trainer that was open, with a session on this day and, if wanted, on the days after."""
        cohort = Cohort(
            partnership="Fernshire", title=title, capacity=capacity, minimum_agencies=1, largest_share=100,
            state=CohortState.CLOSED,
        )  # fmt: skip
        for name, value in changes.items():
            setattr(cohort, name, value)
        starts = [datetime.combine(day + timedelta(days=n), time(9, 30), clock.PARTNERSHIP_ZONE) for n in range(days)]
        cohort.sessions = [CohortSession(starts_at=at, ends_at=at + timedelta(hours=6), place="Hall") for at in starts]
        cohort.trainers = [CohortTrainer(person_id=self.trainer.id)]
        return self.make.save(cohort)

    def enter(
        self,
        cohort: Cohort,
        people: list[Person],
        state: BookingState = BookingState.BOOKED,
        mark: Mark | None = None,
        *,
        booked: bool = True,
        invited: bool = False,
        session: int = 0,
    ) -> list[Booking]:
        """Put people on a cohort in one state, with the same mark at one session (none unless named)."""
        bookings, now = [], clock.now()
        with writing() as db:
            for one in people:
                agency = one.memberships[0].agency_id
                booking = Booking(cohort_id=cohort.id, person_id=one.id, agency_id=agency, job="Worker", state=state)
                booking.booked_at, booking.invited_at = now if booked else None, now if invited else None
                bookings.append(booking)
            db.add_all(bookings)
            db.flush()
            if mark:
                at = cohort.sessions[session].id
                by = self.trainer.id
                db.add_all(Attendance(session_id=at, booking_id=one.id, mark=mark, noted_by=by) for one in bookings)
        return bookings

    def came(self, cohort: Cohort, **numbers: int) -> None:
        """So many people of each agency had a place and came."""
        for agency, number in numbers.items():
            self.enter(cohort, self.people(agency, number), mark=Mark.PRESENT)


@pytest.fixture
def area(make: Any) -> Area:
    return Area(make)


def table(page: Page, heading: str) -> dict[str, dict[str, str]]:
    """The table under a heading as row by row, cell by cell."""
    (found,) = page.all(f"//section[h2[normalize-space()='{heading}']]//table")
    headings = [_words(one) for one in found.xpath(".//thead//th")]
    return {
        _words(row.xpath("./th")[0]): dict(zip(headings[1:], map(_words, row.xpath("./td")), strict=True))
        for row in found.xpath(".//tbody/tr | .//tfoot/tr")
    }


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


def rows(page: Page) -> list[dict[str, str]]:
    """The rows of a CSV answer, by heading."""
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(page.data.decode("utf-8-sig"))))
