"""Reads about the room of a session: its code, for whoever runs it, and a person's own mark, for whoever holds it."""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from lms.cohorts import presence, room_code
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession, RoomCode
from lms.cohorts.presence import Window
from lms.cohorts.states import CohortState
from lms.config import Settings
from lms.core import clock
from lms.core.db import db
from lms.core.errors import NotFound


@dataclass(frozen=True)
class Opened:
    """What somebody opened with a code: the session of that room, its cohort, and whether the code still signs in."""

    cohort: Cohort
    session: CohortSession
    still_takes: bool


def by_code(session_id: UUID, given: str) -> Opened:
    """The session whose room shows this code, or has shown it. Raises NotFound for any other code, whether the session
    exists or not, after the same one query.
    """
    row = db.session.execute(
        select(Cohort, CohortSession, RoomCode.turn)
        .join(CohortSession, CohortSession.cohort_id == Cohort.id)
        .outerjoin(RoomCode, RoomCode.session_id == CohortSession.id)
        .where(CohortSession.id == session_id, Cohort.state.in_((CohortState.OPEN, CohortState.CLOSED)))
    ).first()
    if row is None:
        raise NotFound
    cohort, session, turn = row
    times, now = window(session), clock.now()
    rights = enumerate(_codes(session, turn or 0))
    shown = (n for n, right in rights if n <= times.code(now) and room_code.fits(given, right))
    number = next(shown, None)
    if number is None:
        raise NotFound
    return Opened(cohort, session, times.still_takes(number, now))


def code(session: CohortSession) -> str:
    """The code that the room of a session shows now."""
    found = db.session.get(RoomCode, session.id)
    return _codes(session, found.turn if found else 0)[window(session).code(clock.now())]


def _codes(session: CohortSession, turn: int) -> list[str]:
    """All codes of a room, in the order in which it shows them."""
    settings: Settings = current_app.extensions["settings"]
    return [
        room_code.code(settings.secret_key, session.id, session.starts_at, turn, number)
        for number in range(window(session).codes)
    ]


def window(session: CohortSession) -> Window:
    """When people can sign themselves in."""
    return presence.window(session.starts_at, session.ends_at)


def mark_of(booking: Booking, session: CohortSession) -> Attendance | None:
    """What the register of a session says of one person on it."""
    return db.session.scalar(
        select(Attendance).where(Attendance.session_id == session.id, Attendance.booking_id == booking.id)
    )
