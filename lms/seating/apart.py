"""Pairs of people who are never seated together. They are kept above seating, so the answer is supplied (`wiring.py`),
and no page, sentence or refusal here tells of them.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from flask import current_app

Pairs = Callable[[Collection[UUID]], Collection[tuple[UUID, UUID]]]
"""People -> the pairs among them to keep apart."""

_KEY = "apart_pairs"


def supply(extensions: dict[str, object], pairs: Pairs) -> None:
    """Say who answers."""
    extensions[_KEY] = pairs


def apart_pairs(person_ids: Collection[UUID]) -> Collection[tuple[UUID, UUID]]:
    """The pairs among these people that are kept apart; none where nobody answers."""
    pairs: Pairs | None = current_app.extensions.get(_KEY)
    return pairs(person_ids) if pairs else ()
