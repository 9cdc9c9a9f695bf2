"""Publishing: the plan becomes bookings, and only now people are told, each whose standing changed."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.cohorts import mails
from lms.cohorts import queries as cohorts
from lms.cohorts.actions import arranging, building, filling, placing
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.queries import Candidate
from lms.cohorts.states import ON_IT, BookingState, CohortState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Refusal
from lms.people.models import Person
from lms.planning import building as loading
from lms.planning import queries, waiting
from lms.planning.actions.proposing import AtWork, NoPlan, check_version, touch
from lms.planning.building import Loaded
from lms.planning.figures import Board
from lms.planning.models import DateProgramme, Nomination, Proposal
from lms.planning.states import ProposalState
from lms.web.links import absolute

PUBLISHED_ALREADY = "This plan is published already. Nobody was told twice."


class BookedMeanwhile(Refusal):
    """Bookings are not as they were when the plan was made."""


class CannotPublish(Refusal):
    """The plan places somebody where they cannot be."""


@dataclass
class Changes:
    """Who is told what when a plan is published: people by what changes for them. What only a draft of a cohort says
    was told to nobody. `later` came on the list after the plan was made and hear of the next one; `leaves` are bookings
    that end, `waits` the waiting lists each person stands on afterwards.
    """

    placed: dict[str, str] = field(default_factory=dict)
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    queued: dict[str, list[str]] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)
    guests: list[str] = field(default_factory=list)
    leaves: dict[str, str] = field(default_factory=dict)
    waits: dict[str, list[str]] = field(default_factory=dict)
    kept: int = 0
    later: int = 0

    @property
    def told(self) -> int:
        """How many people get a mail."""
        return len({*self.placed, *self.moved, *self.lost, *self.queued, *self.unplaced, *self.guests})


def changes(loaded: Loaded, proposal: Proposal) -> Changes:
    """What publishing would change: the plan against who has a place, waits, or was told of neither before."""
    board, found = Board(loaded.problem, proposal.assignment), Changes()
    queued, told = _queued_now(loaded), queries.told_of_no_place(proposal)
    for person in loaded.nominated:
        if person not in proposal.assignment:
            found.later += 1
            found.waits[person] = list(loaded.words.dates)
            continue
        now, then = loaded.booked.get(person), proposal.assignment.get(person)
        if now and now != then:
            found.leaves[person] = now
        _sort(found, person, None if now in loaded.drafts else now, then)
        if then:
            continue
        found.waits[person] = waiting.queues_for(board, board.people[person])
        if new := [one for one in found.waits[person] if (person, one) not in queued and one != now]:
            found.queued[person] = new
        elif not found.waits[person] and person not in told and person not in found.lost:
            found.unplaced.append(person)
    running = {seat for seat in proposal.assignment.values() if seat}
    found.guests = [
        one
        for one, seat in loaded.booked.items()
        if one not in loaded.nominated and seat in loaded.drafts and seat in running
    ]
    return found


def _sort(found: Changes, person: str, known: str | None, then: str | None) -> None:
    """Say what somebody is told of their place, from the one they know of."""
    if known and known == then:
        found.kept += 1
    elif known and then:
        found.moved[person] = (known, then)
    elif then:
        found.placed[person] = then
    elif known:
        found.lost[person] = known


def _queued_now(loaded: Loaded) -> set[tuple[str, str]]:
    """Who waits on which date now, and knows it."""
    known = [UUID(one.id) for one in loaded.problem.sessions if one.id not in loaded.drafts]
    rows = db.session.execute(
        select(Booking.person_id, Booking.cohort_id).where(
            Booking.cohort_id.in_(known), Booking.state == BookingState.WAITING
        )
    )
    return {(str(person), str(cohort)) for person, cohort in rows}


def publish(actor: Actor, programme_id: UUID, version: int) -> str:
    """Make the plan true: seats, moves, waiting lists, and one set of mails. Publishing again changes nothing.

    Raises NotFound, ChangedMeanwhile (someone else changed it first), AtWork, NoPlan, BookedMeanwhile or
    CannotPublish.
    """
    programme = queries.lock_run(actor, programme_id)
    proposal = _to_publish(programme)
    if proposal.state == ProposalState.PUBLISHED:
        return PUBLISHED_ALREADY
    check_version(actor, programme, version)
    dates = _lock_cohorts(programme)
    loaded = loading.load(programme)
    _check(loaded, proposal)
    _Publishing(actor, programme, proposal, loaded, dates).run()
    proposal.state = ProposalState.PUBLISHED
    touch(actor, programme)
    seats = sum(1 for one in loaded.nominated if proposal.assignment.get(one))
    return f"Published. {seats} {'person has' if seats == 1 else 'people have'} a place."


def _to_publish(programme: DateProgramme) -> Proposal:
    last, proposal = queries.latest(programme), queries.latest_with_plan(programme)
    if last and last.is_at_work:
        raise AtWork
    if proposal is None:
        raise NoPlan
    return proposal


def _lock_cohorts(programme: DateProgramme) -> dict[str, Cohort]:
    """The dates still to come, locked in one order everywhere and caught up with the clock."""
    ids = sorted(one.cohort_id for one in programme.in_order if not one.cohort.has_begun)
    found = {str(one): cohorts.lock_known(one) for one in ids}
    for cohort in found.values():
        filling.catch_up(cohort)
    db.session.flush()
    return found


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
            raise CannotPublish(f"{one.sentence} Move somebody or leave them out first.")
    gone = [one for one, seat in proposal.assignment.items() if seat and one not in loaded.problem.eligible]
    if gone:
        raise CannotPublish("Somebody in this plan has withdrawn or left. Work the plan out again; it keeps your pins.")
    if any(seat and seat not in loaded.words.dates for seat in proposal.assignment.values()):
        raise CannotPublish("A date of this plan was called off or has begun. Work the plan out again.")


@dataclass
class _Publishing:
    """One publishing under way; every row it writes goes through the acts of booking."""

    actor: Actor
    programme: DateProgramme
    proposal: Proposal
    loaded: Loaded
    dates: dict[str, Cohort]

    @cached_property
    def rows(self) -> dict[tuple[str, str], Booking]:
        """The bookings there are, by person and date."""
        rows = db.session.scalars(select(Booking).where(Booking.cohort_id.in_([one.id for one in self.dates.values()])))
        return {(str(row.person_id), str(row.cohort_id)): row for row in rows}

    def run(self) -> None:
        """Open the dates that run, seat people, put the others in line, and tell each once."""
        found = changes(self.loaded, self.proposal)
        self._leave(found)
        self._open()
        for person, date in sorted(found.placed.items()):
            placing.give(self.actor, self.dates[date], self._enter(person, date, BookingState.ASKED))
        for person, (before, date) in sorted(found.moved.items()):
            self._move(person, before, date)
        self._queue(found)
        db.session.flush()
        self._tell(found)
        audit.record(self.actor, "plan.published", self.proposal.id, placed=len(found.placed), moved=len(found.moved))

    def _leave(self, found: Changes) -> None:
        """End the places that change and the waiting that has an end; nobody is moved up into what this frees before
        the plan has been carried out.
        """
        for (person, date), row in sorted(self.rows.items()):
            if person not in self.loaded.nominated or row.state not in ON_IT:
                continue
            place_ends = row.holds_place and found.leaves.get(person) == date
            wait_ends = row.state == BookingState.WAITING and date not in found.waits.get(person, ())
            if place_ends or wait_ends:
                placing.leave(self.actor, self.dates[date], row, BookingState.CANCELLED)

    def _open(self) -> None:
        """Dates that run leave the draft, and those who were on one already are told; the other dates stay."""
        state = CohortState.OPEN if self.programme.opens else CohortState.CLOSED
        for date in sorted({seat for seat in self.proposal.assignment.values() if seat}):
            cohort = self.dates[date]
            if cohort.is_draft:
                cohort.state = state
                db.session.flush()
                building.tell_everyone(cohort, but=[UUID(one) for one in self.loaded.nominated])
                audit.record(self.actor, f"cohort.{'opened' if self.programme.opens else 'closed'}", cohort.id)

    def _enter(self, person: str, date: str, state: BookingState) -> Booking:
        nomination = self.loaded.nominated[person]
        candidate = Candidate(nomination.person, nomination.agency, nomination.job)
        row = placing.enter(self.dates[date], candidate, self.rows.get((person, date)), state)
        row.asked_at = nomination.asked_at
        row.approved_at, row.approved_by = _approval(nomination)
        arranging.write(row, nomination.needs, row.access_needs)
        self.rows[person, date] = row
        return row

    def _move(self, person: str, before: str, date: str) -> None:
        row = self._enter(person, date, BookingState.BOOKED)
        row.booked_at = clock.now()
        audit.record(self.actor, "cohort.place_booked", row.id, cohort=date)
        self._mail("moved", row.person, self.dates[date], before=list(self.dates[before].sessions))
        mails.take_out(row.person, self.dates[before])

    def _queue(self, found: Changes) -> None:
        for person, dates in sorted(found.queued.items()):
            for date in dates:
                row = self._enter(person, date, BookingState.WAITING)
                audit.record(self.actor, "cohort.waiting_list_joined", row.id, cohort=date, why="plan")

    def _tell(self, found: Changes) -> None:
        people = {one: self.loaded.nominated[one].person for one in self.loaded.nominated}
        for person, date in sorted(found.lost.items()):
            self._mail("lost", people[person], self.dates[date], leaves=True, queued=bool(found.waits[person]))
        for person, dates in sorted(found.queued.items()):
            if person not in found.lost:
                self._mail("queued", people[person], self.dates[dates[0]], dates=len(dates))
        for person in sorted(found.unplaced):
            self._mail("unplaced", people[person], next(iter(self.dates.values())))

    @staticmethod
    def _mail(name: str, to: Person, cohort: Cohort, *, leaves: bool = False, **more: Any) -> None:
        link = absolute("cohorts.show", cohort_id=cohort.id)
        mails.send(f"planning/{name}", to, cohort, leaves=leaves, link=link, **more)


def _approval(nomination: Nomination) -> tuple[Any, UUID]:
    """When and by whom the nomination was approved, which booking asks for where a cohort needs it."""
    return nomination.decided_at or nomination.asked_at, nomination.decided_by or nomination.nominated_by
