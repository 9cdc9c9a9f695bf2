"""Reads about tables: the plan of a session, who is in the room for it, and where each person sits."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from lms.cohorts import queries as cohorts
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession
from lms.cohorts.states import IN_THE_ROOM, CohortState, Mark
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.seating.company import known_pairs
from lms.seating.meeting import Meeting, measure
from lms.seating.models import Seat, SeatingPlan, SeatingRound


def session_run(actor: Actor, cohort_id: UUID, session_id: UUID) -> CohortSession:
    """A session of a cohort the actor runs. Raises NotFound."""
    return cohorts.session_of(cohorts.get_run(actor, cohort_id), session_id)


def plan_of(session: CohortSession) -> SeatingPlan | None:
    """The tables of a session, with rounds, seats, people and agencies loaded. Five queries at most."""
    return db.session.scalar(
        select(SeatingPlan)
        .where(SeatingPlan.session_id == session.id)
        .options(
            selectinload(SeatingPlan.kept),
            selectinload(SeatingPlan.rounds).selectinload(SeatingRound.seats).joinedload(Seat.person),
            selectinload(SeatingPlan.rounds).selectinload(SeatingRound.seats).joinedload(Seat.agency),
        )
        .execution_options(populate_existing=True)
    )


def in_the_room(session: CohortSession, *, here: bool = False) -> list[Booking]:
    """People to seat, in order of agency and name: all with a place or who walked in, apart from those whom the
    register says did not come; with `here` only those it says are there.
    """
    people = cohorts.people_on(session.cohort).in_the_room
    marks = {one.booking_id: Mark(one.mark) for one in cohorts.register(session).values()}
    if here:
        return [one for one in people if marks.get(one.id, Mark.ABSENT) is not Mark.ABSENT]
    return [one for one in people if marks.get(one.id) is not Mark.ABSENT]


@dataclass(frozen=True)
class Table:
    """One table of a round, its people by name."""

    number: int
    seats: tuple[Seat, ...]

    @property
    def agencies(self) -> int:
        """How many agencies sit at it."""
        return len({one.agency_id for one in self.seats})


@dataclass(frozen=True)
class Round:
    """One round as pages show it."""

    row: SeatingRound

    @cached_property
    def tables(self) -> list[Table]:
        """The tables in order, people by name."""
        found: dict[int, list[Seat]] = {}
        for seat in sorted(self.row.seats, key=lambda one: (one.table_number, one.person.name, one.id)):
            found.setdefault(seat.table_number, []).append(seat)
        return [Table(number, tuple(seats)) for number, seats in found.items()]


def rounds_of(plan: SeatingPlan) -> list[Round]:
    """The rounds of a plan for showing."""
    return [Round(one) for one in plan.rounds]


@dataclass(frozen=True)
class Listed:
    """One person with their table in each round (None where they sit at none)."""

    name: str
    agency: str
    sector: str
    seats: tuple[Seat | None, ...]

    @property
    def moved(self) -> bool:
        """Whether a table is another than was shown before."""
        return any(one is not None and one.moved for one in self.seats)


def listed(plan: SeatingPlan) -> list[Listed]:
    """Everybody seated, from A to Z."""
    by_round = [{seat.person_id: seat for seat in one.seats} for one in plan.rounds]
    first = {id_: seat for seats in reversed(by_round) for id_, seat in seats.items()}
    rows = [
        Listed(seat.person.name, seat.agency.name, seat.agency.sector, tuple(seats.get(id_) for seats in by_round))
        for id_, seat in first.items()
    ]
    return sorted(rows, key=lambda one: (one.name.casefold(), one.agency))


def session_taken(actor: Actor, cohort_id: UUID, session_id: UUID) -> CohortSession:
    """A session at which the actor is in the room. Raises NotFound for everybody else."""
    own = exists().where(Booking.cohort_id == Cohort.id, Booking.person_id == actor.id, Booking.state.in_(IN_THE_ROOM))
    found = db.session.scalar(
        select(CohortSession)
        .join(Cohort)
        .where(
            CohortSession.id == session_id,
            Cohort.id == cohort_id,
            Cohort.state.in_((CohortState.OPEN, CohortState.CLOSED)),
            own,
        )
    )
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class OwnTable:
    """The actor's table in one round, and who else sits there."""

    round: SeatingRound
    seat: Seat
    others: tuple[Seat, ...]


def own_tables(actor: Actor, plan: SeatingPlan) -> list[OwnTable]:
    """The actor's table in each round, once tables are shown."""
    if not plan.is_shown:
        return []
    found = []
    for one in plan.rounds:
        own = next((seat for seat in one.seats if seat.person_id == actor.id), None)
        if own:
            others = (seat for seat in one.seats if seat.table_number == own.table_number and seat is not own)
            found.append(OwnTable(one, own, tuple(sorted(others, key=lambda seat: seat.person.name))))
    return found


def tables_in_words(actor: Actor, session_id: UUID) -> str:
    """The actor's tables at a session in a sentence, once they are shown; nothing before. One query."""
    rows = db.session.execute(
        select(SeatingRound.number, Seat.table_number)
        .join(SeatingPlan, SeatingPlan.id == SeatingRound.plan_id)
        .join(Seat, Seat.round_id == SeatingRound.id)
        .where(
            SeatingPlan.session_id == session_id,
            Seat.person_id == actor.id,
            SeatingPlan.shown_from <= clock.now(),
        )
        .order_by(SeatingRound.number)
    ).all()
    return ". ".join(f"Round {number}: table {table}" for number, table in rows) + ("." if rows else "")


def meeting_of(plan: SeatingPlan) -> Meeting:
    """How many new people those seated meet, and which tables have few agencies. What the register says counts: whoever
    did not come met nobody.
    """
    planned = {seat.person_id: str(seat.agency_id) for one in plan.rounds for seat in one.seats}
    absent = _absent(plan.session) & planned.keys()
    agency = {person: of for person, of in planned.items() if person not in absent}
    known = known_pairs(plan.session, agency)
    rounds = [
        tuple(tuple(str(one.person_id) for one in table.seats if one.person_id in agency) for table in one.tables)
        for one in rounds_of(plan)
    ]
    named = [(str(one), str(other)) for one, other in known]
    found = measure(rounds, {str(person): of for person, of in agency.items()}, named)
    return replace(found, absent=len(absent))


def _absent(session: CohortSession) -> set[UUID]:
    """The people of whom the register of this session says that they did not come. One query."""
    return set(
        db.session.scalars(
            select(Booking.person_id)
            .join(Attendance, Attendance.booking_id == Booking.id)
            .where(Attendance.session_id == session.id, Attendance.mark == Mark.ABSENT)
        )
    )


def gone(plan: SeatingPlan, room: Collection[Booking]) -> list[str]:
    """The names of those who sit somewhere in the last round and are not in the room: marked absent, or without a place
    by now.
    """
    here = {one.person_id for one in room}
    last = plan.rounds[-1].seats if plan.rounds else []
    return sorted(seat.person.name for seat in last if seat.person_id not in here)


def not_seated(plan: SeatingPlan, room: Collection[Booking]) -> list[Booking]:
    """People in the room who sit at no table in the last round."""
    seated = {seat.person_id for seat in plan.rounds[-1].seats} if plan.rounds else set()
    return [one for one in room if one.person_id not in seated]
