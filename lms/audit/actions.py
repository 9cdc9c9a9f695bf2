"""Writing the record."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import insert

from lms.audit.models import AuditEntry, RecordView
from lms.core import clock, db
from lms.core.actor import Actor
from lms.core.ids import new_id


def record(actor: Actor | None, action: str, subject: UUID | None = None, **detail: str | int | None) -> None:
    """Note an act in the transaction of that act. `detail` holds no names and nothing anyone wrote."""
    db.db.session.add(
        AuditEntry(actor_id=actor.id if actor else None, action=action, subject_id=subject, detail=detail)
    )


def refused(actor: Actor | None, endpoint: str) -> None:
    """Note that somebody was refused a page, in a short transaction that outlives the refusal."""
    with db.separate() as session:
        session.add(
            AuditEntry(actor_id=actor.id if actor else None, action="access.refused", detail={"page": endpoint})
        )


def viewed(actor: Actor, people: Iterable[UUID], what: str) -> None:
    """Note whose records were looked at, and what was seen; own records are not noted. In the transaction of the act
    where something is being done, else in a short one of its own.
    """
    at = clock.now()
    rows = [
        {"id": new_id(), "at": at, "viewer_id": actor.id, "person_id": person, "what": what}
        for person in people
        if person != actor.id
    ]
    if not rows:
        return
    if db.is_writing():
        db.db.session.execute(insert(RecordView), rows)
        return
    with db.separate() as session:
        session.execute(insert(RecordView), rows)
