"""People placed on sessions: a legal plan at once, then the best one, level by level, with what could be proved.

The levels follow the goals of the problem: the most urgent band first, then the next, then (in the order named)
stability and mixing; fairness is a pass at the end. Each level begins with the plan so far; where the best that halved
people could reach (a linear relaxation) is no more than that, it is proved, and the mixed integer model is not needed.
Budgets are steps and nodes that follow from the size of the problem, so that the same problem and seed give the same
plan; `seconds` is a safety stop alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from random import Random
from time import monotonic

from lms.cohorts.engine import explain
from lms.cohorts.engine.exact import Answer, Model, Terms, whole
from lms.cohorts.engine.fairness import be_fair
from lms.cohorts.engine.greedy import first_plan, kept_plan, settle
from lms.cohorts.engine.occupancy import Layout, Occupancy
from lms.cohorts.engine.plan import AllocationPlan, Status, Waits
from lms.cohorts.engine.problem import Allocation, Goal
from lms.cohorts.engine.reachable import most_mixing, most_placed
from lms.cohorts.engine.search import Search
from lms.cohorts.engine.waiting import reasons

LARGEST_EXACT = 60_000  # person and session pairs; beyond it a plan is searched for and only bounded
MANY_STEPS = 9_000_000
LARGEST_WHOLE = 600
SMALL = 500
MANY_NODES, FEW_NODES = 4_000, 1
FEW_SESSIONS, MANY_SESSIONS, PATIENCE = 4, 5, 25
ROUNDS = 40
DRAWS = 30
UNKNOWN = 1e15
FOR_EVER = 86_400.0


@dataclass(frozen=True)
class Progress:
    """The best plan so far, and in a few words what goes on."""

    plan: AllocationPlan
    stage: str


class OutOfTime(Exception):
    """The safety stop came before there was any plan."""


@dataclass
class _Run:
    layout: Layout
    seed: int
    seconds: float
    tell: Callable[[Progress], None] | None
    asked_to_stop: Callable[[], bool] | None
    began: float = field(default_factory=monotonic)
    best: list[int] | None = None
    bounds: dict[str, object] = field(default_factory=dict)
    proved: bool = True

    @property
    def left(self) -> float:
        """Seconds until the safety stop."""
        return self.seconds - (monotonic() - self.began)

    def stop(self) -> bool:
        """Whether to end with the best so far."""
        return self.left <= 0 or bool(self.asked_to_stop and self.asked_to_stop())

    def keep(self, at: list[int], stage: str) -> None:
        """Keep these seats as the best so far, and tell of them."""
        self.best = list(at)
        if self.tell:
            self.tell(Progress(self.plan(Status.FEASIBLE), stage))

    def plan(self, status: Status, waiting: tuple[Waits, ...] = ()) -> AllocationPlan:
        """The best so far as a plan."""
        assert self.best is not None
        given = self.layout.assignment(self.best)
        return AllocationPlan(status, self.seed, engine_name(), given, dict(self.bounds), waiting)


def engine_name() -> str:
    """The engine and the version of its solver, as a plan records it."""
    return f"common-ground cohorts 1 (HiGHS {version('highspy')})"


def solve(
    problem: Allocation,
    seed: int = 1,
    *,
    seconds: float | None = 60,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> AllocationPlan:
    """Place people on sessions as well as the goals ask. Ends early, with the best so far, when `stop` says so or the
    seconds are over. Where the rules cannot all hold, the plan says which, and what would mend it.

    Raises OutOfTime when the seconds were over before there was a plan.
    """
    layout = Layout(problem)
    if layout.torn:
        return _infeasible(problem, seed)
    run = _Run(layout, seed, FOR_EVER if seconds is None else seconds, progress, stop)
    room = first_plan(layout)
    if room.is_legal():
        run.keep(room.at, "A first plan is there.")
    size = sum(map(len, layout.eligible))
    if size <= LARGEST_EXACT or run.best is None:
        impossible = _levels(run)
        if impossible:
            return _infeasible(problem, seed)
    else:
        _large(run)
    if run.best is None:
        raise OutOfTime
    return _finished(run)


def _infeasible(problem: Allocation, seed: int) -> AllocationPlan:
    conflicts, relaxations = explain.explain(problem)
    nobody: dict[str, str | None] = {one.id: None for one in sorted(problem.people, key=lambda one: one.id)}
    return AllocationPlan(Status.INFEASIBLE, seed, engine_name(), nobody, conflicts=conflicts, relaxations=relaxations)


def _finished(run: _Run) -> AllocationPlan:
    assert run.best is not None
    layout = run.layout
    room = Occupancy(layout, run.best)
    be_fair(room, at_no_cost=True)
    if Goal.FAIRNESS in layout.problem.goals:
        be_fair(room)
    if room.is_legal() and room.moves() <= Occupancy(layout, run.best).moves():
        run.best = list(room.at)
    final = Occupancy(layout, run.best)
    status = Status.OPTIMAL if run.proved else Status.FEASIBLE
    return run.plan(status, reasons(final))


def _levels(run: _Run) -> bool:
    """All levels, exactly where the budgets allow; whether the rules cannot hold."""
    layout = run.layout
    model = Model(layout)
    if run.best is None or layout.pins or layout.must:
        found = _first_legal(run, model)
        if found is not None:
            return found
    for goal in layout.problem.goals:
        if goal is Goal.PLACED:
            _placement(run, model)
        elif goal is Goal.STABILITY:
            _stability(run, model)
        elif goal is Goal.MIXING:
            _mixing(run, model)
    return False


def _first_legal(run: _Run, model: Model) -> bool | None:
    """Any legal plan, where the first try had none: whether there can be none, or None to go on."""
    if run.best is not None:
        return None
    answer = model.most({}, None, nodes=1_000_000, seconds=run.left, seed=run.seed, stop=run.stop)
    if answer.impossible:
        return True
    if answer.at is None:
        raise OutOfTime
    room = Occupancy(run.layout, answer.at)
    settle(room)
    run.keep(room.at if room.is_legal() else answer.at, "A first plan is there.")
    return None


def _placement(run: _Run, model: Model) -> None:
    layout = run.layout
    bounds: list[int] = []
    for band in layout.problem.bands:
        terms = model.band(band)
        value, bound = _level(run, model, terms, f"Placing band {band}.", nodes=20_000)
        model.hold(terms, value)
        bounds.append(bound)
        run.proved &= value == bound
    run.bounds["placed"] = bounds


def _level(run: _Run, model: Model, terms: Terms, stage: str, *, nodes: int) -> tuple[int, int]:
    """Raise one sum as far as it goes, from the best so far; its value and the best any plan could have."""
    value = _value(run, model, terms)
    if run.stop():
        return value, _at_most(terms)
    bound = model.bound(terms, run.left)
    if bound is not None and bound <= value:
        return value, value
    answer = model.most(terms, run.best, nodes=nodes, seconds=run.left, seed=run.seed, stop=run.stop)
    value = _better(run, model, terms, answer, value, stage)
    limits = [one for one in (bound, answer.bound if abs(answer.bound) < UNKNOWN else None) if one is not None]
    return value, max(value, whole(min(limits, default=_at_most(terms))))


def _at_most(terms: Terms) -> int:
    return whole(sum(value for value in terms.values() if value > 0))


def _value(run: _Run, model: Model, terms: Terms) -> int:
    assert run.best is not None
    return whole(sum(terms.get(column, 0) for (p, s), column in model.x.items() if run.best[p] == s))


def _better(run: _Run, model: Model, terms: Terms, answer: Answer, value: int, stage: str) -> int:  # noqa: PLR0913, PLR0917 -- one step of _level
    if answer.at is None or not Occupancy(run.layout, answer.at).is_legal():
        return value
    before, run.best = run.best, answer.at
    reached = _value(run, model, terms)
    if reached < value:
        run.best = before
        return value
    run.keep(answer.at, stage)
    return reached


def _stability(run: _Run, model: Model) -> None:
    layout = run.layout
    if not layout.base:
        return
    terms = model.staying()
    value, bound = _level(run, model, terms, "Moving as few people as possible.", nodes=20_000)
    model.hold(terms, value)
    run.bounds["stability"] = bound - len(layout.base)
    run.proved &= value == bound


def _mixing(run: _Run, model: Model) -> None:
    """Mixing: a search, then the model on a few sessions at a time, then the whole model from there."""
    layout = run.layout
    assert run.best is not None
    terms = model.mixing()
    bound = model.bound(terms, run.left) if not run.stop() else None
    goal = None if bound is None else whole(bound)
    settled = Goal.STABILITY in _before(layout, Goal.MIXING) and bool(layout.base)
    if not settled:
        _search(run, _steps(layout), goal)
    small = len(model.x) <= SMALL
    if small:
        goal = _whole(run, model, goal, nodes=MANY_NODES)
    _neighbourhoods(run, goal, rounds=ROUNDS)
    if not small and len(model.x) <= LARGEST_WHOLE:
        goal = _whole(run, model, goal, nodes=FEW_NODES)
    value = Occupancy(layout, run.best).mixing()
    if goal is not None:
        run.bounds["mixing"] = max(value, goal)
    run.proved &= goal is not None and value >= goal
    model.hold(terms, value)


def _whole(run: _Run, model: Model, goal: int | None, *, nodes: int) -> int | None:
    """All sessions at once, for so many nodes; the best any plan could have, as far as is known now."""
    if _reached(run, goal) or run.stop():
        return goal
    terms = model.mixing()
    answer = model.most(terms, run.best, nodes=nodes, seconds=run.left, seed=run.seed, stop=run.stop)
    _keep_better_mixing(run, answer)
    if abs(answer.bound) >= UNKNOWN:
        return goal
    return min(whole(answer.bound), _at_most(terms) if goal is None else goal)


def _reached(run: _Run, goal: int | None) -> bool:
    assert run.best is not None
    return goal is not None and Occupancy(run.layout, run.best).mixing() >= goal


def _before(layout: Layout, goal: Goal) -> tuple[Goal, ...]:
    goals = layout.problem.goals
    return goals[: goals.index(goal)]


def _steps(layout: Layout) -> int:
    return min(1_500_000, 60_000 + 1_200 * len(layout.people))


def _search(run: _Run, steps: int, goal: int | None = None, kept: frozenset[int] = frozenset()) -> None:
    assert run.best is not None
    search = Search(Occupancy(run.layout, run.best), run.seed, kept)
    before = search.best_value
    found = search.run(steps, run.stop, goal)
    if search.best_value > before and Occupancy(run.layout, found).is_legal():
        run.keep(found, "Mixing agencies.")


def _keep_better_mixing(run: _Run, answer: Answer) -> None:
    assert run.best is not None
    if answer.at is None:
        return
    room = Occupancy(run.layout, answer.at)
    before = Occupancy(run.layout, run.best)
    same = room.placed() == before.placed() and room.moves() <= before.moves()
    if room.is_legal() and same and room.mixing() > before.mixing():
        run.keep(answer.at, "Mixing agencies.")


def _neighbourhoods(run: _Run, goal: int | None, rounds: int) -> None:
    """Free a few sessions at a time, the rest staying as they are, and let the model put them right."""
    layout = run.layout
    dice = Random(run.seed)  # noqa: S311 -- no secret: the same seed has to give the same plan
    many, idle = FEW_SESSIONS, 0
    tried: set[tuple[int, ...]] = set()
    for _ in range(rounds):
        if run.stop() or _reached(run, goal):
            return
        many, idle = (many + 1, 0) if idle >= PATIENCE else (many, idle)
        free = _untried(dice, len(layout.sessions), many, tried)
        while free is None and many < MANY_SESSIONS:
            many += 1
            free = _untried(dice, len(layout.sessions), many, tried)
        if free is None:
            return
        before = run.best
        _keep_better_mixing(run, _around(run, free))
        if run.best is before:
            tried.add(free)
            idle += 1
        else:
            tried.clear()
            idle = 0


def _untried(dice: Random, sessions: int, many: int, tried: set[tuple[int, ...]]) -> tuple[int, ...] | None:
    """So many sessions that were not freed together since the last better plan, or None when hardly any are left."""
    if many > MANY_SESSIONS or many >= sessions:
        return None
    for _ in range(DRAWS):
        free = tuple(sorted(dice.sample(range(sessions), many)))
        if free not in tried:
            return free
    return None


def _around(run: _Run, free: tuple[int, ...]) -> Answer:
    """The best mixing with these sessions free and all others as they are."""
    layout = run.layout
    assert run.best is not None
    model = Model(layout, free, run.best)
    for band in layout.problem.bands:
        terms = model.band(band)
        model.hold(terms, _value(run, model, terms))
    if layout.base:
        terms = model.staying()
        model.hold(terms, _value(run, model, terms))
    return model.most(model.mixing(), run.best, nodes=40, seconds=run.left, seed=run.seed, stop=run.stop)


def _large(run: _Run) -> None:
    """A problem too large for the model: the greedy plan, or the one that was published with as few changes as can be,
    searched further; its bounds come from fewer rules.
    """
    layout = run.layout
    first = run.best
    settled = Goal.STABILITY in _before(layout, Goal.MIXING) and bool(layout.base)
    if layout.base:
        _begin_from_baseline(run)
    kept = frozenset(p for p, s in layout.base.items() if run.best and run.best[p] == s) if settled else frozenset()
    if not (settled and run.best is first):
        _search(run, MANY_STEPS, kept=kept)
    else:
        _search(run, MANY_STEPS)
    assert run.best is not None
    room = Occupancy(layout, run.best)
    settle(room)
    if room.is_legal() and room.placed() > Occupancy(layout, run.best).placed():
        run.keep(room.at, "More people have a place.")
    reached = Occupancy(layout, run.best)
    most = most_placed(layout, run.best)
    run.bounds["placed"] = most
    run.bounds["mixing"] = max(reached.mixing(), most_mixing(layout, sum(most)))
    if layout.base:
        run.bounds["stability"] = 0
    run.proved = reached.placed() == most and reached.mixing() == run.bounds["mixing"] and not reached.moves()


def _begin_from_baseline(run: _Run) -> None:
    """The plan around the baseline, where it places at least as well as the greedy one."""
    layout = run.layout
    room = kept_plan(layout)
    if not room.is_legal():
        return
    if run.best is None or room.placed() >= Occupancy(layout, run.best).placed():
        run.keep(room.at, "As few people as possible move.")
