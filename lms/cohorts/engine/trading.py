"""Seats found by trades: two people of one round trade tables, again and again; the best seating is kept. Pure.

The number of trades is fixed beforehand, so that the same problem and seed end with the same seating on any machine.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from math import exp
from random import Random

from lms.cohorts.engine.party import Party, Seating

LOOK = 4_096
FOREVER = 1 << 60


class Trading:
    """A seating of which the rounds `free` may change. `worths` are what a pair is worth when it meets for the first
    time and counts as new, and what it loses for each further time; `more` and `less` hold what one meeting more, or
    less, would change.
    """

    def __init__(
        self, party: Party, start: Seating, dice: Random, worths: tuple[int, int], free: Sequence[int] | None = None
    ) -> None:
        self.party, self.dice = party, dice
        self.new, self.again = worths
        self.rounds = [[list(table) for table in tables] for tables in start]
        self.free = list(range(len(start)) if free is None else free)
        size = len(party.people)
        self.meet = [[0] * size for _ in range(size)]
        self.more = [
            [self.new * x - c for x, c in zip(cross, price, strict=True)]
            for cross, price in zip(party.cross, party.price, strict=True)
        ]
        self.less = [[0] * size for _ in range(size)]
        for p in range(size):
            self.more[p][p] = 0
        for tables in self.rounds:
            for table in tables:
                for p, q in combinations(table, 2):
                    self._meet(p, q, 1)
        self.place = [{p: t for t, table in enumerate(tables) for p in table} for tables in self.rounds]
        self.mobile = [[p for p in sorted(place) if party.people[p].seat is None] for place in self.place]
        self.free = [turn for turn in self.free if len(self.mobile[turn]) > 1]

    def _meet(self, p: int, q: int, by: int) -> None:
        """Count a meeting more or less, and what one more or less would now be worth."""
        times = self.meet[p][q] + by
        self.meet[p][q] = self.meet[q][p] = times
        first, later = self.new * self.party.cross[p][q] - self.party.price[p][q], -self.again - self.party.price[p][q]
        self.more[p][q] = self.more[q][p] = later if times else first
        self.less[p][q] = self.less[q][p] = later if times > 1 else first if times else 0

    def worth(self) -> int:
        """What the present seating is worth."""
        total = 0
        for p, row in enumerate(self.meet):
            cross, price = self.party.cross[p], self.party.price[p]
            for q in range(p):
                if row[q]:
                    total += self.new * cross[q] - self.again * (row[q] - 1) - price[q] * row[q]
        return total

    def run(
        self, steps: int, warm: float, cool: float, *, most: int = FOREVER, stop: Callable[[], bool] | None = None
    ) -> Seating:
        """Make so many trades, fewer when the seating is worth `most` or `stop` says so; the best seating seen."""
        value = best = self.worth()
        since: list[tuple[int, int, int]] = []
        pick, free, place, mobile = self.dice.random, self.free, self.place, self.mobile
        cooling = (cool / warm) ** (1 / max(1, steps))
        warmth = warm
        for step in range(steps if free else 0):
            if step % LOOK == 0 and stop and stop():
                break
            warmth *= cooling
            turn = free[int(pick() * len(free))]
            who = mobile[turn]
            p, q = who[int(pick() * len(who))], who[int(pick() * len(who))]
            if place[turn][p] == place[turn][q]:
                continue
            change = self.change(turn, p, q)
            if change >= 0 or pick() < exp(change / warmth):
                self.trade(turn, p, q)
                value += change
                since.append((turn, p, q))
                if value > best:
                    best = value
                    since.clear()
                    if best >= most:
                        break
        for turn, p, q in reversed(since):
            self.trade(turn, p, q)
        return self.copy()

    def change(self, turn: int, p: int, q: int) -> int:
        """What it would add if these two, of different tables, traded in this round."""
        tables, place = self.rounds[turn], self.place[turn]
        more_p, more_q, less_p, less_q = self.more[p], self.more[q], self.less[p], self.less[q]
        total: int = -more_p[q] - more_q[p]
        for x in tables[place[p]]:
            total += more_q[x] - less_p[x]
        for x in tables[place[q]]:
            total += more_p[x] - less_q[x]
        return total

    def trade(self, turn: int, p: int, q: int) -> None:
        """Let these two trade tables in this round."""
        place = self.place[turn]
        one, other = self.rounds[turn][place[p]], self.rounds[turn][place[q]]
        for x in one:
            if x != p:
                self._meet(p, x, -1)
                self._meet(q, x, 1)
        for x in other:
            if x != q:
                self._meet(q, x, -1)
                self._meet(p, x, 1)
        one[one.index(p)], other[other.index(q)] = q, p
        place[p], place[q] = place[q], place[p]

    def copy(self) -> Seating:
        """The present seating."""
        return [[list(table) for table in tables] for tables in self.rounds]
