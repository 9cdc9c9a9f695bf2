"""Tables nobody meets at twice, by going round a circle. Pure.

People stand in circles of as many places as there are rounds; those left over stay where they are, one to a table. One
round is seated so that no step along a circle, and no step between two circles, joins two tablemates twice. Every later
round is the one before with each circle moved on by a place: then no two people meet twice. Finding that one round is a
small search, where finding all rounds at once would be hopeless.
"""

from collections.abc import Sequence
from itertools import combinations
from math import exp
from random import Random

Rounds = list[list[list[int]]]

WARM, COOL = 1.0, 0.15
STEPS, TRIES, LONGER = 40_000, 4, 4

# Eight tables of four over ten rounds, from a longer search: ten pairs meet twice, and no better first round was found.
KNOWN: dict[tuple[int, int, int], tuple[tuple[int, ...], ...]] = {
    (8, 4, 10): (
        *((6, 7, 12, 4), (31, 2, 15, 24), (29, 16, 19, 18), (8, 25, 10, 28)),
        *((11, 0, 23, 17), (22, 26, 20, 1), (13, 27, 9, 3), (21, 30, 5, 14)),
    )
}


def going_round(tables: int, size: int, rounds: int) -> Rounds | None:
    """So many rounds at so many tables of this size in which no two people meet twice, or hardly any (`KNOWN`); None
    where none is found. Those with the highest numbers are the ones that stay.
    """
    known = KNOWN.get((tables, size, rounds))
    if known:
        return _moved_on(known, tables * size, rounds, rounds)
    for length in range(max(rounds, 2), max(rounds, 2) + LONGER):
        first = _first_round(tables, size, length)
        if first is not None:
            return _moved_on(first, tables * size, length, rounds)
    return None


def _moved_on(first: Sequence[Sequence[int]], people: int, length: int, rounds: int) -> Rounds:
    moving = people // length * length
    return [
        [[p if p >= moving else p // length * length + (p + turn) % length for p in table] for table in first]
        for turn in range(rounds)
    ]


def _first_round(tables: int, size: int, length: int) -> list[list[int]] | None:
    """One round in which each step joins tablemates at most once."""
    people = tables * size
    staying = people % length
    step, used = _steps(people, length)
    pairs = tables * size * (size - 1) // 2
    if length > people or staying > tables or pairs > used.count(0):
        return None
    for number in range(TRIES):
        dice = Random(f"{people}-{length}-{number}")  # noqa: S311
        found = _Search(_shuffled(tables, size, staying, dice), step, used, dice).run()
        if found is not None:
            return found
    return None


def _shuffled(tables: int, size: int, staying: int, dice: Random) -> list[list[int]]:
    """Any seating in which those who stay, the last ones, are at different tables."""
    people = tables * size
    free = list(range(people - staying))
    dice.shuffle(free)
    seated = [[people - staying + n] if n < staying else [] for n in range(tables)]
    for table in seated:
        while len(table) < size:
            table.append(free.pop())
    return seated


def _steps(people: int, length: int) -> tuple[list[list[int]], list[int]]:
    """The number of the step between each two people, and for each step whether it must not be used at all."""
    moving = people // length * length
    number: dict[tuple[int, int, int], int] = {}
    step: list[list[int]] = [[0] * people for _ in range(people)]
    used: list[int] = []
    for p, q in combinations(range(people), 2):
        one, other = p // length, q // length
        if q >= moving:
            name = (-1, one if p < moving else -1, q)
        else:
            along = (q - p) % length
            name = (one, other, min(along, length - along) if one == other else along)
        if name not in number:
            number[name] = len(used)
            half = one == other and 2 * name[2] == length
            used.append(int(p >= moving or (q < moving and half)))
        step[p][q] = step[q][p] = number[name]
    return step, used


class _Search:
    """Two people trade tables, again and again, until no step is used twice."""

    def __init__(self, tables: list[list[int]], step: list[list[int]], used: list[int], dice: Random) -> None:
        self.tables, self.step, self.dice, self.count = tables, step, dice, list(used)
        self.cost = sum(self._add(p, table[:n], -1) for table in self.tables for n, p in enumerate(table))

    def _add(self, p: int, table: Sequence[int], leaving: int) -> int:
        """Seat the person with these others; how many steps are used once more than they may."""
        row, count, more = self.step[p], self.count, 0
        for q in table:
            if q != leaving:
                more += count[row[q]] > 0
                count[row[q]] += 1
        return more

    def _take(self, p: int, table: Sequence[int], leaving: int) -> int:
        row, count, less = self.step[p], self.count, 0
        for q in table:
            if q != leaving:
                count[row[q]] -= 1
                less += count[row[q]] > 0
        return less

    def run(self) -> list[list[int]] | None:
        """The round, or None when so many trades did not find it."""
        pick, size, cooling = self.dice.random, len(self.tables[0]), (COOL / WARM) ** (1 / STEPS)
        warmth = WARM
        for _ in range(STEPS):
            if self.cost == 0:
                return self.tables
            warmth *= cooling
            one, other = (self.tables[int(pick() * len(self.tables))] for _ in range(2))
            i, j = int(pick() * size), int(pick() * size)
            if one is not other:
                self._trade(one, other, i, j, warmth)
        return None

    def _trade(self, one: list[int], other: list[int], i: int, j: int, warmth: float) -> None:
        p, q = one[i], other[j]
        change = -self._take(p, one, p) - self._take(q, other, q)
        change += self._add(q, one, p) + self._add(p, other, q)
        if change <= 0 or self.dice.random() < exp(-change / warmth):
            one[i], other[j] = q, p
            self.cost += change
        else:
            self._take(q, one, p)
            self._take(p, other, q)
            self._add(p, one, p)
            self._add(q, other, q)
