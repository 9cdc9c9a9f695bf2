"""What people need on the day: saying it, arranging it, and forgetting it when it has served."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from lms.audit import actions as audit
from lms.cohorts import access, queries
from lms.cohorts.models import Arrangement, Booking, CohortSession
from lms.cohorts.policy import reads_needs
from lms.cohorts.states import ON_IT, Kept
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, writing
from lms.core.errors import NotFound

KEPT_AFTER = timedelta(days=30)


def say_needs(actor: Actor, cohort_id: UUID, text: str, needs: Collection[str] = ()) -> None:
    """Keep what the person needs on the day; only the cohort's trainers read it. Raises NotFound."""
    cohort = queries.lock(actor, cohort_id)
    booking = queries.booking_of(actor.id, cohort)
    if booking is None or booking.state not in ON_IT or cohort.is_draft or cohort.is_cancelled:
        raise NotFound
    _write(booking, needs, text)
    audit.record(actor, "cohort.needs_said", booking.id, cohort=str(cohort.id))


def write(booking: Booking, needs: Collection[str], text: str) -> None:
    """Keep what somebody said they need while they booked; nothing said changes nothing."""
    if needs or text.strip():
        _write(booking, needs, text)


def _write(booking: Booking, needs: Collection[str], text: str) -> None:
    """What was arranged already stays as far as it is; what is not needed any more goes."""
    booking.access_needs = text.strip()
    known = {(one.need, one.words): one for one in booking.arrangements}
    wanted = access.asked_for(list(needs), booking.access_needs)
    booking.arrangements = [
        known.get((need.value, words)) or Arrangement(need=need.value, words=words, position=0)
        for need, words in dict.fromkeys(wanted)
    ]
    for position, one in enumerate(booking.arrangements):
        one.position = position


def arrange(actor: Actor, cohort_id: UUID, arrangement_id: UUID, state: Kept, note: str = "") -> Arrangement:
    """Say how far an arrangement is, for a trainer of the cohort. Raises NotFound for everybody else, coordinators
    too: they do not read what people need.
    """
    cohort = queries.lock_run(actor, cohort_id)
    if not reads_needs(actor, cohort):
        raise NotFound
    found = db.session.scalar(
        select(Arrangement)
        .join(Arrangement.booking)
        .where(Arrangement.id == arrangement_id, Booking.cohort_id == cohort.id)
    )
    if found is None:
        raise NotFound
    if (found.state, found.note) != (state, note.strip()):
        found.state, found.note = state, note.strip()
        found.changed_by, found.changed_at = actor.id, clock.now()
        audit.record(actor, "cohort.arrangement_noted", found.booking_id, cohort=str(cohort.id), state=state.value)
    return found


def forget_needs() -> int:
    """Delete what people needed, 30 days after the last session of their cohort; returns of how many. For the clock."""
    with writing() as session:
        long_over = (
            select(CohortSession.cohort_id)
            .group_by(CohortSession.cohort_id)
            .having(func.max(CohortSession.ends_at) < clock.now() - KEPT_AFTER)
        )
        theirs = select(Booking.id).where(Booking.cohort_id.in_(long_over))
        arranged = session.execute(delete(Arrangement).where(Arrangement.booking_id.in_(theirs)))
        said = session.execute(
            update(Booking).where(Booking.id.in_(theirs), Booking.access_needs != "").values(access_needs="")
        )
        gone = max(arranged.rowcount, said.rowcount)  # type: ignore[attr-defined]
        if gone:
            audit.record(None, "cohort.needs_forgotten", people=said.rowcount)  # type: ignore[attr-defined]
        return int(gone)
