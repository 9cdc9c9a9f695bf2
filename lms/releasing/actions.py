"""Noting that lists were read and taken away, in short transactions of their own, since reading never writes."""

from collections.abc import Collection
from uuid import UUID

from lms.audit import actions as audit
from lms.audit.models import AuditEntry
from lms.core.actor import Actor
from lms.core.db import separate

OWED = "status and dates"
AWAY = "joint days"
A_FILE = ", as a file"


def seen(actor: Actor, people: Collection[UUID], what: str) -> None:
    """Note whose dates the actor has just been shown by name, each once."""
    audit.viewed(actor, dict.fromkeys(people), what)


def exported(actor: Actor, report: str, people: Collection[UUID], rows: int, what: str) -> None:
    """Note that the actor took a file away: how many people and rows it holds, and, for each of them, that they are in
    it.
    """
    each = dict.fromkeys(people)
    with separate() as session:
        detail = {"report": report, "people": len(each), "rows": rows}
        session.add(AuditEntry(actor_id=actor.id, action="report.exported", detail=detail))
    audit.viewed(actor, each, what + A_FILE)
