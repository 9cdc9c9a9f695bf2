"""A small solver for tests: most urgent first, to the date with the fewest of their agency, then what keeps the rules.

It knows nothing of proof; the real engine has tests of its own.
"""

from dataclasses import dataclass
from types import ModuleType

from lms.cohorts.engine.plan import AllocationPlan, Status, Waits
from lms.planning.figures import Board, Obstacle, Words


@dataclass(frozen=True)
class Progress:
    plan: AllocationPlan
    stage: str


def solve(problem, seed=1, *, seconds=60, progress=None, stop=None):
    seats = {one.id: None for one in problem.people} | {one.person: one.session for one in problem.pins}
    order = sorted(
        problem.people, key=lambda one: (one.id not in problem.baseline, one.band, -one.waiting_days, one.id)
    )
    running = [one.id for one in problem.sessions]
    for person in order:
        if seats[person.id] is None:
            seats[person.id] = _best(problem, seats, person, running)
    _empty_what_cannot_run(problem, seats)
    plan = AllocationPlan(Status.FEASIBLE, seed, "stand-in", seats, {}, _waits(seats))
    if progress:
        progress(Progress(plan, "first plan"))
    if stop:
        stop()
    return plan


def _best(problem, seats, person, running):
    board = Board(problem, seats)
    able = [one for one in running if board.obstacle(person, one) in (None, Obstacle.NOT_RUN, Obstacle.SHARE)]
    held = problem.baseline.get(person.id)
    if held in able:
        return held
    most = {one: board.sessions[one].max_agency_share * board.sessions[one].capacity for one in able}
    same = {one: sum(1 for other in board.on[one] if other.agency == person.agency) for one in able}
    able = [one for one in able if same[one] + 1 <= most[one]]
    return min(able, key=lambda one: (same[one], len(board.on[one]), one), default=None)


def _empty_what_cannot_run(problem, seats):
    pinned = {one.person for one in problem.pins}
    while broken := [one for one in Board(problem, seats).broken(Words()) if not one.firm]:
        rule, session, *agency = broken[0].rule.split(":")
        there = [one for one in Board(problem, seats).on.get(session, []) if one.id not in pinned]
        if rule == "agency_share":
            there = [one for one in there if one.agency == agency[0]][-1:]
        if not there:
            break
        seats |= dict.fromkeys((one.id for one in there), None)


def _waits(seats):
    return tuple(Waits(one, "no seat") for one, seat in seats.items() if seat is None)


def module() -> ModuleType:
    made = ModuleType("lms.cohorts.engine.allocation")
    made.solve, made.Progress = solve, Progress
    return made
