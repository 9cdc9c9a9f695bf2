"""Opening a file that was made: its owner alone, and only while they still see what is in it."""

from pathlib import Path

from sqlalchemy import update

from lms.audit.models import AuditEntry
from lms.core.actor import Actor
from lms.core.db import separate
from lms.core.errors import NotFound
from lms.exports import registry, store
from lms.exports.models import Export
from lms.exports.states import ExportState


class Closed(Exception):
    """The owner no longer sees what the file is about; it was deleted. `sentence` says so."""

    def __init__(self, scope: str) -> None:
        self.sentence = f"You no longer see {scope or 'these people'}, so the file is closed."
        super().__init__(self.sentence)


def still_sees(actor: Actor, export: Export) -> bool:
    """Whether the actor's role still carries the sheet, reaches as far as when the file was made, and is still offered
    the filters.
    """
    offered = registry.offered().get(export.sheet)
    if offered is None or not offered.is_for(actor) or not set(export.reach) <= offered.reach(actor):
        return False
    try:
        offered.check(actor, export.arguments)
    except NotFound:
        return False
    return True


def look(actor: Actor, export: Export) -> None:
    """Close a file that is there, when its owner no longer sees what is in it. Raises Closed then, and ever after."""
    if export.state == ExportState.DONE and not still_sees(actor, export):
        _close(actor, export)
        raise Closed(export.scope)
    if export.state == ExportState.CLOSED:
        raise Closed(export.scope)


def open_file(actor: Actor, export: Export) -> Path:
    """Where the file lies, once it is noted that it was opened. Raises Closed, and NotFound when there is none."""
    look(actor, export)
    whole = store.path(export.file)
    if export.state != ExportState.DONE or not whole.is_file():
        raise NotFound
    _note(actor, export, "export.opened")
    return whole


def _close(actor: Actor, export: Export) -> None:
    """In a short transaction of its own, since whoever finds out only wanted to read."""
    with separate() as session:
        session.execute(update(Export).where(Export.id == export.id).values(state=ExportState.CLOSED.value, file=""))
        session.add(_entry(actor, export, "export.closed"))
    store.remove(export.file)


def _note(actor: Actor, export: Export, act: str) -> None:
    with separate() as session:
        session.add(_entry(actor, export, act))


def _entry(actor: Actor, export: Export, act: str) -> AuditEntry:
    detail = {"report": export.sheet, "format": export.format}
    return AuditEntry(actor_id=actor.id, action=act, subject_id=export.id, detail=detail)
