"""Reads about missed places: those of a cohort one runs, and those of the people one manages."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from lms.cohorts import approvals
from lms.cohorts.models import Booking, Cohort, MissedPlace
from lms.core.actor import Actor
from lms.core.db import db

MOST_SHOWN = 200


def on(cohort: Cohort) -> Sequence[MissedPlace]:
    """The places missed on a cohort the caller has loaded by `get_run`, latest first. One query."""
    return db.session.scalars(_missed().where(MissedPlace.cohort_id == cohort.id)).all()


def of_people_managed_by(actor: Actor) -> Sequence[MissedPlace]:
    """The places missed by people the actor manages, latest first: a team's, or the whole agency's. Two queries."""
    return db.session.scalars(
        _missed()
        .join(MissedPlace.booking)
        .where(approvals.manages(actor))
        .options(joinedload(MissedPlace.cohort).selectinload(Cohort.sessions))
        .limit(MOST_SHOWN)
    ).all()


def _missed() -> Select[MissedPlace]:
    return (
        select(MissedPlace)
        .options(
            joinedload(MissedPlace.booking).joinedload(Booking.person),
            joinedload(MissedPlace.agency),
            joinedload(MissedPlace.session),
        )
        .order_by(MissedPlace.missed_at.desc(), MissedPlace.id)
    )
