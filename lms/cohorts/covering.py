"""Reads about team cover: who of which team is out when, what the teams' limits are, and whom their team can spare.

Out is whoever has a place, or is offered one, on a cohort that goes ahead and that they were booked for by the agency
of the team. Drafts are not known outside, so they do not count.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from lms.cohorts import cover
from lms.cohorts.cover import AtLimit, Limit, Post
from lms.cohorts.cover_models import TeamCover
from lms.cohorts.models import Booking, Cohort, CohortSession
from lms.cohorts.states import HOLDS_A_PLACE, BookingState, CohortState
from lms.core import clock
from lms.core.db import db
from lms.people import policy as people
from lms.people.models import Membership, Team

GOES_AHEAD = (CohortState.OPEN, CohortState.CLOSED)
_peers = aliased(Membership)


@dataclass(frozen=True)
class Absence:
    """Somebody of a team is, or may be, at a joint day on this date; `state` says how firm that is."""

    team_id: UUID
    day: date
    person_id: UUID
    cohort_id: UUID
    title: str
    state: BookingState

    @property
    def is_out(self) -> bool:
        """Whether they have a place or are offered one."""
        return self.state in HOLDS_A_PLACE


def absences(
    teams: ColumnElement[bool], first: date, last: date, states: Collection[BookingState] = HOLDS_A_PLACE
) -> list[Absence]:
    """Who of these teams (SQL on `Membership`) is at joint days from one date to another, each day once for each
    cohort, in order of time. Only while they belong to the team. One query; the caller answers for the choice of teams.
    """
    rows: Iterable[Any] = db.session.execute(
        select(
            *(Membership.team_id, Membership.person_id, Membership.starts_on, Membership.ends_on),
            *(Booking.cohort_id, Cohort.title, Booking.state, CohortSession.starts_at, CohortSession.ends_at),
        )
        .join(Booking, _booked_for_it())
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(CohortSession, CohortSession.cohort_id == Cohort.id)
        .where(
            *(teams, Membership.team_id.is_not(None), Booking.state.in_(states), Cohort.state.in_(GOES_AHEAD)),
            CohortSession.starts_at < _midnight(last + timedelta(days=1)),
            CohortSession.ends_at > _midnight(first),
        )
        .order_by(CohortSession.starts_at, Cohort.title, Booking.id)
    )
    found: dict[Absence, None] = {}
    for team, person, starts_on, ends_on, cohort, title, state, starts_at, ends_at in rows:
        for day in cover.days_of(starts_at, ends_at):
            if first <= day <= last and starts_on <= day and (ends_on is None or day <= ends_on):
                found[Absence(team, day, person, cohort, title, BookingState(state))] = None
    return sorted(found, key=lambda one: one.day)


def _booked_for_it() -> ColumnElement[bool]:
    return and_(Booking.person_id == Membership.person_id, Booking.agency_id == Membership.agency_id)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.PARTNERSHIP_ZONE)


def sizes(team_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many people work in each of these teams today. One query."""
    rows = db.session.execute(
        select(Membership.team_id, func.count(Membership.person_id.distinct()))
        .where(Membership.team_id.in_(team_ids), people.is_current(clock.today()))
        .group_by(Membership.team_id)
    )
    return dict.fromkeys(team_ids, 0) | {team: size for team, size in rows if team}


def limits(team_ids: Collection[UUID]) -> dict[UUID, Limit]:
    """The limit of each of these teams; the usual one where none is set. One query."""
    rows = db.session.scalars(select(TeamCover).where(TeamCover.team_id.in_(team_ids)))
    return dict.fromkeys(team_ids, cover.USUAL) | {row.team_id: row.limit for row in rows}


def posts(person_ids: Collection[UUID], *, only_set: bool = False) -> list[Post]:
    """The work of these people in teams, from today on, with limits and sizes; `only_set` leaves out teams without a
    limit of their own. One query.
    """
    size = (
        select(func.count(_peers.person_id.distinct()))
        .where(_peers.team_id == Membership.team_id, _peers.starts_on <= clock.today())
        .where(or_(_peers.ends_on.is_(None), _peers.ends_on >= clock.today()))
        .correlate(Membership)
        .scalar_subquery()
    )
    rows: Iterable[Any] = db.session.execute(
        select(
            *(Membership.person_id, Membership.agency_id, Team.id, Team.name, Membership.starts_on, Membership.ends_on),
            *(TeamCover.most, TeamCover.share, size),
        )
        .join(Team, Membership.team_id == Team.id)
        .join(TeamCover, TeamCover.team_id == Team.id, isouter=not only_set)
        .where(Membership.person_id.in_(person_ids), or_(Membership.ends_on.is_(None), _ends_later()))
    )
    return [
        Post(person, agency, team, name, starts_on, ends_on, Limit(most, share), number)
        for person, agency, team, name, starts_on, ends_on, most, share, number in rows
    ]


def _ends_later() -> ColumnElement[bool]:
    return Membership.ends_on >= clock.today()


@dataclass(frozen=True)
class Going:
    """Somebody who would go to a cohort for an agency."""

    person_id: UUID
    agency_id: UUID
    cohort: Cohort

    @property
    def days(self) -> set[date]:
        """The dates they would be out."""
        return {day for one in self.cohort.sessions for day in cover.days_of(one.starts_at, one.ends_at)}


def strained(
    going: Iterable[Going], *, only_set: bool = False, leaving: Mapping[UUID, UUID] | None = None
) -> dict[Going, list[AtLimit]]:
    """For those of these goings that would take a team over its limit: on which days. `only_set` looks at limits that
    were set, which are kept to; `leaving` are people (by cohort) who give their place up for it. Two queries.
    """
    wanted = [one for one in going if not one.cohort.is_draft and one.cohort.sessions]
    known = posts({one.person_id for one in wanted}, only_set=only_set) if wanted else []
    if not known:
        return {}
    days = {day for one in wanted for day in one.days}
    teams = Membership.team_id.in_({post.team_id for post in known})
    gone = {(cohort, person) for cohort, person in (leaving or {}).items()}
    away: dict[tuple[UUID, date], set[UUID]] = {}
    for out in absences(teams, min(days), max(days)):
        if (out.cohort_id, out.person_id) not in gone:
            away.setdefault((out.team_id, out.day), set()).add(out.person_id)
    theirs: dict[tuple[UUID, UUID], list[Post]] = {}
    for post in known:
        theirs.setdefault((post.person, post.agency), []).append(post)
    found = {one: cover.at_limit(theirs.get((one.person_id, one.agency_id), ()), one.days, away) for one in wanted}
    return {one: over for one, over in found.items() if over}


def kept_back(cohort: Cohort, people_of: Mapping[UUID, UUID], leaving: UUID | None = None) -> dict[UUID, list[AtLimit]]:
    """Those of these people (with the agency they come for) whom a limit that was set keeps from the cohort, unless
    whoever decides goes over it. The caller has locked the cohort's row; the limits are locked here, so that two
    cohorts of one day do not both take the last person a team can spare.
    """
    if cohort.is_draft or not people_of:
        return {}
    if not _lock(people_of):
        return {}
    going = [Going(person, agency, cohort) for person, agency in people_of.items()]
    found = strained(going, only_set=True, leaving={cohort.id: leaving} if leaving else None)
    return {one.person_id: over for one, over in found.items()}


def _lock(person_ids: Collection[UUID]) -> bool:
    """Lock the limits of the teams these people belong to; says whether there are any."""
    theirs = select(Membership.team_id).where(Membership.person_id.in_(person_ids), Membership.team_id.is_not(None))
    wanted = select(TeamCover.team_id).where(TeamCover.team_id.in_(theirs)).order_by(TeamCover.team_id)
    return bool(db.session.scalars(wanted.with_for_update()).all())
