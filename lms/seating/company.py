"""Who is to be seated, with what the engine must know of them: agency, team, manager, whom they met, where they keep a
seat. The engine sees numbers instead of people, in order of agency and name, so that the same room is always seated in
the same way.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.cohorts.apart import apart_pairs
from lms.cohorts.engine.plan import Tables
from lms.cohorts.engine.problem import Guest, Rotation
from lms.cohorts.models import Attendance, Booking, CohortSession
from lms.cohorts.states import Mark
from lms.core import clock
from lms.core.db import db
from lms.core.permissions import Role, Scope
from lms.people import policy as people
from lms.people.models import Membership, MembershipRole
from lms.seating.models import Seat, SeatingPlan, SeatingRound

Pair = tuple[UUID, UUID]


@dataclass(frozen=True)
class Company:
    """People to seat, each with the number that stands for them."""

    agency: Mapping[UUID, UUID]
    guests: tuple[Guest, ...]
    number: Mapping[UUID, str]
    known: tuple[tuple[str, str], ...]
    apart: tuple[tuple[str, str], ...]

    @property
    def person(self) -> dict[str, UUID]:
        """Who each number stands for."""
        return {number: person for person, number in self.number.items()}

    @property
    def agencies(self) -> dict[str, str]:
        """The agency of each number."""
        return {one.id: one.agency for one in self.guests}

    def problem(self, sizes: Sequence[int], rounds: int, only: Collection[str] | None = None) -> Rotation:
        """What the engine is asked, for everybody or only for these."""
        here = {one.id for one in self.guests} if only is None else set(only)
        return Rotation(
            "tables",
            tuple(one for one in self.guests if one.id in here),
            tuple(sizes),
            rounds,
            keep_apart=tuple(pair for pair in self.apart if here.issuperset(pair)),
            known=tuple(pair for pair in self.known if here.issuperset(pair)),
        )

    def numbered(self, rounds: Iterable[SeatingRound]) -> tuple[Tables, ...]:
        """Stored rounds as the engine knows them."""
        found = []
        for one in rounds:
            tables: dict[int, list[str]] = {}
            for seat in sorted(one.seats, key=lambda seat: self.number[seat.person_id]):
                tables.setdefault(seat.table_number, []).append(self.number[seat.person_id])
            found.append(tuple(tuple(tables.get(at, ())) for at in range(1, max(tables, default=0) + 1)))
        return tuple(found)


def company(session: CohortSession, agency: Mapping[UUID, UUID], kept: Mapping[UUID, int]) -> Company:
    """These people (with the agency each comes for, in order) as the engine must know them; `kept` are table numbers
    from 1. Five queries.
    """
    ids = list(agency)
    number = {person: f"P{n:03}" for n, person in enumerate(ids, start=1)}
    teams = _teams(agency)
    managers = _managers(set(teams.values()))
    guests = tuple(
        Guest(
            number[one],
            str(agency[one]),
            str(teams[one]) if one in teams else None,
            _manager(one, teams, managers, number),
            kept[one] - 1 if one in kept else None,
        )
        for one in ids
    )
    return Company(
        agency, guests, number, _numbers(known_pairs(session, ids), number), _numbers(apart_pairs(ids), number)
    )


def known_pairs(session: CohortSession, ids: Collection[UUID]) -> set[Pair]:
    """Pairs of these people who met before this session: at a table, or at another cohort. Two queries."""
    return _shared_a_table(session, ids) | _shared_a_cohort(session, ids)


def _numbers(pairs: Iterable[Pair], number: Mapping[UUID, str]) -> tuple[tuple[str, str], ...]:
    named = ((number[one], number[other]) for one, other in pairs if one in number and other in number)
    return tuple(sorted({(min(pair), max(pair)) for pair in named}))


def _teams(agency: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """The team each person works in today, at the agency they come for."""
    rows = db.session.execute(
        select(Membership.person_id, Membership.agency_id, Membership.team_id)
        .where(Membership.person_id.in_(agency), Membership.team_id.is_not(None), people.is_current(clock.today()))
        .order_by(Membership.starts_on.desc(), Membership.id)
    )
    return {person: team for person, where, team in rows if team and agency[person] == where}


def _managers(teams: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Who manages each of these teams today."""
    rows = db.session.execute(
        select(Membership.team_id, Membership.person_id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Membership.team_id.in_(teams),
            MembershipRole.role == Role.MANAGER,
            MembershipRole.scope == Scope.TEAM,
            people.is_current(clock.today()),
        )
        .order_by(Membership.starts_on, Membership.id)
    )
    found: dict[UUID, list[UUID]] = {}
    for team, person in rows:
        if team:
            found.setdefault(team, []).append(person)
    return found


def _manager(
    person: UUID, teams: Mapping[UUID, UUID], managers: Mapping[UUID, list[UUID]], number: Mapping[UUID, str]
) -> str | None:
    there = managers.get(teams[person], []) if person in teams else []
    return next((number[one] for one in there if one != person and one in number), None)


def _shared_a_table(session: CohortSession, ids: Collection[UUID]) -> set[Pair]:
    """Pairs who sat at one table at a session that began before this one, and to which both came."""
    one, other = aliased(Seat), aliased(Seat)
    rows = db.session.execute(
        select(one.person_id, other.person_id)
        .join(
            other,
            and_(
                other.round_id == one.round_id,
                other.table_number == one.table_number,
                other.person_id > one.person_id,
            ),
        )
        .join(SeatingRound, SeatingRound.id == one.round_id)
        .join(SeatingPlan, SeatingPlan.id == SeatingRound.plan_id)
        .join(CohortSession, CohortSession.id == SeatingPlan.session_id)
        .where(
            one.person_id.in_(ids),
            other.person_id.in_(ids),
            CohortSession.starts_at < session.starts_at,
            ~_absent(one.person_id),
            ~_absent(other.person_id),
        )
        .distinct()
    )
    return {(first, second) for first, second in rows}


def _absent(person: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """SQL: whether the register of the session says that this person did not come."""
    return (
        exists()
        .where(
            Attendance.session_id == CohortSession.id,
            Attendance.booking_id == Booking.id,
            Booking.person_id == person,
            Attendance.mark == Mark.ABSENT,
        )
        .correlate_except(Attendance, Booking)
    )


def _shared_a_cohort(session: CohortSession, ids: Collection[UUID]) -> set[Pair]:
    """Pairs who were both at a session of another cohort that began before this one."""
    rows = db.session.execute(
        select(Attendance.session_id, Booking.person_id)
        .join(Booking, Booking.id == Attendance.booking_id)
        .join(CohortSession, CohortSession.id == Attendance.session_id)
        .where(
            Booking.person_id.in_(ids),
            Booking.cohort_id != session.cohort_id,
            Attendance.mark != Mark.ABSENT,
            CohortSession.starts_at < session.starts_at,
        )
    )
    there: dict[UUID, list[UUID]] = {}
    for session_id, person in rows:
        there.setdefault(session_id, []).append(person)
    return {pair for room in there.values() for pair in combinations(sorted(room), 2)}
