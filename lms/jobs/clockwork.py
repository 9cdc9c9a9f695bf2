"""Running what runs by the clock: each job once for each of its times, in whichever worker comes first.

A job that was missed is caught up once, however many of its times have passed. One that fails is noted and tried again,
and stops no other. One whose worker died is taken up by the next. The row of a job, locked while it is claimed, is what
workers agree by; see `workers` for how they know of each other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lms.core import clock
from lms.core.db import db, writing
from lms.core.faults import written
from lms.jobs import workers
from lms.jobs.models import ClockRun, Worker
from lms.jobs.rhythm import Rhythm, is_due

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """Something that runs by the clock. `does` says what, for the administrator's page. Run twice for the same time,
    `run` does no harm: a worker may die after its work and before it is noted.
    """

    name: str
    does: str
    rhythm: Rhythm
    run: Callable[[], object]


@dataclass(frozen=True)
class Standing:
    """How a job stands: its row, where it ever ran, and whether a living worker runs it now."""

    job: Job
    row: ClockRun | None
    is_running: bool

    def is_due(self, now: datetime) -> bool:
        """Whether it is to run now."""
        done_for, again_at = (self.row.done_for, self.row.again_at) if self.row else (None, None)
        return not self.is_running and is_due(self.job.rhythm, now, done_for, again_at)


def standings(jobs: Iterable[Job]) -> list[Standing]:
    """How each job stands, in one query."""
    found = db.session.execute(
        select(ClockRun, Worker.id).outerjoin(Worker, Worker.id == ClockRun.worker_id)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    rows = {row.job: (row, worker is not None) for row, worker in found}
    return [Standing(job, *rows.get(job.name, (None, False))) for job in jobs]


def due(jobs: Iterable[Job]) -> list[Job]:
    """The jobs that are to run now, after the dead have been removed."""
    workers.bury()
    now = clock.now()
    found = [one.job for one in standings(jobs) if one.is_due(now)]
    db.session.rollback()
    return found


def run(job: Job) -> bool:
    """Run a job, unless it is not due any more or another worker has it; says whether it was run."""
    worker = workers.begin()
    try:
        slot = _claim(job, worker.id)
        if slot is None:
            return False
        try:
            job.run()
        except Exception as fault:  # whatever it was, the other jobs go on, and this one is tried again
            db.session.rollback()
            log.exception("a job by the clock failed", job=job.name)
            _note_failure(job, worker.id, fault)
        else:
            db.session.rollback()
            _note_success(job, worker.id, slot)
        return True
    finally:
        worker.end()


def run_due(jobs: Sequence[Job]) -> int:
    """Run all that is due, one after the other; returns how many."""
    return sum(run(job) for job in due(jobs))


def _claim(job: Job, worker_id: UUID) -> datetime | None:
    """Take the job for its latest time, which is returned; None when it is not to be run."""
    try:
        with writing() as session:
            if session.get(ClockRun, job.name) is None:
                session.add(ClockRun(job=job.name))
                session.flush()
            row = session.get_one(ClockRun, job.name, with_for_update=True, populate_existing=True)
            held = session.scalar(select(Worker.id).where(Worker.id == row.worker_id)) is not None
            now = clock.now()
            if not Standing(job, row, held).is_due(now):
                return None
            row.worker_id, row.began_at = worker_id, now
            return job.rhythm.last(now)
    except IntegrityError:  # another worker was the first ever to run it
        return None


def _note_success(job: Job, worker_id: UUID, slot: datetime) -> None:
    now = clock.now()
    _note(job, worker_id, done_for=slot, ended_at=now, went_well_at=now, failures=0, again_at=None)


def _note_failure(job: Job, worker_id: UUID, fault: Exception) -> None:
    now = clock.now()
    failures = (db.session.scalar(select(ClockRun.failures).where(ClockRun.job == job.name)) or 0) + 1
    db.session.rollback()
    _note(
        job,
        worker_id,
        ended_at=now,
        failures=failures,
        again_at=job.rhythm.again(failures, now),
        fault=type(fault).__name__[:200],
        fault_at=now,
    )


def _note(job: Job, worker_id: UUID, **values: Any) -> None:
    """Write down how a run ended, unless another worker has taken the job meanwhile."""
    noting = (
        update(ClockRun)
        .where(ClockRun.job == job.name, ClockRun.worker_id == worker_id)
        .values(worker_id=None, **values)
        .execution_options(synchronize_session=False)
    )
    written(lambda: db.session.execute(noting))
