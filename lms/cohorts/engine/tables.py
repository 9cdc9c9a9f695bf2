"""Breakout tables over rounds: as many new meetings between agencies as can be, and hardly anybody twice. Pure.

Seats are found by trades (`trading`), from a deal by agency or, where the tables allow it, from a seating in which
nobody meets twice (`algebra`, `starters`) with its parts cast so that agencies mix (`casting`). What is told beside the
plan are bounds: how far any seating could go.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from lms.cohorts.engine.algebra import once_only
from lms.cohorts.engine.casting import Casting
from lms.cohorts.engine.parting import settled
from lms.cohorts.engine.party import Goal, Key, Party, Seating
from lms.cohorts.engine.plan import Conflict, RotationPlan, Status, Tables
from lms.cohorts.engine.problem import Rotation
from lms.cohorts.engine.starters import going_round
from lms.cohorts.engine.trading import Trading
from lms.cohorts.engine.widening import Widening

ENGINE = "common-ground tables 1"
FIRST, STEPS, EACH, TRIES = 300_000, 2_500_000, 12_500, 4
CAST, MEND, WIDEN = 60_000, 300_000, 250_000
WORTHS = ((4, 4), (4, 3))
ABOVE_ALL = 50


@dataclass
class _Search:
    """One search: the people, the best that any seating could reach, and the best found so far."""

    party: Party
    goal: Goal
    seed: int
    steps: int
    stop: Callable[[], bool] | None
    progress: Callable[[RotationPlan], None] | None
    best: Seating
    key: Key

    def over(self) -> bool:
        """Whether nothing is left to gain in new pairs and repeats, or somebody asked to stop."""
        return (self.key[0] == 0 and self.key[1:3] >= self.goal[:2]) or self.asked()

    def asked(self) -> bool:
        """Whether somebody asked to stop."""
        return self.stop is not None and self.stop()

    def offer(self, seating: Seating) -> None:
        """Keep this seating if it is the best so far."""
        key = self.party.key(seating)
        if key > self.key:
            self.best, self.key = seating, key
            if self.progress is not None and self.party.legal(seating):
                self.progress(self.plan())

    def dice(self, name: str) -> Random:
        """Dice that fall the same for the same seed."""
        return Random(f"{self.seed}-{name}")  # noqa: S311

    def plan(self) -> RotationPlan:
        """The best so far."""
        proved = self.key[0] == 0 and self.key[1:] >= self.goal
        status = Status.OPTIMAL if proved else Status.FEASIBLE
        return RotationPlan(status, self.seed, ENGINE, named(self.party, self.best), told(self.goal))


def seat(
    problem: Rotation,
    seed: int = 1,
    *,
    steps: int = STEPS,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[RotationPlan], None] | None = None,
) -> RotationPlan:
    """Seat people at tables over rounds. Where keep-apart pairs or kept seats cannot all be had, says which.
    `steps` is the most trades of a long search, of which there are three at most.
    """
    held, conflicts = settled(problem)
    if conflicts:
        return RotationPlan(Status.INFEASIBLE, seed, ENGINE, conflicts=conflicts)
    party = Party(problem)
    start = dealt(party, held)
    search = _Search(party, party.goal(), seed, steps, stop, progress, start, party.key(start))
    for parts in _parts(party):
        if search.over():
            break
        _cast(search, parts)
    if not search.over():
        _trade(search, start)
    _widen(search)
    if not party.legal(search.best):
        rules = tuple(f"keep_apart:{party.people[p].id}:{party.people[q].id}" for p, q in sorted(party.apart))
        why = "No seating was found that keeps everybody apart who must be; whether there is one was not decided."
        return RotationPlan(Status.INFEASIBLE, seed, ENGINE, conflicts=(Conflict(rules, why),))
    return search.plan()


def told(goal: Goal) -> dict[str, object]:
    """The bounds by name: the most new pairs of different agencies, the fewest repeats, the most agencies met."""
    return {"mixing": goal[0], "repeats": -goal[1], "agencies_met": goal[2], "fewest_agencies_met": goal[3]}


def named(party: Party, seating: Seating) -> tuple[Tables, ...]:
    """The seating with people's identities, in order at each table."""
    return tuple(tuple(tuple(sorted(party.people[n].id for n in table)) for table in tables) for tables in seating)


def sizes(people: int, tables: int | None = None, target: int = 6) -> tuple[int, ...]:
    """Table sizes that differ by at most one, larger ones first: as many tables as asked for, or so many that each has
    about `target` people and, where it can be, four to seven.
    """
    if people < 1:
        return ()
    count = tables if tables else min(range(1, people + 1), key=lambda n: _unlike(people, n, target))
    each, over = divmod(people, max(1, min(count, people)))
    return tuple(each + (n < over) for n in range(max(1, min(count, people))))


def _unlike(people: int, tables: int, target: int) -> tuple[int, float]:
    each, over = divmod(people, tables)
    outside = max(0, 4 - each) + max(0, each + (over > 0) - 7)
    return outside, abs(people / tables - target)


def dealt(party: Party, held: dict[str, int]) -> Seating:
    """Each agency dealt out over the tables, shifted from round to round; first those who are kept apart or keep a
    seat, at tables where that is kept.
    """
    chosen = party.problem.table_sizes
    rounds: Seating = []
    for turn in range(party.problem.rounds):
        tables: list[list[int]] = [[] for _ in chosen]
        for who, table in sorted(held.items()):
            tables[table].append(party.number[who])
        place = turn
        for n, one in enumerate(party.people):
            if one.id in held:
                continue
            while len(tables[place % len(chosen)]) >= chosen[place % len(chosen)]:
                place += 1
            tables[place % len(chosen)].append(n)
            place += 1
        rounds.append(tables)
    return rounds


def _parts(party: Party) -> Iterator[Seating]:
    """Seatings in which nobody meets twice, where nobody keeps a seat and sizes differ by at most one."""
    wanted, rounds = party.problem.table_sizes, party.problem.rounds
    largest = max(wanted, default=0)
    if largest < 2 or largest - min(wanted) > 1 or any(one.seat is not None for one in party.people):
        return
    for way in (once_only, going_round):
        made = way(len(wanted), largest, rounds)
        fitted = _fitted(made, wanted, len(party.people)) if made else None
        if fitted:
            yield fitted


def _fitted(made: Seating, wanted: tuple[int, ...], people: int) -> Seating | None:
    """The seating without its last people, and each table where there is one of its size; None where sizes differ."""
    rounds = []
    order = sorted(range(len(wanted)), key=lambda n: -wanted[n])
    for tables in made:
        left = sorted(([p for p in table if p < people] for table in tables), key=lambda table: -len(table))
        placed: list[list[int]] = [[] for _ in wanted]
        for n, table in zip(order, left, strict=True):
            placed[n] = table
        if tuple(map(len, placed)) != wanted:
            return None
        rounds.append(placed)
    return rounds


@dataclass(frozen=True)
class _Run:
    """How many trades, from how warm to how cool, and what new pairs and repeats are worth."""

    steps: int
    warm: float
    cool: float
    worths: tuple[int, int]


def _cast(search: _Search, parts: Seating) -> None:
    """Cast the parts so that agencies mix, then mend by single trades."""
    cast = Casting(search.party, parts, search.dice("cast")).run(CAST, search.stop)
    search.offer(cast)
    if not search.over():
        _traded(search, "mend", cast, _Run(MEND, 1.0, 0.4, (5, 4)))


def _trade(search: _Search, start: Seating) -> None:
    """From a deal by agency: a short run, then long ones; at last, from the best, new pairs above all."""
    steps = min(search.steps, EACH * len(search.party.people) * search.party.problem.rounds)
    for number in range(TRIES):
        if search.over():
            return
        _traded(
            search,
            f"trade-{number}",
            start,
            _Run(steps if number else min(FIRST, steps), 4.0, 0.5, WORTHS[number // 2 % len(WORTHS)]),
        )
    if not search.over():
        _traded(search, "last", search.best, _Run(MEND, 3.0, 0.4, (ABOVE_ALL, 3)))


def _traded(search: _Search, name: str, start: Seating, run: _Run) -> None:
    trading = Trading(search.party, start, search.dice(name), run.worths)
    most = search.goal[0] * run.worths[0] + search.goal[1] * run.worths[1]
    search.offer(trading.run(run.steps, run.warm, run.cool, most=most, stop=search.stop))


def _widen(search: _Search) -> None:
    """Let people meet more agencies by trades that cost nothing else."""
    if search.key[3:] < search.goal[2:] and not search.asked():
        widening = Widening(search.party, search.best, search.dice("widen"), (ABOVE_ALL, 1))
        search.offer(widening.widen(WIDEN, search.goal[2], search.stop))
