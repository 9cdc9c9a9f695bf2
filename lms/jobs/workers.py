"""Knowing which workers are alive, without comparing times of day: each has a row and raises its number in it.

What a worker holds (a mail it sends, a job it runs) carries the worker's identity. Whoever finds something held by a
worker that has no row may take it. Rows go in three ways: the worker removes its own; a worker on the same machine sees
that the process is gone; or its number stands still for `STALE_SECONDS` on somebody's stopwatch.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from uuid import UUID

import structlog
from flask import Flask, current_app
from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from lms.core.db import db, writing
from lms.core.ids import new_id
from lms.jobs.models import Worker

BEAT_SECONDS = 5.0
STALE_SECONDS = (
    60.0  # longer than the longest wait for SQLite's write lock, so a worker in a queue is not taken for dead
)

log = structlog.get_logger()


class AtWork:
    """One worker that is alive until `end` is called or its process dies."""

    def __init__(self, app: Flask) -> None:
        self.id: UUID = new_id()
        self._app = app
        self._ended = Event()
        with writing() as session:
            session.add(Worker(id=self.id, place=place(), process=os.getpid()))
        self._thread = Thread(target=self._beat, name="beat", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            with self._app.app_context(), suppress(SQLAlchemyError), writing() as session:
                session.execute(
                    update(Worker)
                    .where(Worker.id == self.id)
                    .values(beat=Worker.beat + 1)
                    .execution_options(synchronize_session=False)
                )

    def end(self) -> None:
        """Go home: what is still held may be taken by others."""
        self._ended.set()
        self._thread.join()
        try:
            remove([self.id])
        except SQLAlchemyError:  # others will find the process gone
            log.exception("a worker could not sign off")


def begin() -> AtWork:
    """Come to work, after removing the rows of those who died. Outside any transaction."""
    bury()
    flask_app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001
    return AtWork(flask_app)


class Watch:
    """What this process saw of others' numbers, by its own stopwatch."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._seen: dict[UUID, tuple[int, float]] = {}
        self._lock = Lock()

    def stands_still(self, worker_id: UUID, beat: int) -> bool:
        """Whether the number has not changed for too long since this process first saw it."""
        with self._lock:
            known, since = self._seen.get(worker_id, (None, 0.0))
            if known != beat:
                self._seen[worker_id] = (beat, self._now())
                return False
            return self._now() - since >= STALE_SECONDS

    def forget(self, gone: list[UUID]) -> None:
        """Drop what was noted of these."""
        with self._lock:
            for one in gone:
                self._seen.pop(one, None)


WATCH = Watch()


def bury(watch: Watch = WATCH) -> int:
    """Remove the rows of workers that are dead; returns how many."""
    rows = db.session.execute(select(Worker.id, Worker.place, Worker.process, Worker.beat)).all()
    db.session.rollback()
    gone = [
        row.id
        for row in rows
        if (row.place == place() and not is_alive(row.process)) or watch.stands_still(row.id, row.beat)
    ]
    if gone:
        remove(gone)
        watch.forget(gone)
    return len(gone)


def remove(gone: list[UUID]) -> None:
    """Take these workers' rows away, in a transaction of its own."""
    with writing() as session:
        session.execute(delete(Worker).where(Worker.id.in_(gone)).execution_options(synchronize_session=False))


def place() -> str:
    """Where this process runs, so that its number means the same process there: this start of the machine, and the
    set of processes it can see (a container has its own). A name nobody else has where Linux does not tell.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return f"unknown {_UNKNOWN}"


_UNKNOWN = new_id()


def is_alive(process: int) -> bool:
    """Whether a process of this number runs here."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
