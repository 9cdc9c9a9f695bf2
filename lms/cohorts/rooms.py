"""Reads about the room of a session: its code, for whoever runs it, and a person's own mark, for whoever holds it."""

from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.cohorts import presence, room_code
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession, RoomCode
from lms.cohorts.presence import Window
from lms.cohorts.states import CohortState
from lms.config import Settings
from lms.core.db import db
from lms.core.errors import NotFound


def by_code(session_id: UUID, given: str) -> tuple[Cohort, CohortSession]:
    """The session whose room shows this code, and its cohort. Raises NotFound, whether the session exists or not."""
    row = db.session.execute(
        select(Cohort, CohortSession)
        .join(CohortSession, CohortSession.cohort_id == Cohort.id)
        .where(CohortSession.id == session_id, Cohort.state.in_((CohortState.OPEN, CohortState.CLOSED)))
        .options(selectinload(Cohort.trainers))
    ).first()
    if row is None or not room_code.fits(given, code(row[1])):
        raise NotFound
    return row[0], row[1]


def code(session: CohortSession) -> str:
    """The code that the room of a session shows now."""
    settings: Settings = current_app.extensions["settings"]
    found = db.session.get(RoomCode, session.id)
    return room_code.code(settings.secret_key, session.id, session.starts_at, found.turn if found else 0)


def window(session: CohortSession) -> Window:
    """When people can sign themselves in."""
    return presence.window(session.starts_at, session.ends_at)


def mark_of(booking: Booking, session: CohortSession) -> Attendance | None:
    """What the register of a session says of one person on it."""
    return db.session.scalar(
        select(Attendance).where(Attendance.session_id == session.id, Attendance.booking_id == booking.id)
    )
