"""Reads about colleagues: whom somebody can send in their place. Those of the same agency; the same team first, then
the same job.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from lms.cohorts import apart, preparing
from lms.cohorts.candidates import SHORTEST_SEARCH
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.states import BookingState
from lms.core import clock
from lms.core.db import db
from lms.people import policy as people
from lms.people.models import Membership, Person

MOST_SHOWN = 40
_CANNOT_COME_NEW = (*(BookingState.BOOKED, BookingState.OFFERED), BookingState.WALK_IN, BookingState.REMOVED)


@dataclass(frozen=True)
class Colleague:
    """Somebody who could be sent, and which modules they have still to finish."""

    person: Person
    job: str
    team: str
    same_team: bool
    same_job: bool
    unfinished: tuple[str, ...] = ()


@dataclass(frozen=True)
class Colleagues:
    """The people who could be sent; `more` says that a search would find others."""

    found: Sequence[Colleague]
    more: bool = False


def teams_of(booking: Booking) -> set[UUID]:
    """The teams in which the person works for the agency they are booked for, today."""
    return set(
        db.session.scalars(
            select(Membership.team_id).where(
                Membership.person_id == booking.person_id,
                Membership.agency_id == booking.agency_id,
                Membership.team_id.is_not(None),
                people.is_current(clock.today()),
            )
        )
    )


def of(cohort: Cohort, booking: Booking, name: str = "") -> Colleagues:
    """Whom the person can send: their team, or with part of a name whoever has it in the whole agency. Where managers
    approve, only the team: its manager has approved that one of it comes. Three queries.
    """
    teams, name = teams_of(booking), " ".join(name.split())
    wanted = _present(booking)
    searched = len(name) >= SHORTEST_SEARCH and not cohort.needs_approval
    if searched:
        wanted = wanted.where(Person.name.icontains(name, autoescape=True))
    else:
        wanted = wanted.where(or_(Membership.team_id.in_(teams)))
    rows = db.session.scalars(wanted.limit(MOST_SHOWN * 2)).all()
    found = _with_preparation(cohort, booking, _once_each(rows, booking, teams))
    found.sort(key=lambda one: (bool(one.unfinished), not one.same_team, not one.same_job, one.person.name))
    return Colleagues(found[:MOST_SHOWN], more=len(found) > MOST_SHOWN)


def one(cohort: Cohort, booking: Booking, person_id: UUID) -> Colleague | None:
    """One colleague who could be sent, or None for anybody else."""
    teams = teams_of(booking)
    wanted = _present(booking).where(Membership.person_id == person_id)
    if cohort.needs_approval:
        wanted = wanted.where(Membership.team_id.in_(teams))
    found = _with_preparation(cohort, booking, _once_each(db.session.scalars(wanted).all(), booking, teams))
    return found[0] if found else None


def _present(booking: Booking) -> Select[Membership]:
    """Posts of others at the agency today, of people who have no place and were not taken off by a trainer."""
    on_it = select(Booking.person_id).where(Booking.cohort_id == booking.cohort_id, Booking.state.in_(_CANNOT_COME_NEW))
    return (
        select(Membership)
        .join(Membership.person)
        .where(
            and_(Person.active, people.is_current(clock.today())),
            Membership.agency_id == booking.agency_id,
            Membership.person_id != booking.person_id,
            Membership.person_id.not_in(on_it),
        )
        .order_by(Person.name, Person.id, Membership.starts_on, Membership.id)
    )


def _once_each(rows: Sequence[Membership], booking: Booking, teams: set[UUID]) -> list[Colleague]:
    found: dict[UUID, Colleague] = {}
    for row in rows:
        made = Colleague(
            row.person, row.job, row.team.name if row.team else "", row.team_id in teams, row.job == booking.job
        )
        if row.person_id not in found or (made.same_team and not found[row.person_id].same_team):
            found[row.person_id] = made
    return list(found.values())


def _with_preparation(cohort: Cohort, booking: Booking, found: list[Colleague]) -> list[Colleague]:
    out = apart.shut_out(cohort, {one.person.id for one in found}, leaving=booking.person_id)
    found = [one for one in found if one.person.id not in out]
    left = preparing.unfinished(cohort, [one.person.id for one in found])
    return [
        Colleague(one.person, one.job, one.team, one.same_team, one.same_job, tuple(left.get(one.person.id, ())))
        for one in found
    ]
