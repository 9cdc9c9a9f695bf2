"""Places left empty: given up late, or not come to. They count for the agency, until a colleague takes the place, the
register is corrected, or whoever runs the cohort waives them.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select

from lms.audit import actions as audit
from lms.cohorts import queries
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession, MissedPlace
from lms.cohorts.states import BookingState, Cleared, Mark, Missed
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, writing
from lms.core.errors import NotFound, Refusal

LOOK_BACK = timedelta(days=60)


class NotOneself(Refusal):
    """Nobody waives what they missed themself."""

    sentence = (
        "You cannot waive a place that you missed yourself. Another trainer of this cohort, or the coordinator, can."
    )


class NoReason(Refusal):
    """What is waived counts for an agency, so there is a reason."""

    field = "reason"
    sentence = "Say why, in a few words."


def note_late(actor: Actor, cohort: Cohort, booking: Booking) -> MissedPlace | None:
    """Record a place given up too late, for the agency it was booked for. The caller has locked the cohort's row."""
    if booking.state != BookingState.BOOKED or not cohort.is_late_to_cancel or cohort.is_cancelled:
        return None
    known = _of(booking, Missed.LATE)
    if known:
        known.cleared_at = known.cleared_by = None
        known.cleared_how, known.missed_at = "", clock.now()
        return known
    return _note(actor, cohort, booking, Missed.LATE, None)


def _of(booking: Booking, kind: Missed, session_id: UUID | None = None) -> MissedPlace | None:
    return db.session.scalar(
        select(MissedPlace).where(
            MissedPlace.booking_id == booking.id,
            MissedPlace.kind == kind,
            MissedPlace.session_id.is_(None) if session_id is None else MissedPlace.session_id == session_id,
        )
    )


def _note(
    actor: Actor | None, cohort: Cohort, booking: Booking, kind: Missed, session: CohortSession | None
) -> MissedPlace:
    made = MissedPlace(
        cohort_id=cohort.id,
        agency_id=booking.agency_id,
        booking_id=booking.id,
        session_id=session.id if session else None,
        kind=kind.value,
        missed_at=session.starts_at if session else clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "cohort.place_missed", booking.id, cohort=str(cohort.id), kind=kind.value)
    return made


def note_no_shows(session: CohortSession) -> int:
    """Record who had a place at a session that is over and is marked absent, and clear it for those whose mark has been
    corrected; returns how many records are new or changed. The caller has locked the cohort's row.
    """
    if session.ends_at > clock.now():
        return 0
    db.session.flush()
    known = {
        one.booking_id: one
        for one in db.session.scalars(
            select(MissedPlace).where(MissedPlace.session_id == session.id, MissedPlace.kind == Missed.NO_SHOW)
        )
    }
    absent = {
        one.id: one
        for one in db.session.scalars(
            select(Booking)
            .join(Attendance, Attendance.booking_id == Booking.id)
            .where(
                Attendance.session_id == session.id,
                Attendance.mark == Mark.ABSENT,
                Booking.state == BookingState.BOOKED,
            )
        )
    }
    new = [absent[id_] for id_ in absent.keys() - known.keys()]
    for booking in new:
        _note(None, session.cohort, booking, Missed.NO_SHOW, session)
    changed = [_follow(one, absent=id_ in absent) for id_, one in known.items()]
    return len(new) + sum(changed)


def _follow(missed: MissedPlace, *, absent: bool) -> bool:
    """Let a record follow the register, unless somebody cleared it in another way."""
    if absent and missed.cleared is Cleared.REGISTER:
        missed.cleared_at, missed.cleared_how = None, ""
        return True
    if not absent and missed.cleared is None:
        missed.cleared_at, missed.cleared_how = clock.now(), Cleared.REGISTER.value
        return True
    return False


def note_all_no_shows() -> int:
    """Record the no-shows of every session that ended lately; returns how many records are new or changed. For the
    clock: registers that were finished before the session ended are read here.
    """
    now = clock.now()
    with writing() as session:
        marked = exists().where(Attendance.session_id == CohortSession.id, Attendance.mark == Mark.ABSENT)
        ended = session.execute(
            select(CohortSession.id, CohortSession.cohort_id).where(
                CohortSession.ends_at <= now, CohortSession.ends_at > now - LOOK_BACK, marked
            )
        ).all()
    noted = 0
    for session_id, cohort_id in ended:
        with writing():
            cohort = queries.lock_known(cohort_id)
            noted += note_no_shows(queries.session_of(cohort, session_id))
    return noted


def clear(actor: Actor, missed: Iterable[MissedPlace], how: Cleared, reason: str = "") -> None:
    """Say that missed places count no longer, and why."""
    for one in missed:
        one.cleared_at, one.cleared_by = clock.now(), actor.id
        one.cleared_how, one.reason = how.value, reason
        audit.record(actor, "cohort.missed_place_cleared", one.id, how=how.value)


def waive(actor: Actor, cohort_id: UUID, missed_id: UUID, reason: str) -> MissedPlace:
    """Let a missed place count no longer, on a cohort one runs. Raises NotFound, NoReason or NotOneself."""
    cohort = queries.lock_run(actor, cohort_id)
    found = db.session.scalar(
        select(MissedPlace).where(MissedPlace.id == missed_id, MissedPlace.cohort_id == cohort.id)
    )
    if found is None:
        raise NotFound
    if found.booking.person_id == actor.id:
        raise NotOneself
    if not reason.strip():
        raise NoReason
    if found.cleared is None:
        clear(actor, [found], Cleared.WAIVED, reason.strip())
    return found
