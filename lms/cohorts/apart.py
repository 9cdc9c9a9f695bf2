"""Pairs of people who are never put in one room, nor at one table. They are kept above cohorts, so the answer is
supplied (`wiring.py`), and no page, sentence or refusal here tells of them: whoever cannot have a place for their sake
waits, with a sentence that they share with everybody who cannot be placed.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from lms.cohorts.models import Booking, Cohort
from lms.cohorts.states import HOLDS_A_PLACE
from lms.core.db import db

Pairs = Callable[[Collection[UUID]], Collection[tuple[UUID, UUID]]]
"""People -> the pairs among them to keep apart."""

_KEY = "apart_pairs"


def supply(extensions: dict[str, object], pairs: Pairs) -> None:
    """Say who answers."""
    extensions[_KEY] = pairs


def apart_pairs(person_ids: Collection[UUID]) -> Collection[tuple[UUID, UUID]]:
    """The pairs among these people that are kept apart."""
    pairs: Pairs = current_app.extensions[_KEY]
    return pairs(person_ids)


def shut_out(cohort: Cohort, person_ids: Collection[UUID], leaving: UUID | None = None) -> set[UUID]:
    """Those of these people who cannot have a place beside somebody who has one, or is offered one, but for who is
    `leaving`. The caller has locked the cohort's row. Two queries.
    """
    if not person_ids:
        return set()
    there = set(
        db.session.scalars(
            select(Booking.person_id).where(Booking.cohort_id == cohort.id, Booking.state.in_(HOLDS_A_PLACE))
        )
    ) - {leaving}
    pairs = apart_pairs({*person_ids, *there})
    both = [*pairs, *((other, one) for one, other in pairs)]
    return {one for one, other in both if one in person_ids and other in there}
