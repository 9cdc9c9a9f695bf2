"""The worker's part: making the files that were ordered, one claim each, and clearing away what has expired."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lms.config import Settings
from lms.core import clock
from lms.core.db import db, separate, writing
from lms.core.errors import NotFound, Refusal
from lms.exports import queries, registry, store, writers
from lms.exports.actions import opening, taking
from lms.exports.models import Export
from lms.exports.sheet import Format, Made, Row, Sheet
from lms.exports.states import AT_WORK, ExportState
from lms.exports.writers import Workshop
from lms.notifications import actions as notifications
from lms.notifications.actions import Terms
from lms.notifications.models import OutboxMail
from lms.notifications.rechecking import Text, as_it_is
from lms.people import queries as people
from lms.people.models import Person
from lms.web.links import absolute

LEASE = timedelta(minutes=5)  # longer than the press may take, so a lease that ran out means a worker that died
LOOK_EVERY = 1.0
LOOK_AT = 500  # rows between two looks at the time
MOST_TRIES = 3
OURS = "That did not work, and the fault is ours. Try again; if it goes on, tell whoever looks after this site."
NOT_ACTIVE = "The account is not active."
KILLED = f"The server was stopped {MOST_TRIES} times while this file was being made. Try again."

log = structlog.get_logger()


class _Stopped(Exception):
    """Its owner pressed stop."""


class _Lost(Exception):
    """Somebody else has the work now, or its owner deleted it."""


def make_waiting() -> int:
    """Make every file that waits, or whose worker has gone. Returns how many."""
    number = 0
    while (export_id := queries.to_make()) is not None:
        db.session.rollback()
        number += make(export_id)
    db.session.rollback()
    return number


def make(export_id: UUID) -> bool:
    """Make one file, unless another worker has it; says whether this one did."""
    claimed = _claim(export_id)
    if claimed is None:
        return False
    work = _Work(claimed)
    try:
        work.make()
    except _Stopped:
        work.end(ExportState.STOPPED)
    except _Lost:
        work.forget()
    except opening.Closed as closed:
        work.end(ExportState.FAILED, closed.sentence)
    except Refusal as refusal:
        work.end(ExportState.FAILED, refusal.sentence)
    except Exception:  # whatever a query or the disk met, its owner is told and can try again
        log.exception("making a file failed", export=str(export_id))
        work.end(ExportState.FAILED, OURS)
    return True


def _claim(export_id: UUID) -> Export | None:
    """Take the work for as long as the lease, under a new name, and remove what the worker before left."""
    now = clock.now()
    with writing() as session:
        free = or_(Export.lease_until.is_(None), Export.lease_until < now)
        wanted = select(Export).where(Export.id == export_id, Export.state.in_(AT_WORK), free)
        export = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
        if export is None:
            return None
        left, export.tries = export.file, export.tries + 1
        export.file = store.new_name(export.format)
        export.state, export.done, export.lease_until = ExportState.RUNNING.value, 0, now + LEASE
        session.flush()
        session.expunge(export)
    store.remove(left)
    return export


class _Work:
    """One go at one file: reads in one transaction, and tells how far it is in short ones of their own."""

    def __init__(self, export: Export) -> None:
        self.export = export
        self._looked = time.monotonic()

    def make(self) -> None:
        """Build the sheet as its owner, who they are today, write it down, and say that it is there."""
        if self.export.stop_asked:
            raise _Stopped
        if self.export.tries > MOST_TRIES:
            raise Refusal(KILLED)
        person = self._owner()
        actor = people.actor(person)
        offered, kind = registry.sheet(self.export.sheet), Format(self.export.format)
        if not offered.is_for(actor):
            raise opening.Closed("")
        try:
            sheet = offered.build(actor, self.export.arguments)
        except NotFound:
            raise opening.Closed("") from None
        self._tell(total=sheet.total)
        with store.writing(self.export.file) as to:
            made = Made(actor.name, clock.local(clock.now()))
            writers.write(replace(sheet, rows=self._counted(sheet.rows)), kind, made, to, _workshop())
        db.session.rollback()  # what was read ends here, so that writing can begin
        taking.taken(actor, sheet, kind)
        self._done(person, sheet, offered.reach(actor))

    def _owner(self) -> Person:
        person = db.session.get_one(Person, self.export.owner_id, populate_existing=True)
        if not person.active:
            raise Refusal(NOT_ACTIVE)
        return person

    def _counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        for number, row in enumerate(rows, start=1):
            yield row
            if number % LOOK_AT == 0 and time.monotonic() - self._looked >= LOOK_EVERY:
                self._tell(done=number)

    def _tell(self, **values: int) -> None:
        """Write down how far it is, and see whether it is still wanted. Raises _Stopped and _Lost."""
        self._looked = time.monotonic()
        with separate() as session:
            if not self._wrote(session, lease_until=clock.now() + LEASE, **values):
                raise _Lost
            if session.scalar(select(Export.stop_asked).where(Export.id == self.export.id)):
                raise _Stopped

    def _ours(self) -> Any:
        """An update of the row as long as the work is ours."""
        return (
            update(Export)
            .where(
                Export.id == self.export.id, Export.file == self.export.file, Export.state == ExportState.RUNNING.value
            )
            .execution_options(synchronize_session=False)
        )

    def _done(self, person: Person, sheet: Sheet, reach: Iterable[str]) -> None:
        size = store.path(self.export.file).stat().st_size
        values = {
            "state": ExportState.DONE.value, "done": sheet.total, "total": sheet.total, "size": size,
            "lease_until": None, "ended_at": clock.now(), "scope": sheet.frame.scope[:300], "reach": sorted(reach),
            "file_name": sheet.file_name(Format(self.export.format))[:160],
        }  # fmt: skip
        with writing() as session:
            if self._wrote(session, **values):
                self._mail(person, "exports/ready")
                return
        self.forget()

    def _wrote(self, session: Session, **values: Any) -> bool:
        """Write it into the row, as long as the work is ours; says whether it was."""
        return bool(session.execute(self._ours().values(**values)).rowcount)  # type: ignore[attr-defined]

    def _mail(self, person: Person, kind: str) -> None:
        link = absolute("exports.show", export_id=self.export.id)
        title = registry.sheet(self.export.sheet).title
        terms = Terms(about=self.export.id, until=self.export.expires_at)
        notifications.queue(kind, to=person, terms=terms, link=link, title=title, until=self.export.expires_at)

    def end(self, state: ExportState, fault: str = "") -> None:
        """Write down that there will be no file, and why."""
        db.session.rollback()
        store.remove(self.export.file)
        values = {"state": state.value, "fault": fault[:400], "lease_until": None, "ended_at": clock.now()}
        with writing() as session:
            person = session.get(Person, self.export.owner_id)
            if self._wrote(session, **values, file="") and person and person.active and fault:
                self._mail(person, "exports/failed")

    def forget(self) -> None:
        """Leave nothing of this go."""
        db.session.rollback()
        store.remove(self.export.file)


def still_there(mail: OutboxMail) -> Text | None:
    """What the mail of a file says now; None when its owner has deleted it or ordered it anew, or sees it no more."""
    export = db.session.get(Export, mail.about) if mail.about else None
    if export is None or export.state not in (ExportState.DONE, ExportState.FAILED):
        return None
    owner = db.session.get_one(Person, mail.person_id)
    sees = export.state == ExportState.FAILED or opening.still_sees(people.actor(owner), export)
    return as_it_is(mail) if owner.active and sees else None


def _workshop() -> Workshop:
    settings: Settings = current_app.extensions["settings"]
    return Workshop(settings.partnership, store.folder())


def clear_away() -> int:
    """Delete files that have expired, their rows, and what no row knows any more. Returns how many rows."""
    now = clock.now()
    with writing() as session:
        free = or_(Export.lease_until.is_(None), Export.lease_until < now)
        over = session.scalars(select(Export).where(Export.expires_at <= now, free).with_for_update()).all()
        names = [one.file for one in over]
        for one in over:
            session.delete(one)
    for name in names:
        store.remove(name)
    store.sweep(set(db.session.scalars(select(Export.file))))
    db.session.rollback()
    return len(names)
