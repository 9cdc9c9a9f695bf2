"""A small Fernshire to attack: the same as the access table's, with one of everything that belongs to somebody."""

import sqlite3

import pytest

from lms.core.db import db
from tests.attacks.doors import Doors
from tests.contracts import test_matrix
from tests.support.browser import settle

world = test_matrix.world


@pytest.fixture
def doors(app, as_user, world) -> Doors:
    """Every address of the application with the things of this world filled in."""
    them, things = world
    return Doors(app, as_user, them, things)


class Rewind:
    """Puts the whole database back to where it was, so that every attack begins from the same state."""

    def __init__(self) -> None:
        settle()
        self._kept = sqlite3.connect(":memory:")
        self._copy(save=True)

    def __call__(self) -> None:
        settle()
        self._copy(save=False)

    def _copy(self, *, save: bool) -> None:
        raw = db.engine.raw_connection()
        try:
            live = raw.driver_connection
            (live if save else self._kept).backup(self._kept if save else live)
        finally:
            raw.close()


@pytest.fixture
def rewind(world) -> Rewind:
    """Only on SQLite, whose file can be copied back in a moment; what is sent does not hang on the database."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("rewinding is done on SQLite")
    return Rewind()
