"""Noting that reports were read, in short transactions of their own, since reading never writes."""

from collections.abc import Sequence
from uuid import UUID

from lms.audit import actions as audit
from lms.core.actor import Actor

SEEN = "status and dates"


def seen(actor: Actor, people: Sequence[UUID]) -> None:
    """Note whose status and dates the actor has just been shown by name."""
    audit.viewed(actor, people, SEEN)
