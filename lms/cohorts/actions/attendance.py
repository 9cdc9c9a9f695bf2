"""The register: who came to a session, corrections to it, and people who came without a place."""

from collections.abc import Mapping
from uuid import UUID

from lms.audit import actions as audit
from lms.cohorts import queries
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession
from lms.cohorts.states import IN_THE_ROOM, BookingState, Mark
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal


class NotYet(Refusal):
    """A register says who came, so there is none before the day."""


class NotOneself(Refusal):
    """Nobody vouches for their own attendance."""

    sentence = "You cannot mark yourself. Another trainer of this cohort, or the coordinator, can."


def opens(session: CohortSession) -> bool:
    """Whether the day of the session has come, by the partnership's clocks."""
    return clock.local(session.starts_at).date() <= clock.today()


def note(actor: Actor, cohort_id: UUID, session_id: UUID, marks: Mapping[UUID, Mark]) -> int:
    """Write marks into the register of a session, by booking; returns how many were new or changed.

    Corrections are audited one by one. Raises NotFound, NotYet or NotOneself.
    """
    cohort, session = _session(actor, cohort_id, session_id)
    in_the_room = {one.id: one for one in queries.people_on(cohort).in_the_room}
    if not in_the_room.keys() >= marks.keys():
        raise NotFound
    if any(in_the_room[booking_id].person_id == actor.id for booking_id in marks):
        raise NotOneself
    known = queries.register(session)
    changed = sum(_write(actor, session, known.get(id_), id_, mark) for id_, mark in marks.items())
    if changed:
        audit.record(actor, "attendance.noted", session.id, people=changed)
    return changed


def _session(actor: Actor, cohort_id: UUID, session_id: UUID) -> tuple[Cohort, CohortSession]:
    cohort = queries.lock_run(actor, cohort_id)
    session = queries.session_of(cohort, session_id)
    if cohort.is_draft or cohort.is_cancelled:
        raise NotYet("There is no register while a cohort is a draft or cancelled.")
    if not opens(session):
        raise NotYet("The register opens on the day of the session.")
    return cohort, session


def _write(actor: Actor, session: CohortSession, row: Attendance | None, booking_id: UUID, mark: Mark) -> bool:
    if row is None:
        db.session.add(Attendance(session_id=session.id, booking_id=booking_id, mark=mark, noted_by=actor.id))
        return True
    if row.mark == mark:
        return False
    audit.record(actor, "attendance.corrected", booking_id, session=str(session.id), before=row.mark, after=mark.value)
    row.mark, row.noted_by, row.noted_at = mark, actor.id, clock.now()
    return True


def walk_in(actor: Actor, cohort_id: UUID, session_id: UUID, person_id: UUID) -> str:
    """Put someone who came without a place on the register, as present; returns their name. Takes no place.

    Raises NotFound, NotYet or NotOneself.
    """
    cohort, session = _session(actor, cohort_id, session_id)
    if person_id == actor.id:
        raise NotOneself
    candidate = next(iter(queries.can_come(cohort, [person_id])), None)
    if candidate is None:
        raise NotFound
    booking = queries.booking_of(person_id, cohort)
    if booking is None:
        booking = Booking(cohort_id=cohort.id, person_id=person_id, access_needs="")
        db.session.add(booking)
    if booking.state not in IN_THE_ROOM:
        booking.state, booking.changed_at = BookingState.WALK_IN, clock.now()
        booking.agency_id, booking.job = candidate.agency.id, candidate.job
        db.session.flush()
        audit.record(actor, "attendance.walked_in", booking.id, session=str(session.id))
    _write(actor, session, queries.register(session).get(booking.id), booking.id, Mark.PRESENT)
    return candidate.person.name
