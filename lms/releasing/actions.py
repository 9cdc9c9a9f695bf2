"""Noting that lists were read, in short transactions of their own, since reading never writes."""

from collections.abc import Collection
from uuid import UUID

from lms.audit import actions as audit
from lms.core.actor import Actor

OWED = "status and dates"
AWAY = "joint days"
AWAY_TAKEN = "joint days, as a file"


def seen(actor: Actor, people: Collection[UUID], what: str) -> None:
    """Note whose dates the actor has just been shown by name, each once."""
    audit.viewed(actor, dict.fromkeys(people), what)
