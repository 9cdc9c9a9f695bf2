"""A joint day with people who answer, at any moment a test asks for."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from lms.cohorts import queries as cohorts
from lms.cohorts.actions import attendance, booking
from lms.cohorts.states import Mark
from lms.core.db import db, writing
from lms.outcomes import actions
from lms.outcomes.items import Wave, items
from lms.people import queries as people
from tests.cohorts.conftest import Partnership, count_queries, partnership  # noqa: F401

# Where the clock stands: as far from the first session's beginning, which lasts six hours.
TIMES = {Wave.BEFORE: timedelta(days=-2), Wave.AFTER: timedelta(days=1), Wave.LATER: timedelta(weeks=9)}


@dataclass
class Day:
    """A joint day of some people, and the clock."""

    partnership: Partnership
    traveller: Any
    people: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cohort = self.partnership.cohort(capacity=30, largest_share=100)
        self.starts = self.cohort.starts_at

    def come(self, number: int = 6, *, agency: int = 1) -> None:
        """So many people book."""
        for place in range(number):
            person = self.partnership.person(agency, name=f"Person {place}")
            self.people.append(person)
            with writing():
                booking.book(people.actor(person), self.cohort.id)

    def go(self, wave: Wave, **further: float) -> None:
        """Let it be the time of a measure."""
        self.traveller.move_to(self.starts + TIMES[wave] + timedelta(**further))

    def register(self, absent: int = 0) -> None:
        """Note everybody as there, but for the first few."""
        trainer = people.actor(self.partnership.trainer)
        on_it = cohorts.people_on(cohorts.get_run(trainer, self.cohort.id))
        room = {one.person_id: one.id for one in on_it.in_the_room}
        marks = {room[one.id]: Mark.PRESENT for one in self.people}
        marks |= {room[one.id]: Mark.ABSENT for one in self.people[:absent]}
        with writing():
            attendance.note(trainer, self.cohort.id, self.cohort.sessions[0].id, marks)

    def answer(self, person: Any, wave: Wave, *, sure: int = 2, right: int = 2, example: str = "") -> None:
        """Let somebody answer: as sure as that everywhere, with so many right."""
        given = {}
        knowing = [item.key for item in items(wave) if item.right is not None]
        for one in items(wave):
            if one.right is None:
                given[one.key] = sure
            else:
                given[one.key] = one.right if knowing.index(one.key) < right else len(one.options) - 1
        with writing():
            actions.answer(people.actor(person), self.cohort.id, wave, given, example)


@pytest.fixture
def traveller():
    with time_machine.travel("2026-03-02 10:00", tick=False) as made:
        yield made


@pytest.fixture
def day(traveller, partnership):  # noqa: F811
    made = Day(partnership, traveller)
    yield made
    db.session.rollback()
