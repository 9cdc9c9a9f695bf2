"""Looking at everything that must be right for people to trust this server: one line for each thing."""

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from enum import StrEnum
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from lms.audit import checking, triggers
from lms.audit.models import AuditEntry
from lms.config import LOOPBACK, Settings
from lms.core import clock, safety, schema
from lms.core.db import db
from lms.jobs import queue as queues
from lms.jobs.models import ClockRun
from lms.notifications.models import OutboxMail, State
from lms.operating import backing_up

OLDEST_BACKUP = timedelta(hours=26)
CLOCK_APART = timedelta(seconds=5)
LEAST_FREE = 1_000_000_000  # bytes


class How(StrEnum):
    """How a thing stands."""

    OK = "ok"
    LOOK = "look at"
    WRONG = "wrong"


@dataclass(frozen=True)
class Line:
    """What was found about one thing."""

    how: How
    name: str
    says: str


Check = Callable[[Settings], Iterator[tuple[How, str]]]


def examine(app: Flask) -> Iterator[Line]:
    """Look at one thing after another, in the application's context; higher features add theirs to `examined`. What
    cannot be looked at is wrong.
    """
    settings: Settings = app.extensions["settings"]
    for name, check in {**CHECKS, **app.extensions.get("examined", {})}.items():
        try:
            found = list(check(settings))
        except (SQLAlchemyError, OSError) as fault:
            found = [(How.WRONG, f"It cannot be looked at: {type(fault).__name__}.")]
            db.session.rollback()
        worst = [how for how in (How.WRONG, How.LOOK) if any(one[0] is how for one in found)]
        if not worst:
            yield Line(How.OK, name, " ".join(says for _, says in found))
        yield from (Line(how, name, says) for how, says in found if how is not How.OK)


def _debug(_settings: Settings) -> Iterator[tuple[How, str]]:
    wrong = current_app.debug or current_app.config.get("PROPAGATE_EXCEPTIONS") or current_app.testing
    yield (How.WRONG, "Debugging is on: unset FLASK_DEBUG.") if wrong else (How.OK, "Debugging is off.")


def _key(settings: Settings) -> Iterator[tuple[How, str]]:
    yield How.OK, f"The secret key has {len(settings.secret_key)} characters."
    kept = settings.data_dir / "secret-key"
    if kept.exists() and stat.S_IMODE(kept.stat().st_mode) & 0o077:
        yield How.WRONG, f"{kept} may be read by others: chmod 600 {kept}"


def _cookies(settings: Settings) -> Iterator[tuple[How, str]]:
    flags = current_app.config
    wanted = {"SESSION_COOKIE_HTTPONLY": True, "SESSION_COOKIE_SAMESITE": "Lax"}
    if settings.is_secure:
        wanted["SESSION_COOKIE_SECURE"] = True
    missing = [name for name, value in wanted.items() if flags.get(name) != value]
    yield (How.WRONG, f"{' and '.join(missing)} is not as it must be.") if missing else (How.OK, "Flags are set.")


def _https(settings: Settings) -> Iterator[tuple[How, str]]:
    if settings.is_secure:
        yield How.OK, f"People come by {settings.base_url}."
        if settings.proxies == 0:
            yield How.LOOK, "LMS_PROXIES is 0: whatever ends TLS in front is not counted, so addresses are its own."
    elif settings.host in LOOPBACK:
        yield How.LOOK, f"People come by {settings.base_url}: for this machine only."
    else:
        yield How.WRONG, f"People come by {settings.base_url}, without TLS."


def _database(_settings: Settings) -> Iterator[tuple[How, str]]:
    found = [*safety.faults(db.engine), *safety.faults_of_server(db.engine)]
    yield from ((How.WRONG, one) for one in found)
    if not found:
        yield How.OK, f"{db.engine.dialect.name} keeps what it says is saved."


def _schema(_settings: Settings) -> Iterator[tuple[How, str]]:
    there, wanted = schema.current(db.engine), schema.newest()
    if there == wanted:
        yield How.OK, f"The database is at {there}."
    else:
        yield How.WRONG, f"The database is at {there or 'nothing'} and should be at {wanted}. Run: lms db upgrade"


def _files(settings: Settings) -> Iterator[tuple[How, str]]:
    """The folder keeps others out; or, where it does not, each file in it."""
    folder = settings.data_dir
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o022:
        yield How.WRONG, f"Others may write in {folder}: chmod 700 {folder}"
    elif not mode & 0o055:
        yield How.OK, f"Only its owner gets into {folder}."
    elif any(_readable(path) for path in folder.iterdir()):
        yield How.WRONG, f"Others may read files in {folder}: chmod 700 {folder}"
    else:
        yield How.LOOK, f"Others may list {folder}: chmod 700 {folder}"


def _readable(path: Path) -> bool:
    mode = path.stat().st_mode
    return bool(stat.S_IMODE(mode) & 0o055) and path.suffix not in {".lock", ".migrating"}


def _disk(settings: Settings) -> Iterator[tuple[How, str]]:
    free = shutil.disk_usage(settings.data_dir).free
    yield (How.OK if free >= LEAST_FREE else How.LOOK), f"{free / 1e9:.1f} GB are free for the data folder."


def _clock(_settings: Settings) -> Iterator[tuple[How, str]]:
    here = clock.now()
    newest = db.session.scalar(select(func.max(AuditEntry.at)))
    if db.engine.dialect.name == "postgresql":
        there = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(there - here) > CLOCK_APART:
            yield How.WRONG, f"This clock and the database's are {abs((there - here).total_seconds()):.0f} s apart."
            return
    if newest is not None and newest > here + CLOCK_APART:
        yield How.WRONG, f"The newest act is of {newest:%d %B %Y %H:%M} UTC, which is still to come: a clock was wrong."
        return
    yield How.OK, f"It is {here.astimezone(UTC):%d %B %Y %H:%M} UTC, and no act is of a later time."


def _backup(settings: Settings) -> Iterator[tuple[How, str]]:
    made = backing_up.last(settings.data_dir)
    if made is None:
        yield How.LOOK, "None was ever made with: lms backup"
        return
    at, file = made
    hours = (clock.now() - at) / timedelta(hours=1)
    says = f"The last was made {hours:.0f} hours ago: {file}"
    yield (How.OK if hours <= OLDEST_BACKUP / timedelta(hours=1) else How.LOOK), says


def _queue(settings: Settings) -> Iterator[tuple[How, str]]:
    """The queue only wakes workers, so that nothing is lost without it; but somebody meant it to be there."""
    where = queues.kind(settings)
    if queues.answers(current_app.extensions["huey"]):
        yield How.OK, f"{where} answers."
        return
    later = "work is found by looking, some seconds late"
    if where == queues.REDIS:
        later += ", and limits of requests are not counted"
    yield (
        How.WRONG,
        f"{where} does not answer: {later}. Is LMS_QUEUE_URL right, and has `lms worker` run since it was set?",
    )


def _mails(_settings: Settings) -> Iterator[tuple[How, str]]:
    parked = select(func.count()).select_from(OutboxMail).where(OutboxMail.state == State.PARKED.value)
    number = db.session.scalar(parked) or 0
    yield (How.LOOK if number else How.OK), f"{number} could not be delivered and wait for an administrator."


def _jobs(_settings: Settings) -> Iterator[tuple[How, str]]:
    failing = db.session.scalars(select(ClockRun.job).where(ClockRun.failures > 0).order_by(ClockRun.job)).all()
    latest = db.session.scalar(select(func.max(ClockRun.went_well_at)))
    if failing:
        yield How.LOOK, f"Failed the last time: {', '.join(failing)}."
    elif latest is None or latest < clock.now() - timedelta(hours=2):
        yield How.LOOK, "No worker has done anything by the clock for two hours. Is `lms worker` running?"
    else:
        yield How.OK, f"The last went well at {latest:%H:%M} UTC."


def _record(_settings: Settings) -> Iterator[tuple[How, str]]:
    with db.engine.connect() as connection:
        missing = triggers.missing(connection)
    if missing:
        yield How.WRONG, f"The database's guard is missing: {', '.join(missing)}. Run: lms db upgrade"
    found = checking.check(db.engine)
    yield from ((How.WRONG, one) for one in found.faults)
    if not found.faults:
        yield How.OK, f"The record is as it was written: {found.rows:,} rows read."


CHECKS: dict[str, Check] = {
    "debugging": _debug,
    "secret key": _key,
    "cookies": _cookies,
    "https": _https,
    "database": _database,
    "schema": _schema,
    "files": _files,
    "disk": _disk,
    "clock": _clock,
    "backup": _backup,
    "queue": _queue,
    "mails": _mails,
    "jobs": _jobs,
    "record": _record,
}
