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


def nobody(person_ids: Collection[UUID]) -> Collection[tuple[UUID, UUID]]:  # noqa: ARG001 -- the shape of `Pairs`
    """The answer of a house that keeps no such pairs."""
    return ()


def apart_pairs(person_ids: Collection[UUID]) -> Collection[tuple[UUID, UUID]]:
    """The pairs among these people that are kept apart."""
    pairs: Pairs = current_app.extensions[_KEY]
    return pairs(person_ids)
