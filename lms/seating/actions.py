"""Making tables, seating anew when somebody is missing or came, and saying when tables are shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.cohorts import queries as cohorts
from lms.cohorts.actions.attendance import opens
from lms.cohorts.engine.plan import RotationPlan, Status, Tables
from lms.cohorts.events import SessionMoved
from lms.cohorts.models import CohortSession
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.seating import duties, joining, queries
from lms.seating.company import Company, company
from lms.seating.engine import seated_anew, sizes, tables_for
from lms.seating.models import KeptSeat, Seat, SeatingPlan, SeatingRound
from lms.seating.rounds import SHOWN_BEFORE, PlannedRound

FEWEST_PEOPLE = 4


class TooFew(Refusal):
    """Tables are for a group."""

    sentence = f"There are fewer than {FEWEST_PEOPLE} people to seat. Make tables when more have a place."


class NotNow(Refusal):
    """The session, or its tables, are not in a state for this."""


@dataclass(frozen=True)
class Wish:
    """Tables as a trainer wants them. `kept` are table numbers from 1; `here` seats only people on the register; `seen`
    is when the tables were made that these replace (`made`), None where that is not said.
    """

    table_size: int
    rounds: tuple[PlannedRound, ...]
    kept: Mapping[UUID, int] = field(default_factory=dict)
    here: bool = False
    shown_from: datetime | None = None
    seen: str | None = None


def made(plan: SeatingPlan | None) -> str:
    """When these tables were made or last changed, as a form carries it; nothing where there are none."""
    return plan.made_at.isoformat() if plan else ""


def _check_seen(plan: SeatingPlan | None, wish: Wish) -> None:
    if wish.seen is not None and wish.seen != made(plan):
        raise NotNow(
            "Somebody else has made or changed these tables since you opened this page. Look at them first. Making "
            "them again from here replaces them."
        )


@dataclass(frozen=True)
class Found:
    """Tables that were found for a company, not yet kept; `seen` is when those were made that they replace."""

    group: Company
    plan: RotationPlan
    seen: datetime | None = None


def find(actor: Actor, cohort_id: UUID, session_id: UUID, wish: Wish) -> Found:
    """Tables for everybody, for all rounds. Slow, and only reads: `keep` writes them.

    Raises NotFound, TooFew, NotNow or NoTables.
    """
    session = queries.session_run(actor, cohort_id, session_id)
    if session.cohort.is_cancelled:
        raise NotNow("This cohort is cancelled, so there are no tables to make.")
    _check_seen(queries.plan_of(session), wish)
    agency = {one.person_id: one.agency_id for one in queries.in_the_room(session, here=wish.here)}
    if len(agency) < FEWEST_PEOPLE:
        raise TooFew
    kept = {person: table for person, table in wish.kept.items() if person in agency}
    planned = sizes(len(agency), wish.table_size)
    if any(table > len(planned) for table in kept.values()):
        raise NotNow(f"There are {len(planned)} tables, so nobody can keep a seat at one with a higher number.")
    group = company(session, agency, kept)
    return Found(group, tables_for(group.problem(planned, len(wish.rounds))))


def keep(actor: Actor, cohort_id: UUID, session_id: UUID, wish: Wish, found: Found) -> SeatingPlan:
    """Keep the tables that were found, in place of those there were. Raises NotFound or NotNow."""
    session = _locked(actor, cohort_id, session_id)
    plan = _fresh(actor, session, wish)
    plan.kept = [
        KeptSeat(person_id=person, table_number=table)
        for person, table in sorted(wish.kept.items())
        if person in found.group.agency
    ]
    plan.rounds = [
        SeatingRound(number=n, starts_at=one.starts_at, ends_at=one.ends_at, task=one.task.strip())
        for n, one in enumerate(wish.rounds, start=1)
    ]
    _note_best(plan, found.plan)
    _seat(plan, found.group, found.plan.rounds, 0, {})
    audit.record(actor, "tables.made", session.id, people=len(found.group.agency), rounds=len(wish.rounds))
    return plan


def _locked(actor: Actor, cohort_id: UUID, session_id: UUID) -> CohortSession:
    return cohorts.session_of(cohorts.lock_run(actor, cohort_id), session_id)


def _fresh(actor: Actor, session: CohortSession, wish: Wish) -> SeatingPlan:
    """The session's plan with nothing in it; made where there was none."""
    plan = queries.plan_of(session)
    _check_seen(plan, wish)
    shown = wish.shown_from or (plan.shown_from if plan else session.starts_at - SHOWN_BEFORE)
    if plan is None:
        plan = SeatingPlan(session_id=session.id)
        db.session.add(plan)
    plan.kept, plan.rounds = [], []
    plan.table_size, plan.shown_from = wish.table_size, shown
    plan.made_by, plan.made_at = actor.id, clock.now()
    db.session.flush()
    return plan


def _note_best(plan: SeatingPlan, found: RotationPlan) -> None:
    """Keep what was proved of the tables."""
    plan.best_new, plan.least_repeats = (_whole(found.bounds.get(name)) for name in ("mixing", "repeats"))


def _whole(number: object) -> int | None:
    return int(number) if isinstance(number, int | float) else None


def _seat(
    plan: SeatingPlan, group: Company, rounds: Sequence[Tables], done: int, before: Mapping[tuple[int, UUID], int]
) -> tuple[int, int]:
    """Write the seats of all rounds that are not over; returns how many people move in the next round, and how many in
    some later one. `before` are the tables that were shown, by round and person.
    """
    dealt = duties.deal(rounds, group.agencies)
    moved: dict[int, set[UUID]] = {number: set() for number in range(1, len(rounds) + 1)}
    for row, tables, duty in list(zip(plan.rounds, rounds, dealt, strict=True))[done:]:
        row.seats = []
        db.session.flush()
        for at, table in enumerate(tables, start=1):
            for number in table:
                person = group.person[number]
                was = before.get((row.number, person), at)
                if was != at:
                    moved[row.number].add(person)
                row.seats.append(
                    Seat(person_id=person, agency_id=group.agency[person], table_number=at, moved=was != at,
                         duty=str(duty.get(number, "")))
                )  # fmt: skip
    later = [people for number, people in moved.items() if number > done + 1]
    return len(moved[done + 1]), len(set().union(*later))


@dataclass(frozen=True)
class Change:
    """Who is missing and who came, and how many rounds are over and stay as they were."""

    missing: frozenset[UUID] = frozenset()
    came: frozenset[UUID] = frozenset()
    done: int = 0


def find_change(actor: Actor, cohort_id: UUID, session_id: UUID, wanted: Change) -> Found:
    """Tables for the rounds that are left, with the fewest moves. Slow, and only reads: `keep_change` writes them.

    Raises NotFound, NotNow, TooFew or NoTables.
    """
    session = queries.session_run(actor, cohort_id, session_id)
    plan = queries.plan_of(session)
    if plan is None or not wanted.done < len(plan.rounds):
        raise NotNow("There is no round left to seat.")
    group = _group(session, plan)
    seated = {person for _, person in _tables_now(plan, wanted.done)}
    room = {one.person_id for one in cohorts.people_on(session.cohort).in_the_room}
    if not wanted.missing <= room | group.agency.keys() or not wanted.came <= group.agency.keys():
        raise NotFound
    left = replace(wanted, missing=wanted.missing & seated, came=wanted.came - seated)
    if not left.missing and not left.came:
        raise NotNow("The room is seated so already. Somebody else may have done it just now: look at the tables.")
    if len(seated) - len(left.missing) + len(left.came) < FEWEST_PEOPLE:
        raise TooFew
    return Found(group, _changed(plan, group, left), plan.made_at)


def keep_change(actor: Actor, cohort_id: UUID, session_id: UUID, wanted: Change, found: Found) -> tuple[int, int]:
    """Keep the tables that were found; returns how many of those who stay move to another table in the next round, and
    how many in some later one. Raises NotFound, or NotNow when somebody else has changed the tables since.
    """
    plan = queries.plan_of(_locked(actor, cohort_id, session_id))
    if plan is None or plan.made_at != found.seen:
        raise NotNow("Somebody else has just changed these tables. Look at them, then say again who is missing.")
    before = _tables_now(plan, wanted.done)
    seated = {person for _, person in before}
    moved = _seat(plan, found.group, found.plan.rounds, wanted.done, before)
    plan.made_at, plan.made_by = clock.now(), actor.id
    _note_best(plan, found.plan)
    missing, came = len(wanted.missing & seated), len(wanted.came - seated)
    audit.record(actor, "tables.changed", session_id, missing=missing, came=came, moved=moved[0])
    return moved


def _group(session: CohortSession, plan: SeatingPlan) -> Company:
    """Everybody seated in some round, and everybody in the room, in order of agency and name."""
    seats = [seat for one in plan.rounds for seat in one.seats]
    people = {seat.person_id: (seat.agency.name, seat.person.name, seat.agency_id) for seat in seats}
    people |= {one.person_id: (one.agency.name, one.person.name, one.agency_id) for one in queries.in_the_room(session)}
    ordered = sorted(people, key=lambda person: (*people[person][:2], person))
    return company(session, {person: people[person][2] for person in ordered}, _kept(plan))


def _kept(plan: SeatingPlan) -> dict[UUID, int]:
    return {one.person_id: one.table_number for one in plan.kept}


def _tables_now(plan: SeatingPlan, done: int) -> dict[tuple[int, UUID], int]:
    return {(one.number, seat.person_id): seat.table_number for one in plan.rounds[done:] for seat in one.seats}


def _changed(plan: SeatingPlan, group: Company, wanted: Change) -> RotationPlan:
    """The rounds without those who are missing and with those who came. Slow."""
    rounds, done = group.numbered(plan.rounds), wanted.done
    came, missing = _numbers(group, wanted.came), _numbers(group, wanted.missing)
    if not missing:
        joined = _joined(group, rounds, done, came)
        if joined:
            return RotationPlan(Status.FEASIBLE, 1, "", joined)
    here = joining.seated(rounds[done:])  # whoever went earlier is no matter of the engine
    before = [tuple(tuple(one for one in table if one in here) for table in tables) for tables in rounds[:done]]
    whole = group.problem([len(table) for table in rounds[done]], len(rounds), here | set(came))
    problem = replace(whole, people=tuple(one for one in whole.people if one.id in here))
    added = [one for one in whole.people if one.id not in here]
    found = seated_anew(problem, (*before, *rounds[done:]), done, missing, added)
    return replace(found, rounds=(*rounds[:done], *found.rounds[done:]))


def _joined(group: Company, rounds: Sequence[Tables], done: int, came: Sequence[str]) -> tuple[Tables, ...] | None:
    """The rounds with everybody who came, when nobody else has to move for it."""
    later: tuple[Tables, ...] | None = tuple(rounds)
    for number in came:
        later = joining.join(group.problem((), len(rounds)), later, done, number) if later else None
    return later


def _numbers(group: Company, people: Collection[UUID]) -> list[str]:
    return sorted(group.number[person] for person in people)


def show_now(actor: Actor, cohort_id: UUID, session_id: UUID) -> None:
    """Let everybody in the room see their tables from now on. Raises NotFound or NotNow."""
    session = _locked(actor, cohort_id, session_id)
    plan = queries.plan_of(session)
    if plan is None:
        raise NotFound
    if not opens(session):
        raise NotNow("Tables are shown on the day of the session, so that they are those of the people who come.")
    if not plan.is_shown:
        plan.shown_from = clock.now()
        audit.record(actor, "tables.shown", session.id)


def session_moved(fact: SessionMoved) -> None:
    """Rounds, and when tables are shown, keep their distance from the start of their session."""
    plan = db.session.scalar(select(SeatingPlan).where(SeatingPlan.session_id == fact.session_id))
    if plan is None or fact.starts == fact.started:
        return
    by = fact.starts - fact.started
    plan.shown_from += by
    for one in plan.rounds:
        one.starts_at, one.ends_at = one.starts_at + by, one.ends_at + by
