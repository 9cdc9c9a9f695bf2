"""Somebody with a record: certificates, and joint days that are over."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import select

from lms.cohorts.actions import attendance
from lms.cohorts.actions import booking as actions
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.states import Mark
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from lms.people.models import Person
from tests.certificates.conftest import certified, complete  # noqa: F401
from tests.cohorts.conftest import Partnership, count_queries, partnership  # noqa: F401

__all__ = ["JointDay"]

JointDay = Callable[..., Cohort]


@pytest.fixture
def joint_day(partnership: Partnership) -> JointDay:  # noqa: F811
    """A joint day of six hours that ended some days ago, on which these people had a place, each with a mark."""

    def held(marks: Iterable[tuple[Person, Mark | None]], days_ago: int = 10, **plan: Any) -> Cohort:
        marked = list(marks)
        cohort = partnership.cohort(largest_share=100, **plan)
        trainer = people.actor(partnership.trainer)
        with writing():
            actions.add(trainer, cohort.id, [person.id for person, _ in marked])
        partnership.begin(cohort, days=days_ago)
        with writing():
            booked = {one.person_id: one.id for one in db.session.scalars(select(Booking))}
            wanted = {booked[person.id]: mark for person, mark in marked if mark}
            attendance.note(trainer, cohort.id, cohort.sessions[0].id, wanted)
        return cohort

    return held


def this_year() -> int:
    return clock.today().year
