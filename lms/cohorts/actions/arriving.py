"""Signing oneself in by phone, in the room, while its window is open; and a new code for the room."""

from dataclasses import dataclass
from uuid import UUID

from lms.audit import actions as audit
from lms.cohorts import policy, queries, rooms
from lms.cohorts.actions import attendance
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession, RoomCode
from lms.cohorts.register import Line
from lms.cohorts.states import IN_THE_ROOM, Mark
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Refusal
from lms.web.templating import clock_time


class Closed(Refusal):
    """The room takes no sign-ins at this moment."""


class NoPlace(Refusal):
    """Who came without a place is put on the register by a trainer, who sees them."""

    sentence = "You have no place on this joint day. See the trainer in the room: they can put you on the register."


class RunsIt(Refusal):
    """Whoever marks others could sign in from anywhere."""

    sentence = "You run this cohort, so you cannot sign yourself in. Another trainer of it can mark you."


class OldCode(Refusal):
    """The code is of this room, and the room has shown others since."""

    sentence = "This code is some minutes old. Scan the one that the room shows now."


class MarkedAlready(Refusal):
    """A trainer's mark stands; only a trainer corrects it."""


def whether_open(session: CohortSession) -> None:
    """Raises Closed, with the sentence that says when the room takes sign-ins."""
    window, now = rooms.window(session), clock.now()
    if now < window.opens:
        opens = clock.local(window.opens)
        day = "" if opens.date() == clock.today() else f" on {opens:%A} {opens.day} {opens:%B}"
        raise Closed(f"Sign-in opens at {clock_time(window.opens)}{day} in the room.")
    if not window.takes(now):
        raise Closed(
            f"Sign-in closed at {clock_time(window.closes)}. See the trainer in the room: they can put you on the "
            "register."
        )


def own_place(actor: Actor, cohort: Cohort) -> Booking:
    """The actor's entry on a cohort whose room they are in. Raises NoPlace or RunsIt."""
    booking = queries.booking_of(actor.id, cohort)
    if booking is None or booking.state not in IN_THE_ROOM:
        raise NoPlace
    if policy.is_run_by(actor, cohort):
        raise RunsIt
    return booking


@dataclass(frozen=True)
class Standing:
    """How somebody stands who has opened the code of a room: their mark, or why they cannot sign in, or neither."""

    has_place: bool
    mark: Attendance | None = None
    why: str = ""


def standing(actor: Actor, opened: rooms.Opened) -> Standing:
    """How the actor stands at a session whose code they have opened."""
    session = opened.session
    try:
        mark = rooms.mark_of(own_place(actor, opened.cohort), session)
    except Refusal as refusal:
        return Standing(has_place=False, why=refusal.sentence)
    if mark:
        return Standing(has_place=True, mark=mark)
    try:
        _whether_now(opened)
    except Refusal as refusal:
        return Standing(has_place=True, why=refusal.sentence)
    return Standing(has_place=True)


def _whether_now(opened: rooms.Opened) -> None:
    """Raises Closed or OldCode."""
    whether_open(opened.session)
    if not opened.still_takes:
        raise OldCode


def sign_in(actor: Actor, session_id: UUID, code: str) -> Attendance:
    """Put oneself on the register of the session whose room shows this code: as present, or as late. To do it twice
    changes nothing.

    Raises NotFound, Closed, OldCode, NoPlace, RunsIt or MarkedAlready.
    """
    opened = rooms.by_code(session_id, code)
    cohort, session = opened.cohort, opened.session
    booking = own_place(actor, cohort)
    queries.lock(actor, cohort.id)
    db.session.refresh(booking)
    own_place(actor, cohort)
    row = rooms.mark_of(booking, session)
    if row and row.by_phone_at:
        return row
    _whether_now(opened)
    if row:
        raise MarkedAlready(
            f"You are on the register as {row.line.words}. If that is wrong, tell the trainer in the room."
        )
    return _put(actor, session, booking)


def _put(actor: Actor, session: CohortSession, booking: Booking) -> Attendance:
    now = clock.now().replace(second=0, microsecond=0)
    mark = rooms.window(session).mark(now)
    row = Attendance(session_id=session.id, booking_id=booking.id, noted_by=actor.id, by_phone_at=now)
    attendance.fill(row, session, Line(mark, clock.local(now).time() if mark is Mark.LATE else None))
    db.session.add(row)
    audit.record(actor, "attendance.signed_in", booking.id, session=str(session.id), mark=mark.value)
    attendance.saved(actor, session, 1)
    return row


def new_code(actor: Actor, cohort_id: UUID, session_id: UUID) -> None:
    """Make the code of a room void and show another. Raises NotFound or NotYet."""
    cohort = queries.lock_run(actor, cohort_id)
    session = queries.session_of(cohort, session_id)
    if cohort.is_draft or cohort.is_cancelled:
        raise attendance.NotYet("Nobody can sign in while a cohort is a draft or cancelled.")
    found = db.session.get(RoomCode, session.id)
    if found is None:
        db.session.add(RoomCode(session_id=session.id, turn=1))
    else:
        found.turn += 1
    audit.record(actor, "attendance.new_code", session.id)
