"""At which tables somebody sits at a session. Tables are made above cohorts, so `wiring.py` supplies the answer."""

from collections.abc import Callable
from uuid import UUID

from flask import current_app

from lms.core.actor import Actor

Whereabouts = Callable[[Actor, UUID], str]
"""The actor and a session -> a sentence such as "Round 1: table 3", or nothing."""

_KEY = "whereabouts"


def supply(extensions: dict[str, object], whereabouts: Whereabouts) -> None:
    """Say who answers."""
    extensions[_KEY] = whereabouts


def tables_of(actor: Actor, session_id: UUID) -> str:
    """The actor's own tables at a session, in a sentence; nothing while they are not shown or there are none."""
    whereabouts: Whereabouts = current_app.extensions[_KEY]
    return whereabouts(actor, session_id)
