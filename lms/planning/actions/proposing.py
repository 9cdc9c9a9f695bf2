"""Proposals: starting one, stopping it, and the trainer's own changes, answered at once by local counting."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import event, select

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.people.models import Person
from lms.planning import building, queries
from lms.planning.actions.nominating import band_all
from lms.planning.building import Loaded
from lms.planning.figures import CANNOT, Board, Broken, moved, shortfalls
from lms.planning.looking import change
from lms.planning.models import DateProgramme, Hold, Override, Proposal
from lms.planning.states import HoldKind, ProposalState

MOST_UNDO = 30


class NothingCanRun(Refusal):
    """No date can run, whoever goes where."""


class AtWork(Refusal):
    """The worker has one already."""

    sentence = "The plan is being worked out already. You can stop it and keep the best so far."


class NoPlan(Refusal):
    """There is nothing to change yet."""

    sentence = "There is no plan yet. Work one out first."


class ChangedMeanwhile(Refusal):
    """Somebody else changed the plan after the page was opened."""


class NobodyTicked(Refusal):
    """No person was chosen."""

    sentence = "Tick at least one person."


class CannotBeThere(Refusal):
    """A rule about the person that no reason sets aside."""


class RuleBroken(Refusal):
    """The change breaks rules; with a reason it is made all the same."""

    field = "reason"

    def __init__(self, broken: Collection[Broken]) -> None:
        self.broken = tuple(broken)
        said = " ".join(one.sentence for one in broken)
        super().__init__(f"{said} Give a reason to do it all the same, or leave it.")


@dataclass(frozen=True)
class Step:
    """What a trainer does with the people ticked: `pin`, `move` (to a date), `leave`, `free` or `undo`."""

    do: str
    people: tuple[str, ...] = ()
    to: str | None = None
    reason: str = ""


def start(actor: Actor, programme_id: UUID, version: int, let_go: Collection[str] = ()) -> Proposal:
    """Have a plan worked out around what is pinned and left out, but for pins that are `let_go`. Raises NotFound,
    ChangedMeanwhile, AtWork or NothingCanRun.
    """
    programme = lock(actor, programme_id, version)
    _let_go(actor, programme, let_go)
    last = queries.latest(programme)
    if last and last.is_at_work:
        raise AtWork
    band_all(programme)
    loaded = building.load(programme)
    _check_something_can_run(loaded)
    proposal = Proposal(
        programme_id=programme.id,
        number=last.number + 1 if last else 1,
        started_by=actor.id,
        stage="Waiting for the worker",
        booked=loaded.booked,
    )
    db.session.add(proposal)
    touch(actor, programme)
    db.session.flush()
    audit.record(actor, "proposal.started", proposal.id)
    wake_after_commit(proposal.id)
    return proposal


def _let_go(actor: Actor, programme: DateProgramme, people: Collection[str]) -> None:
    held = queries.holds(programme)
    for person in people:
        if person in held:
            db.session.delete(held[person])
            audit.record(actor, "plan.free", programme.id, people=1)
    db.session.flush()


def _check_something_can_run(loaded: Loaded) -> None:
    if not loaded.problem.sessions:
        raise NothingCanRun("Add a date that is still to come first.")
    if not loaded.nominated:
        raise NothingCanRun("Nobody is nominated and approved yet.")
    found = shortfalls(loaded.problem, loaded.words)
    if len(found) == len(loaded.problem.sessions):
        raise NothingCanRun(" ".join(found.values()))


def wake_after_commit(proposal_id: UUID) -> None:
    """Give the worker the proposal as soon as it is saved; were that lost, the clock finds it within a minute."""
    wake = current_app.extensions.get("solve_now")
    if wake is not None:
        event.listen(db.session, "after_commit", lambda _session: wake(str(proposal_id)), once=True)


def stop(actor: Actor, programme_id: UUID) -> None:
    """Have the worker end with the best so far. Raises NotFound."""
    programme = queries.lock_run(actor, programme_id)
    last = queries.latest(programme)
    if last and last.is_at_work:
        last.stop_asked = True
        audit.record(actor, "proposal.stop_asked", last.id)


def lock(actor: Actor, programme_id: UUID, version: int) -> DateProgramme:
    """The programme, locked, as the page that was answered showed it. Raises NotFound or ChangedMeanwhile."""
    programme = queries.lock_run(actor, programme_id)
    check_version(actor, programme, version)
    return programme


def check_version(actor: Actor, programme: DateProgramme, version: int) -> None:
    """Refuse what was sent from a page that is older than the plan. Raises ChangedMeanwhile."""
    if programme.version != version:
        raise ChangedMeanwhile(_who_changed(actor, programme))


def _who_changed(actor: Actor, programme: DateProgramme) -> str:
    who = db.session.get(Person, programme.changed_by) if programme.changed_by else None
    name = "You" if who and who.id == actor.id else who.name if who else "Somebody"
    at = f" at {clock.local(programme.changed_at):%H:%M}" if programme.changed_at else ""
    elsewhere = ", in another window" if who and who.id == actor.id else ""
    return f"{name} changed this plan{at}{elsewhere}. Here is the new version; what you chose is not yet done."


def touch(actor: Actor, programme: DateProgramme) -> None:
    """Note that the plan has changed, by whom and when."""
    programme.version += 1
    programme.changed_by, programme.changed_at = actor.id, clock.now()


def adjust(actor: Actor, programme_id: UUID, version: int, step: Step) -> str:
    """Make one change of the plan and say what it did to the figures.

    Raises NotFound, ChangedMeanwhile, NoPlan, NobodyTicked, CannotBeThere, or RuleBroken where a reason is wanted.
    """
    programme = lock(actor, programme_id, version)
    proposal = queries.latest_with_plan(programme)
    if proposal is None or proposal.state == ProposalState.PUBLISHED:
        raise NoPlan if proposal is None else NoPlan("This plan is published. Work out the next one to change it.")
    if (last := queries.latest(programme)) and last.is_at_work:
        raise AtWork
    loaded = building.load(programme, step.people if step.do == "move" else ())
    said = _undo(programme, proposal, loaded) if step.do == "undo" else _do(actor, programme, proposal, loaded, step)
    touch(actor, programme)
    audit.record(actor, f"plan.{step.do}", proposal.id, people=len(step.people))
    return said


def _do(actor: Actor, programme: DateProgramme, proposal: Proposal, loaded: Loaded, step: Step) -> str:
    chosen = [one for one in dict.fromkeys(step.people) if one in loaded.nominated]
    if not chosen:
        raise NobodyTicked
    if step.do == "move" and step.to not in loaded.words.dates:
        raise NotFound
    seats = {one: proposal.assignment[one] for one in loaded.words.people if one in proposal.assignment}
    before = Board(loaded.problem, seats)
    goes = _goes(step, chosen, seats)
    _remember(proposal, loaded, chosen)
    after = Board(loaded.problem, moved(seats, goes))
    if step.do in ("move", "leave"):
        _check(actor, proposal, after, loaded, replace(step, people=tuple(chosen)))
    _hold(actor, programme, loaded, step, goes)
    proposal.assignment = dict(after.seats)
    db.session.flush()
    return _said(loaded, before, after, step, chosen)


def _goes(step: Step, chosen: list[str], seats: dict[str, str | None]) -> dict[str, str | None]:
    if step.do == "move":
        return dict.fromkeys(chosen, step.to)
    if step.do == "leave":
        return dict.fromkeys(chosen)
    if step.do == "pin" and any(seats.get(one) is None for one in chosen):
        raise NobodyTicked("Tick people who have a place to pin them, or move them to a date.")
    if step.do not in ("pin", "free"):
        raise NotFound
    return {one: seats.get(one) for one in chosen}


def _check(actor: Actor, proposal: Proposal, after: Board, loaded: Loaded, step: Step) -> None:
    """Refuse what no reason sets aside, ask for a reason where a rule breaks, and keep the reason given."""
    before = Board(loaded.problem, proposal.assignment)
    for person in step.people if step.do == "move" else ():
        if not after.can_be_on(after.people[person], str(step.to)):
            raise CannotBeThere(f"{loaded.words.people[person]} {CANNOT}.")
    had = {one.rule for one in before.broken(loaded.words)}
    new = [one for one in after.broken(loaded.words) if one.rule not in had]
    if firm := next((one for one in new if one.firm), None):
        raise CannotBeThere(firm.sentence)
    if new and not step.reason.strip():
        raise RuleBroken(new)
    for broken in new:
        row = Override(programme_id=proposal.programme_id, rule=broken.sentence[:300], reason=step.reason.strip()[:300])
        row.key, row.by_id = broken.rule, actor.id
        db.session.add(row)
        db.session.flush()
        audit.record(actor, "rule.overridden", row.id, rule=broken.rule.partition(":")[0])


def _hold(actor: Actor, programme: DateProgramme, loaded: Loaded, step: Step, goes: dict[str, str | None]) -> None:
    for person, date in goes.items():
        row = loaded.holds.get(person)
        if step.do == "free":
            if row is not None:
                db.session.delete(row)
            continue
        row = row or Hold(programme_id=programme.id, person_id=UUID(person))
        row.kind = HoldKind.PIN if date else HoldKind.OUT
        row.cohort_id, row.set_by, row.set_at = UUID(date) if date else None, actor.id, clock.now()
        db.session.add(row)


def _remember(proposal: Proposal, loaded: Loaded, chosen: list[str]) -> None:
    step = {one: [proposal.assignment.get(one), _stored(loaded.holds.get(one))] for one in chosen}
    proposal.undo = [*proposal.undo, step][-MOST_UNDO:]


def _stored(hold: Hold | None) -> list[str | None] | None:
    return [hold.kind, str(hold.cohort_id) if hold.cohort_id else None, str(hold.set_by)] if hold else None


def _undo(programme: DateProgramme, proposal: Proposal, loaded: Loaded) -> str:
    if not proposal.undo:
        raise NobodyTicked("There is nothing to undo.")
    before = Board(loaded.problem, proposal.assignment)
    step: dict[str, Any] = proposal.undo[-1]
    proposal.undo = proposal.undo[:-1]
    proposal.assignment = {**proposal.assignment, **{person: seat for person, (seat, _) in step.items()}}
    rows = db.session.scalars(
        select(Hold).where(Hold.programme_id == programme.id, Hold.person_id.in_([UUID(one) for one in step]))
    )
    there = {str(row.person_id): row for row in rows}
    for person, (_, held) in step.items():
        _restore(programme, there.get(person), person, held)
    db.session.flush()
    after = Board(loaded.problem, proposal.assignment)
    return f"Undone. Average {before.average:.1f} → {after.average:.1f}."


def _restore(programme: DateProgramme, row: Hold | None, person: str, held: list[str | None] | None) -> None:
    if held is None:
        if row is not None:
            db.session.delete(row)
        return
    kind, date, by = held
    row = row or Hold(programme_id=programme.id, person_id=UUID(person))
    row.kind, row.cohort_id, row.set_by = str(kind), UUID(date) if date else None, UUID(str(by))
    db.session.add(row)


def _said(loaded: Loaded, before: Board, after: Board, step: Step, chosen: list[str]) -> str:
    first = loaded.words.people[chosen[0]]
    rest = len(chosen) - 1
    who = first if not rest else f"{first} and {rest} {'other' if rest == 1 else 'others'}"
    if step.do == "pin":
        return f"{who} pinned. The plan is worked out around pins."
    if step.do == "free":
        return f"{who} let go: the next plan may move them."
    agency = after.people[chosen[0]].agency
    did = f"moved to {loaded.words.dates[step.to]}" if step.to and step.do == "move" else "left out"
    return f"{who} {did}. {change(before, after, step.to if step.do == 'move' else None, agency, loaded.words)}"
