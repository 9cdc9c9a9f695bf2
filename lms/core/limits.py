"""How much of the database one web request may take. Commands and the worker lift the limits: their work is long."""

import sqlite3
import time
from contextvars import ContextVar
from dataclasses import dataclass

LOOK_EVERY = 100_000  # steps of SQLite's machine, about a millisecond

_until: ContextVar[float | None] = ContextVar("until", default=None)


@dataclass
class Limits:
    """Seconds: for a statement, for a lock, for a transaction in which nothing happens, for connecting."""

    statement: int = 20
    lock: int = 15
    idle: int = 60
    connect: int = 5
    lifted: bool = False

    def begin(self) -> None:
        """From now on this thread has so long (on SQLite, which knows no limit of its own)."""
        _until.set(None if self.lifted else time.monotonic() + self.statement)


def end() -> None:
    """This thread has all the time it wants."""
    _until.set(None)


def watch(connection: sqlite3.Connection) -> None:
    """Let SQLite stop what takes longer than this thread has."""
    connection.set_progress_handler(_is_too_long, LOOK_EVERY)


def _is_too_long() -> bool:
    until = _until.get()
    return until is not None and time.monotonic() > until
