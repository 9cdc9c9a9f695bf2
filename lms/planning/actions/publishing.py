"""Publishing: the plan becomes bookings, and only now people are told, each whose standing changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.audit import actions as audit
from lms.cohorts.mails import Kind, tell
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.states import BookingState, CohortState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Refusal
from lms.notifications import actions as notifications
from lms.people.models import Person
from lms.planning import building, queries, waiting
from lms.planning.actions.proposing import AtWork, NoPlan, lock, touch
from lms.planning.building import Loaded
from lms.planning.figures import Board
from lms.planning.models import DateProgramme, Nomination, Proposal
from lms.planning.states import ProposalState
from lms.web.links import absolute


class BookedMeanwhile(Refusal):
    """Bookings are not as they were when the plan was made."""


class CannotPublish(Refusal):
    """The plan places somebody where they cannot be."""


@dataclass
class Changes:
    """Who is told what when a plan is published: people by what changes for them."""

    placed: dict[str, str] = field(default_factory=dict)
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    queued: dict[str, list[str]] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)
    kept: int = 0

    @property
    def told(self) -> int:
        """How many people get a mail."""
        return len({*self.placed, *self.moved, *self.lost, *self.queued, *self.unplaced})


def changes(loaded: Loaded, proposal: Proposal) -> Changes:
    """What publishing would change: the plan against who has a place, waits, or was told of neither before."""
    board, found = Board(loaded.problem, proposal.assignment), Changes()
    queued, told = _queued_now(loaded), queries.told_of_no_place(proposal)
    for person in loaded.nominated:
        now, then = loaded.booked.get(person), proposal.assignment.get(person)
        if now and now == then:
            found.kept += 1
        elif now and then:
            found.moved[person] = (now, then)
        elif then:
            found.placed[person] = then
        elif now:
            found.lost[person] = now
        if not then:
            dates = waiting.queues_for(board, board.people[person])
            if new := [one for one in dates if (person, one) not in queued and one != now]:
                found.queued[person] = new
            elif not dates and not now and person not in told:
                found.unplaced.append(person)
    return found


def _queued_now(loaded: Loaded) -> set[tuple[str, str]]:
    """Who waits on which date now."""
    rows = db.session.execute(
        select(Booking.person_id, Booking.cohort_id).where(
            Booking.cohort_id.in_([UUID(one.id) for one in loaded.problem.sessions]),
            Booking.state == BookingState.WAITING,
        )
    )
    return {(str(person), str(cohort)) for person, cohort in rows}


def publish(actor: Actor, programme_id: UUID, version: int) -> str:
    """Make the plan true: seats, moves, waiting lists, and one set of mails. Publishing again changes nothing.

    Raises NotFound, ChangedMeanwhile (someone else published or changed it first), AtWork, NoPlan, BookedMeanwhile or
    CannotPublish.
    """
    programme = lock(actor, programme_id, version)
    proposal = _to_publish(programme)
    cohorts = _lock_cohorts(programme)
    loaded = building.load(programme)
    _check(loaded, proposal)
    found = changes(loaded, proposal)
    rows = _bookings(cohorts)
    _open(actor, programme, proposal, cohorts)
    _seat(loaded, found, rows)
    _queue(loaded, found, rows)
    _end_other_waits(proposal, rows)
    db.session.flush()
    _tell(loaded, found, cohorts)
    proposal.state = ProposalState.PUBLISHED
    touch(actor, programme)
    audit.record(actor, "plan.published", proposal.id, placed=len(found.placed), moved=len(found.moved))
    seats = sum(1 for one in loaded.nominated if proposal.assignment.get(one))
    return f"Published. {seats} people have a place; {found.told} are told by mail."


def _to_publish(programme: DateProgramme) -> Proposal:
    last, proposal = queries.latest(programme), queries.latest_with_plan(programme)
    if last and last.is_at_work:
        raise AtWork
    if proposal is None:
        raise NoPlan
    if proposal.state == ProposalState.PUBLISHED:
        raise NoPlan("This plan is published already, and nobody was told twice.")
    return proposal


def _lock_cohorts(programme: DateProgramme) -> dict[str, Cohort]:
    ids = [one.cohort_id for one in programme.in_order]
    rows = db.session.scalars(
        select(Cohort)
        .where(Cohort.id.in_(ids))
        .order_by(Cohort.id)
        .options(selectinload(Cohort.sessions))
        .with_for_update(of=Cohort)
        .execution_options(populate_existing=True)
    )
    return {str(row.id): row for row in rows}


def _check(loaded: Loaded, proposal: Proposal) -> None:
    names = loaded.words.people
    other = [one for one in {*loaded.booked, *proposal.booked} if loaded.booked.get(one) != proposal.booked.get(one)]
    if other:
        who = ", ".join(sorted(names.get(one, "somebody who has left the list") for one in other)[:3])
        raise BookedMeanwhile(
            f"Bookings have changed since this plan was made: {who}. Work the plan out again; it keeps your pins."
        )
    for one in Board(loaded.problem, proposal.assignment).broken(loaded.words):
        if one.firm:
            raise CannotPublish(f"{one.sentence} Move or leave out that person first.")
    gone = [one for one, seat in proposal.assignment.items() if seat and one not in loaded.problem.eligible]
    if gone:
        raise CannotPublish("Somebody in this plan has withdrawn or left. Work the plan out again; it keeps your pins.")
    if any(seat and seat not in loaded.words.dates for seat in proposal.assignment.values()):
        raise CannotPublish("A date of this plan was called off or has begun. Work the plan out again.")


def _bookings(cohorts: dict[str, Cohort]) -> dict[tuple[str, str], Booking]:
    rows = db.session.scalars(
        select(Booking)
        .where(Booking.cohort_id.in_([one.id for one in cohorts.values()]))
        .execution_options(populate_existing=True)
    )
    return {(str(row.person_id), str(row.cohort_id)): row for row in rows}


def _open(actor: Actor, programme: DateProgramme, proposal: Proposal, cohorts: dict[str, Cohort]) -> None:
    """Dates that run leave the draft; those nobody was placed on stay as they are."""
    for cohort_id in sorted({seat for seat in proposal.assignment.values() if seat}):
        cohort = cohorts[cohort_id]
        if cohort.is_draft:
            cohort.state = CohortState.OPEN if programme.opens else CohortState.CLOSED
            audit.record(actor, "cohort.opened" if programme.opens else "cohort.closed", cohort.id)


def _seat(loaded: Loaded, found: Changes, rows: dict[tuple[str, str], Booking]) -> None:
    now = clock.now()
    for person, date in {**found.lost, **{one: old for one, (old, _) in found.moved.items()}}.items():
        row = rows[person, date]
        row.state, row.changed_at = BookingState.CANCELLED.value, now
    for person, date in {**found.placed, **{one: new for one, (_, new) in found.moved.items()}}.items():
        row = _row(loaded.nominated[person], date, rows)
        row.state, row.changed_at, row.booked_at = BookingState.BOOKED.value, now, row.booked_at or now


def _queue(loaded: Loaded, found: Changes, rows: dict[tuple[str, str], Booking]) -> None:
    for person, dates in found.queued.items():
        nomination = loaded.nominated[person]
        for date in dates:
            row = _row(nomination, date, rows)
            row.state, row.changed_at = BookingState.WAITING.value, clock.now()
            row.asked_at = nomination.asked_at


def _row(nomination: Nomination, date: str, rows: dict[tuple[str, str], Booking]) -> Booking:
    key = (str(nomination.person_id), date)
    if key not in rows:
        rows[key] = Booking(cohort_id=UUID(date), person_id=nomination.person_id, asked_at=nomination.asked_at)
        db.session.add(rows[key])
    rows[key].agency_id, rows[key].job = nomination.agency_id, nomination.job
    return rows[key]


def _end_other_waits(proposal: Proposal, rows: dict[tuple[str, str], Booking]) -> None:
    """Whoever has a place on one date stands on no waiting list of the others."""
    for (person, _), row in rows.items():
        if row.state == BookingState.WAITING and proposal.assignment.get(person):
            row.state, row.changed_at = BookingState.CANCELLED.value, clock.now()


def _tell(loaded: Loaded, found: Changes, cohorts: dict[str, Cohort]) -> None:
    people = {
        one: loaded.nominated[one].person
        for one in {*found.placed, *found.moved, *found.lost, *found.queued, *found.unplaced}
    }
    for person, date in sorted(found.placed.items()):
        tell(Kind.PLACE_BOOKED, people[person], cohorts[date])
    for person, (old, new) in sorted(found.moved.items()):
        _mail("moved", people[person], cohorts[new], before=list(cohorts[old].sessions))
    for person, date in sorted(found.lost.items()):
        _mail("lost", people[person], cohorts[date], queued=person in found.queued)
    for person, dates in sorted(found.queued.items()):
        if person not in found.lost:
            _mail("queued", people[person], cohorts[dates[0]], dates=len(dates))
    for person in sorted(found.unplaced):
        _mail("unplaced", people[person], next(iter(cohorts.values())))


def _mail(name: str, to: Person, cohort: Cohort, **more: Any) -> None:
    sessions: Sequence[Any] = list(cohort.sessions)
    notifications.queue(
        f"planning/{name}",
        to=to,
        title=cohort.title,
        sessions=sessions,
        link=absolute("cohorts.show", cohort_id=cohort.id),
        all_days=absolute("cohorts.joint_days"),
        **more,
    )
