"""What somebody does with a file that the worker makes: order it, stop it, try again, delete it."""

from datetime import timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import event, func, select

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.exports import queries, registry, store
from lms.exports.models import Export
from lms.exports.registry import Arguments
from lms.exports.sheet import Format
from lms.exports.states import AT_WORK, ExportState
from lms.people.models import Person

KEPT = timedelta(days=7)
MOST_AT_ONCE = 3


class TooMany(Refusal):
    """More files at once than one person needs."""

    sentence = f"{MOST_AT_ONCE} files are being made for you already. Wait for one of them, or stop one."


def order(actor: Actor, name: str, kind: Format, arguments: Arguments) -> Export:
    """Have a file made. Asked for again while it is not there yet, it is the same file. Raises NotFound for what is
    not on offer to the actor, and TooMany.
    """
    offered = registry.sheet(name)
    if not offered.is_for(actor):
        raise NotFound
    asked = offered.asked(arguments)
    offered.check(actor, asked)
    db.session.execute(select(Person.id).where(Person.id == actor.id).with_for_update())
    unfinished = select(Export).where(Export.owner_id == actor.id, Export.state.in_(AT_WORK))
    for one in db.session.scalars(unfinished.where(Export.sheet == name, Export.format == kind)):
        if one.arguments == asked and not one.stop_asked:
            return one
    if (db.session.scalar(select(func.count()).select_from(unfinished.subquery())) or 0) >= MOST_AT_ONCE:
        raise TooMany
    made = Export(owner_id=actor.id, sheet=name, format=kind.value, arguments=asked, expires_at=clock.now() + KEPT)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "export.ordered", made.id, report=name, format=kind.value)
    _wake_after_commit(made.id)
    return made


def _wake_after_commit(export_id: UUID) -> None:
    """Give the worker the file as soon as the order is saved; were that lost, the clock finds it within a minute."""
    wake = current_app.extensions.get("make_file_now")
    if wake is not None:
        event.listen(db.session, "after_commit", lambda _session: wake(str(export_id)), once=True)


def stop(actor: Actor, export_id: UUID) -> None:
    """Stop it: at once when nobody has begun, else as soon as the worker looks, which is within a second or two."""
    export = queries.file(actor, export_id, lock=True)
    if export.state == ExportState.WAITING:
        export.state, export.ended_at = ExportState.STOPPED.value, clock.now()
    elif export.state == ExportState.RUNNING:
        export.stop_asked = True
    audit.record(actor, "export.stopped", export.id, report=export.sheet)


def again(actor: Actor, export_id: UUID) -> Export:
    """Order the same file anew, in place of one that ended without a file."""
    export = queries.file(actor, export_id, lock=True)
    if export.is_at_work:
        return export
    made = order(actor, export.sheet, Format(export.format), export.arguments)
    _delete(export)
    return made


def delete(actor: Actor, export_id: UUID) -> None:
    """Delete a file, or what is left of one."""
    export = queries.file(actor, export_id, lock=True)
    audit.record(actor, "export.deleted", export.id, report=export.sheet)
    _delete(export)


def _delete(export: Export) -> None:
    """Row and file. A worker that still writes it finds no row, and leaves nothing behind."""
    store.remove(export.file)
    db.session.delete(export)
    db.session.flush()
