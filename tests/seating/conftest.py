"""A room to seat: a cohort today with people of several agencies."""

import pytest
import time_machine

from lms.cohorts.actions import booking
from lms.core.db import writing
from tests.cohorts.conftest import Partnership, count_queries, partnership

__all__ = ["count_queries", "partnership"]


@pytest.fixture(autouse=True)
def _ten_in_the_morning():
    with time_machine.travel("2027-01-14 10:00", tick=True):
        yield


@pytest.fixture
def day(actor, partnership: Partnership):
    """A cohort that began five minutes ago, with four agencies of three people, each in a team of their own."""
    cohort = partnership.cohort(largest_share=100)
    ids = [partnership.person(n % 4, name=f"P{n:02}").id for n in range(12)]
    with writing():
        booking.add(actor(partnership.trainer), cohort.id, ids)
    partnership.begin(cohort, minutes=5)
    return cohort
