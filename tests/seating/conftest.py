"""A room to seat: a cohort today with people of several agencies, and the engine (a stand-in until it is there)."""

import sys
from importlib.util import find_spec
from types import SimpleNamespace

import pytest

from lms.cohorts.actions import booking
from lms.core.db import writing
from tests.cohorts.conftest import Partnership, partnership  # noqa: F401 -- a fixture
from tests.seating import standin

__all__ = ["partnership"]


@pytest.fixture(autouse=True)
def engine(monkeypatch):
    for name in ("tables", "reseat"):
        if find_spec(f"lms.cohorts.engine.{name}") is None:
            monkeypatch.setitem(sys.modules, f"lms.cohorts.engine.{name}", SimpleNamespace(**vars(standin)))


@pytest.fixture
def day(actor, partnership: Partnership):  # noqa: F811
    """A cohort that began five minutes ago, with four agencies of three people, each in a team of their own."""
    cohort = partnership.cohort(largest_share=100)
    with writing():
        ids = []
    for n in range(12):
        ids.append(partnership.person(n % 4, name=f"P{n:02}").id)
    with writing():
        booking.add(actor(partnership.trainer), cohort.id, ids)
    partnership.begin(cohort, minutes=5)
    return cohort
