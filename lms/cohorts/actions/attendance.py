"""The register: who came to a session, corrections to it, and people who came without a place."""

from collections.abc import Mapping
from datetime import datetime, time
from uuid import UUID

from lms.audit import actions as audit
from lms.cohorts import presence, queries
from lms.cohorts.actions import missed
from lms.cohorts.events import SessionMoved
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession
from lms.cohorts.register import Decision, Line, decide
from lms.cohorts.states import IN_THE_ROOM, BookingState, Mark
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.events import announce
from lms.web.templating import clock_time


class NotYet(Refusal):
    """A register says who came, so there is none before the day."""


class NotOneself(Refusal):
    """Nobody vouches for their own attendance."""

    sentence = "You cannot mark yourself. Another trainer of this cohort, or the coordinator, can."


class Clash(Refusal):
    """Somebody else has marked the same person since the page was opened."""


Sent = Mapping[UUID, tuple[Line | None, Line]]
"""What a register page sends, by booking: the line it showed (None: not said), and the line as it is wanted."""


Times = tuple[datetime, datetime]
"""From when until when a session goes."""


def opens(session: CohortSession) -> bool:
    """Whether the day of the session has come, by the partnership's clocks."""
    return clock.local(session.starts_at).date() <= clock.today()


def note(actor: Actor, cohort_id: UUID, session_id: UUID, marks: Mapping[UUID, Mark]) -> int:
    """Write plain marks into the register of a session, by booking, whatever it says; see `save`."""
    return save(actor, cohort_id, session_id, {id_: (None, Line(mark)) for id_, mark in marks.items()})


def save(actor: Actor, cohort_id: UUID, session_id: UUID, sent: Sent, rest: Mark | None = None) -> int:
    """Write the lines that were changed into the register of a session; returns how many were new or changed. `rest`
    is the mark of everybody who has none then.

    Corrections are audited one by one. Nothing is written when one of the lines was changed by somebody else since the
    page was opened. Raises NotFound, NotYet, NotOneself or Clash.
    """
    cohort, session = _session(actor, cohort_id, session_id)
    in_the_room = {one.id: one for one in queries.people_on(cohort).in_the_room}
    if not in_the_room.keys() >= sent.keys():
        raise NotFound
    if any(in_the_room[booking_id].person_id == actor.id for booking_id in sent):
        raise NotOneself
    known = queries.register(session)
    wanted = _changes(in_the_room, known, sent)
    if rest:
        unmarked = (id_ for id_, one in in_the_room.items() if one.person_id != actor.id and id_ not in known)
        wanted |= {id_: Line(rest) for id_ in unmarked if id_ not in wanted}
    changed = sum(_write(actor, session, known.get(id_), id_, line) for id_, line in wanted.items())
    saved(actor, session, changed)
    return changed


def _changes(in_the_room: Mapping[UUID, Booking], known: Mapping[UUID, Attendance], sent: Sent) -> dict[UUID, Line]:
    """The lines to write. Raises Clash."""
    wanted, clashes = {}, []
    for id_, (seen, mine) in sent.items():
        row = known.get(id_)
        there = row.line if row else Line()
        decision = decide(there if seen is None else seen, mine, there)
        if decision is Decision.WRITE:
            wanted[id_] = mine
        elif decision is Decision.CLASH and row:
            clashes.append(f"{row.noter.name} marked {in_the_room[id_].person.name} at {clock_time(row.noted_at)}")
    if clashes:
        raise Clash(
            f"{'; '.join(clashes)}, while this page was open. Nothing is saved yet, and your marks are kept below: "
            "look at those with a note, then save again."
        )
    return wanted


def _session(actor: Actor, cohort_id: UUID, session_id: UUID) -> tuple[Cohort, CohortSession]:
    cohort = queries.lock_run(actor, cohort_id)
    session = queries.session_of(cohort, session_id)
    if cohort.is_draft or cohort.is_cancelled:
        raise NotYet("There is no register while a cohort is a draft or cancelled.")
    if not opens(session):
        raise NotYet("The register opens on the day of the session.")
    return cohort, session


def _write(actor: Actor, session: CohortSession, row: Attendance | None, booking_id: UUID, line: Line) -> bool:
    if line.mark is None or (row and row.line == line):
        return False
    if row is None:
        row = Attendance(session_id=session.id, booking_id=booking_id)
        db.session.add(row)
    else:
        detail = {"before": row.line.key, "after": line.key} if row.mark == line.mark else {}
        detail = detail or {"before": row.mark, "after": line.mark.value}
        audit.record(actor, "attendance.corrected", booking_id, session=str(session.id), **detail)
    fill(row, session, line)
    row.noted_by, row.noted_at = actor.id, clock.now()
    return True


def fill(row: Attendance, session: CohortSession, line: Line) -> None:
    """Put a line into its row, with whether that is attended."""
    assert line.mark is not None
    row.mark = line.mark.value
    row.arrived_at, row.left_at = _moment(session, line.arrived), _moment(session, line.left)
    row.attended = presence.attended(line.mark, session.starts_at, session.ends_at, row.arrived_at, row.left_at)


def _moment(session: CohortSession, at: time | None) -> datetime | None:
    """A time of day of the session's date, as a moment."""
    day = clock.local(session.starts_at).date()
    return clock.from_local(datetime.combine(day, at)) if at else None


def correct(actor: Actor, session: CohortSession, booking_id: UUID, line: Line) -> None:
    """Write one person's line, with all that follows from it. The caller has locked the cohort and let the actor in."""
    changed = _write(actor, session, queries.register(session).get(booking_id), booking_id, line)
    db.session.flush()
    saved(actor, session, int(changed))


def saved(actor: Actor, session: CohortSession, changed: int) -> None:
    """What follows whenever a register has been written to, by whichever way: one place for all of it."""
    if changed:
        audit.record(actor, "attendance.noted", session.id, people=changed)
        missed.note_no_shows(session)


def follow_times(before: Mapping[UUID, Times], cohort: Cohort) -> None:
    """The sessions of a cohort have other times than before: registers keep their times of day and are counted anew,
    and whoever arranges the day is told. The caller has locked the cohort's row.
    """
    for session in cohort.sessions:
        times = before.get(session.id)
        if times is None or times == (session.starts_at, session.ends_at):
            continue
        for row in queries.register(session).values():
            fill(row, session, row.line)
        missed.note_no_shows(session)
        announce(SessionMoved(session.id, times[0], session.starts_at))


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
    changed = _write(actor, session, queries.register(session).get(booking.id), booking.id, Line(Mark.PRESENT))
    saved(actor, session, int(changed))
    return candidate.person.name
