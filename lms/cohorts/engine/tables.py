"""Breakout tables over rounds: as many new meetings between agencies as can be, and hardly anybody twice. Pure.

Seats are found by simulated annealing with a fixed number of steps, from a deal by agency or, where the tables allow
it, from an algebraic seating (`algebra`). The bounds say how far any seating could go.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from math import exp
from random import Random

from lms.cohorts.engine.algebra import once_only
from lms.cohorts.engine.plan import Conflict, RotationPlan, Status
from lms.cohorts.engine.problem import Rotation

ENGINE = "common-ground tables 1"
NEW, AGAIN = 4, 3
COLLEAGUES, APART = 40, 100_000
STEPS, TRIES, POLISH = 500_000, 8, 60_000
LOOK = 5_000

Seating = list[list[list[int]]]
Trade = tuple[list[int], list[int], int, int]
Key = tuple[int, int, int, int, int]


class Party:
    """The people, by number in the order of agency and identity, and what each pair is worth."""

    def __init__(self, problem: Rotation) -> None:
        self.problem = problem
        agencies = Counter(guest.agency for guest in problem.people)
        self.people = sorted(problem.people, key=lambda one: (-agencies[one.agency], one.agency, one.id))
        self.number = {one.id: n for n, one in enumerate(self.people)}
        self.agency = [one.agency for one in self.people]
        size = len(self.people)
        self.cross = [[self.agency[p] != self.agency[q] for q in range(size)] for p in range(size)]
        self.price = [[0] * size for _ in range(size)]
        for pair in problem.known:
            if len({p for p in pair if p in self.number}) == 2:
                p, q = self.number[pair[0]], self.number[pair[1]]
                self.cross[p][q] = self.cross[q][p] = False
        self._colleagues()
        self.apart: set[tuple[int, int]] = set()
        for one, other in problem.keep_apart:
            if one in self.number and other in self.number and one != other:
                self._charge(self.number[one], self.number[other], APART)
                self.apart.add((self.number[one], self.number[other]))

    def _colleagues(self) -> None:
        for p, q in combinations(range(len(self.people)), 2):
            one, other = self.people[p], self.people[q]
            if (one.team and one.team == other.team) or one.id == other.manager or other.id == one.manager:
                self._charge(p, q, COLLEAGUES)

    def _charge(self, p: int, q: int, price: int) -> None:
        self.price[p][q] += price
        self.price[q][p] += price

    def start(self) -> Seating:
        """Each agency dealt out over the tables, shifted from round to round; fixed seats first."""
        sizes = self.problem.table_sizes
        rounds: Seating = []
        free = [n for n, one in enumerate(self.people) if one.seat is None]
        for turn in range(self.problem.rounds):
            tables: list[list[int]] = [[] for _ in sizes]
            for n, one in enumerate(self.people):
                if one.seat is not None:
                    tables[one.seat].append(n)
            place = turn
            for n in free:
                while len(tables[place % len(sizes)]) >= sizes[place % len(sizes)]:
                    place += 1
                tables[place % len(sizes)].append(n)
                place += 1
            rounds.append(tables)
        return rounds

    def algebraic(self) -> Seating | None:
        """An algebraic seating, where all tables are of one size and nobody keeps a seat."""
        sizes = set(self.problem.table_sizes)
        if len(sizes) != 1 or any(one.seat is not None for one in self.people):
            return None
        return once_only(len(self.problem.table_sizes), sizes.pop(), self.problem.rounds)

    def key(self, rounds: Seating) -> Key:
        """What a seating is judged by, the more the better: rules kept, new pairs, few repeats, agencies met."""
        meet: Counter[tuple[int, int]] = Counter()
        for tables in rounds:
            for table in tables:
                meet.update(combinations(sorted(table), 2))
        met: list[set[str]] = [set() for _ in self.people]
        for p, q in meet:
            if self.agency[p] != self.agency[q]:
                met[p].add(self.agency[q])
                met[q].add(self.agency[p])
        broken = sum(self.price[p][q] * n for (p, q), n in meet.items())
        new = sum(self.cross[p][q] for p, q in meet)
        repeats = sum(n - 1 for n in meet.values())
        counts = [len(one) for one in met]
        return -broken, new, -repeats, sum(counts), min(counts, default=0)


def seat(
    problem: Rotation, seed: int = 1, *, stop: Callable[[], bool] | None = None, steps: int = STEPS
) -> RotationPlan:
    """Seat people at tables over rounds. Where keep-apart pairs or fixed seats cannot be kept, says so."""
    wrong = impossible(problem)
    if wrong:
        return RotationPlan(Status.INFEASIBLE, seed, ENGINE, conflicts=wrong)
    party = Party(problem)
    goal = bounds(party)
    seating, key = _best(party, goal, seed, stop, steps)
    if any(_together(party, table) for tables in seating for table in tables):
        rules = tuple(f"keep_apart:{party.people[p].id}:{party.people[q].id}" for p, q in sorted(party.apart))
        why = "No seating was found in which everybody who must be kept apart is at different tables."
        return RotationPlan(Status.INFEASIBLE, seed, ENGINE, conflicts=(Conflict(rules, why),))
    rounds = tuple(tuple(tuple(sorted(party.people[n].id for n in table)) for table in tables) for tables in seating)
    status = Status.OPTIMAL if key[1:] >= goal else Status.FEASIBLE
    told = {"new_cross_pairs": goal[0], "repeats": -goal[1], "agencies_met": goal[2], "agencies_met_least": goal[3]}
    return RotationPlan(status, seed, ENGINE, rounds, told)


def _together(party: Party, table: Sequence[int]) -> bool:
    there = set(table)
    return any(p in there and q in there for p, q in party.apart)


def impossible(problem: Rotation) -> tuple[Conflict, ...]:
    """What can be seen at once to be impossible: sizes, fixed seats, more people kept apart than there are tables."""
    found = []
    sizes = problem.table_sizes
    if sum(sizes) != len(problem.people):
        why = f"The tables have {sum(sizes)} seats, and there are {len(problem.people)} people."
        found.append(Conflict(("table_sizes",), why))
    fixed = Counter(one.seat for one in problem.people if one.seat is not None)
    for table, number in sorted(fixed.items()):
        if not 0 <= table < len(sizes) or number > sizes[table]:
            found.append(Conflict((f"seat:{table}",), f"Table {table + 1} has too few seats for those who keep one."))
    return tuple(found)


def bounds(party: Party) -> tuple[int, int, int, int]:
    """No seating has more new pairs, fewer repeats (as minus), or more agencies met, in all and by anybody."""
    sizes, rounds = party.problem.table_sizes, party.problem.rounds
    people = len(party.people)
    slots = sum(size * (size - 1) // 2 for size in sizes)
    counts = Counter(party.agency)
    same = sum(_pairs_when_spread(number, len(sizes)) for number in counts.values())
    ever = sum(map(sum, party.cross)) // 2
    reach = rounds * (max(sizes, default=1) - 1)
    each = sum(min(sum(row), reach) for row in party.cross) // 2
    new = min(rounds * (slots - same), ever, each)
    repeats = max(0, rounds * slots - people * (people - 1) // 2)
    meets = [min(len(counts) - 1, reach) for _ in party.people]
    return new, -repeats, sum(meets), min(meets, default=0)


def _pairs_when_spread(number: int, tables: int) -> int:
    """The fewest pairs of one agency at one table, when its people spread over the tables."""
    low, more = divmod(number, tables)
    return more * (low + 1) * low // 2 + (tables - more) * low * (low - 1) // 2


def _best(
    party: Party, goal: tuple[int, int, int, int], seed: int, stop: Callable[[], bool] | None, steps: int
) -> tuple[Seating, Key]:
    algebraic = party.algebraic()
    starts = [algebraic, party.start()] if algebraic else [party.start()]
    best = max(starts, key=party.key)
    key = party.key(best)
    for number in range(TRIES):
        if (key[0] == 0 and key[1:3] >= goal[:2]) or (stop and stop()):
            break
        start = starts[number % len(starts)]
        warm = 1.0 if start is algebraic else 6.0
        found = Annealing(party, start, Random(f"{seed}-{number}"), goal).run(steps, warm, stop)  # noqa: S311
        if party.key(found) > key:
            best, key = found, party.key(found)
    if key[1:] < goal:
        found = Annealing(party, best, Random(seed), goal).polish(POLISH, stop)  # noqa: S311
        if party.key(found) > key:
            best, key = found, party.key(found)
    return best, key


class Annealing:
    """Two people of one round trade tables, again and again; the best seating seen is kept."""

    def __init__(self, party: Party, start: Seating, dice: Random, goal: tuple[int, int, int, int]) -> None:
        self.party, self.dice = party, dice
        self.rounds = [[list(table) for table in tables] for tables in start]
        size = len(party.people)
        self.meet = [[0] * size for _ in range(size)]
        for tables in self.rounds:
            for table in tables:
                for p, q in combinations(table, 2):
                    self.meet[p][q] += 1
                    self.meet[q][p] += 1
        self.fixed = [one.seat is not None for one in party.people]
        self.most = goal[0] * NEW + goal[1] * AGAIN

    def worth(self, p: int, others: Sequence[int], leaving: int) -> int:
        """What it adds to seat the person with these others, apart from the one who leaves."""
        meet, cross, price = self.meet[p], self.party.cross[p], self.party.price[p]
        total = 0
        for q in others:
            if q != leaving:
                total += (-AGAIN if meet[q] else NEW if cross[q] else 0) - price[q]
        return total

    def count(self, p: int, others: Sequence[int], leaving: int, by: int) -> None:
        """Count the meetings of the person with these others once more, or once less."""
        meet = self.meet
        for q in others:
            if q != leaving:
                meet[p][q] += by
                meet[q][p] += by

    def total(self) -> int:
        """What the present seating is worth."""
        found = 0
        for p, row in enumerate(self.meet):
            for q in range(p):
                if row[q]:
                    found += NEW * self.party.cross[p][q] - AGAIN * (row[q] - 1) - self.party.price[p][q] * row[q]
        return found

    def run(self, steps: int, warm: float, stop: Callable[[], bool] | None = None) -> Seating:
        """Make so many steps, fewer when the bound is reached or `stop` says so; the best seating seen."""
        value = self.total()
        best_value, best = value, self._copy()
        ratio = (0.35 / warm) ** (1 / max(1, steps))
        warmth = warm
        for step in range(steps):
            if step % LOOK == 0 and (best_value >= self.most or (stop and stop())):
                break
            warmth *= ratio
            value += self._step(warmth)
            if value > best_value:
                best_value, best = value, self._copy()
        return best

    def polish(self, steps: int, stop: Callable[[], bool] | None = None) -> Seating:
        """Let people meet more agencies by trades that cost nothing else."""
        names = sorted(set(self.party.agency))
        agency = [names.index(one) for one in self.party.agency]
        met = [[0] * len(names) for _ in agency]
        for p, row in enumerate(self.meet):
            for q, times in enumerate(row):
                met[p][agency[q]] += times
        for step in range(steps):
            if step % LOOK == 0 and stop and stop():
                break
            trade = self._trade()
            if trade is None or self._change(*trade) < 0:
                continue
            if _meet(met, agency, trade, 1) >= 0:
                self._swap(*trade)
            else:
                _meet(met, agency, trade, -1)
        return self._copy()

    def _copy(self) -> Seating:
        return [[list(table) for table in tables] for tables in self.rounds]

    def _trade(self) -> Trade | None:
        pick = self.dice.random
        tables = self.rounds[int(pick() * len(self.rounds))]
        one, other = tables[int(pick() * len(tables))], tables[int(pick() * len(tables))]
        if one is other or not one or not other:
            return None
        i, j = int(pick() * len(one)), int(pick() * len(other))
        return None if self.fixed[one[i]] or self.fixed[other[j]] else (one, other, i, j)

    def _change(self, one: list[int], other: list[int], i: int, j: int) -> int:
        """What the trade would add; nothing is changed."""
        p, q = one[i], other[j]
        self.count(p, one, p, -1)
        self.count(q, other, q, -1)
        before = self.worth(p, one, p) + self.worth(q, other, q)
        change = self.worth(p, other, q) + self.worth(q, one, p) - before
        self.count(p, one, p, 1)
        self.count(q, other, q, 1)
        return change

    def _swap(self, one: list[int], other: list[int], i: int, j: int) -> None:
        p, q = one[i], other[j]
        self.count(p, one, p, -1)
        self.count(q, other, q, -1)
        one[i], other[j] = q, p
        self.count(p, other, p, 1)
        self.count(q, one, q, 1)

    def _step(self, warmth: float) -> int:
        trade = self._trade()
        if trade is None:
            return 0
        change = self._change(*trade)
        if change >= 0 or self.dice.random() < exp(change / warmth):
            self._swap(*trade)
            return change
        return 0


def _meet(met: list[list[int]], agency: list[int], trade: Trade, way: int) -> int:
    """Count whom people of two tables meet after a trade (way 1) or before it again (way -1): the gain in agencies."""
    one, other, i, j = trade
    gained = 0
    for leaver, comer, table in ((one[i], other[j], one), (other[j], one[i], other)):
        for x in table:
            if x != leaver:
                gained -= _once(met, x, agency[leaver], -way) + _once(met, leaver, agency[x], -way)
                gained += _once(met, x, agency[comer], way) + _once(met, comer, agency[x], way)
    return gained


def _once(met: list[list[int]], person: int, agency: int, by: int) -> int:
    """Count a meeting with somebody of the agency; 1 when the person has now met it, or no longer has."""
    before = met[person][agency]
    met[person][agency] = before + by
    return int((before == 0) != (before + by == 0))
