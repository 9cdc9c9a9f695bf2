"""Noting that reports were read and taken away, in short transactions of their own, since reading never writes."""

from collections.abc import Sequence
from uuid import UUID

from lms.audit import actions as audit
from lms.audit.models import AuditEntry
from lms.core.actor import Actor
from lms.core.db import separate

SEEN = "status and dates"
TAKEN = "status and dates, as a file"


def seen(actor: Actor, people: Sequence[UUID]) -> None:
    """Note whose status and dates the actor has just been shown by name."""
    audit.viewed(actor, people, SEEN)


def exported(actor: Actor, people: Sequence[UUID], rows: int) -> None:
    """Note that the actor took a file away: how many people and rows it holds, and, for each of them, that they are in
    it.
    """
    with separate() as session:
        detail = {"report": "completion", "people": len(people), "rows": rows}
        session.add(AuditEntry(actor_id=actor.id, action="report.exported", detail=detail))
    audit.viewed(actor, people, TAKEN)
