"""Faults of the database that are nobody's mistake: which they are, and doing a unit of work again after one."""

import random
import sqlite3
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm.exc import StaleDataError

from lms.core.db import writing

MOST_TRIES = 3
SHORTEST_PAUSE = 0.02  # seconds; twice as long before the third go, and a random part of it on top

CONFLICTS = frozenset({"40001", "40P01"})  # two transactions in each other's way: one of them is told to begin again
TOO_LONG = frozenset({"57014", "55P03", "25P03"})  # the limits for a statement, a lock, an idle transaction
# No connection, no room or memory, being shut down or started, a fault of the disk.
AWAY_CLASSES = ("08", "53", "57", "58")
SQLITE_AWAY = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR),
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM),
    }
)
SQLITE_TOO_LONG = sqlite3.SQLITE_INTERRUPT
PRIMARY = 0xFF  # SQLite's codes say the kind in their last byte

Answer = TypeVar("Answer")
log = structlog.get_logger()


class Trouble(StrEnum):
    """What is the matter: two acts in each other's way, too slow, or a database that does not answer."""

    CONFLICT = "conflict"
    TOO_LONG = "too long"
    AWAY = "away"


def trouble(error: BaseException) -> Trouble | None:
    """What is the matter with the database; None when the fault is of another kind, so ours."""
    if isinstance(error, NoConnectionFree):
        return Trouble.AWAY
    if not isinstance(error, DBAPIError):  # where a row that was read is gone, another act ended it in between
        return Trouble.CONFLICT if isinstance(error, StaleDataError) else None
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY)
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state in CONFLICTS:
        return Trouble.CONFLICT
    if state in TOO_LONG:
        return Trouble.TOO_LONG
    lost = error.connection_invalidated or (state is None and isinstance(error, OperationalError))
    return Trouble.AWAY if lost or (state or "").startswith(AWAY_CLASSES) else None


def _of_sqlite(code: int) -> Trouble | None:
    if code == SQLITE_TOO_LONG:
        return Trouble.TOO_LONG
    return Trouble.AWAY if code in SQLITE_AWAY else None


def may_be_done(error: BaseException) -> bool:
    """Whether a commit that failed so may have been done all the same: the answer was lost, or the disk did not say."""
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY == sqlite3.SQLITE_IOERR
    return (getattr(error.orig, "sqlstate", None) or "08").startswith(("08", "57"))


def pause(tries: int) -> None:
    """Wait before the next go, a little longer each time, and not as long as the others who wait."""
    time.sleep(SHORTEST_PAUSE * 2**tries * (1 + random.random()))  # noqa: S311 -- no secret, only apart from others


def written(work: Callable[[], Answer]) -> Answer:
    """Do a unit of work in a writing transaction of its own, from its beginning again when another was in its way (at
    most three times): for commands and the worker. `work` asks the database for all it needs, since what was read
    before is no longer true. Outside any transaction. Raises what `work` raises.
    """
    for tries in range(1, MOST_TRIES + 1):
        try:
            with writing():
                return work()
        except (DBAPIError, StaleDataError) as error:
            if trouble(error) is not Trouble.CONFLICT or tries == MOST_TRIES:
                raise
            log.info("a unit of work begins again", tries=tries)
        pause(tries)
    raise AssertionError("unreachable")
