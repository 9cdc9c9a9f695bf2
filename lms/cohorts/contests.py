"""Reads about contests of the register: one's own, and those on cohorts one runs."""

from collections.abc import Collection, Sequence
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lms.cohorts.contest_models import Contest
from lms.cohorts.contesting import ContestState, last_moment
from lms.cohorts.models import Booking, Cohort, CohortSession
from lms.config import Settings
from lms.core import clock
from lms.core.db import db
from lms.core.errors import NotFound
from lms.people.models import Person


def days() -> int:
    """For how many days after its end a session can be contested."""
    settings: Settings = current_app.extensions["settings"]
    return settings.contest_days


def can_be_contested(session: CohortSession) -> bool:
    """Whether the time for it has begun and not run out; whoever asks has looked at the booking."""
    return session.ends_at <= clock.now() <= last_moment(session.ends_at, days())


def own(person_id: UUID, session_ids: Collection[UUID]) -> dict[UUID, Contest]:
    """A person's latest contest of each of these sessions, by session. One query."""
    rows = db.session.scalars(
        select(Contest)
        .join(Contest.booking)
        .where(Booking.person_id == person_id, Contest.session_id.in_(session_ids))
        .order_by(Contest.asked_at, Contest.id)
    )
    return {one.session_id: one for one in rows}


def of_register(session: CohortSession) -> Sequence[Contest]:
    """The contests of one register, open ones first, each with person; the caller runs the cohort. One query."""
    return db.session.scalars(
        select(Contest)
        .where(Contest.session_id == session.id)
        .options(joinedload(Contest.booking).joinedload(Booking.person))
        .order_by(Contest.answered_at.is_not(None), Contest.asked_at, Contest.id)
    ).all()


def waiting(cohort: Cohort) -> dict[UUID, int]:
    """How many open contests each session of a cohort has; the caller runs it. One query."""
    ids = [one.id for one in cohort.sessions]
    rows = db.session.execute(
        select(Contest.session_id, func.count())
        .where(Contest.session_id.in_(ids), Contest.state == ContestState.OPEN)
        .group_by(Contest.session_id)
    )
    return dict(rows.all())


def get(cohort: Cohort, contest_id: UUID) -> Contest:
    """One contest of a cohort that the caller runs. Raises NotFound."""
    found = db.session.scalar(
        select(Contest)
        .join(Contest.session)
        .where(Contest.id == contest_id, CohortSession.cohort_id == cohort.id)
        .options(joinedload(Contest.session), joinedload(Contest.booking).joinedload(Booking.person))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def answerer(contest: Contest) -> str:
    """The name of whoever answered; empty while nobody has."""
    found = db.session.get(Person, contest.answered_by) if contest.answered_by else None
    return found.name if found else ""
