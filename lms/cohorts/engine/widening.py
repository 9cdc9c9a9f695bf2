"""Trades that lose nothing and let people meet more agencies. Pure."""

from collections.abc import Callable
from math import exp

from lms.cohorts.engine.party import Seating
from lms.cohorts.engine.trading import LOOK, Trading

WARM, COOL = 0.8, 0.15


class Widening(Trading):
    """Trades of a seating that is already good: `met` counts how often each person meets each agency."""

    def widen(self, steps: int, most: int, stop: Callable[[], bool] | None = None) -> Seating:
        """Try so many trades among those that cost no new pair and no repeat; the seating where people meet most
        agencies, `most` at best.
        """
        self._count()
        found = best = self._agencies()
        kept, warmth = self.copy(), WARM
        cooling = (COOL / WARM) ** (1 / max(1, steps))
        for step in range(steps if self.free else 0):
            if best >= most or (step % LOOK == 0 and stop and stop()):
                break
            warmth *= cooling
            gained = self._try(warmth)
            found += gained
            if found > best:
                best, kept = found, self.copy()
        return kept

    def _count(self) -> None:
        self.met = [[0] * self.party.agencies for _ in self.party.people]
        for tables in self.rounds:
            for table in tables:
                for p in table:
                    for q in table:
                        self.met[p][self.party.agency[q]] += 1

    def _agencies(self) -> int:
        """How many other agencies people meet, in all."""
        return sum(
            sum(1 for name, times in enumerate(row) if times and name != own)
            for row, own in zip(self.met, self.party.agency, strict=True)
        )

    def _try(self, warmth: float) -> int:
        pick = self.dice.random
        turn = self.free[int(pick() * len(self.free))]
        who = self.mobile[turn]
        p, q = who[int(pick() * len(who))], who[int(pick() * len(who))]
        place = self.place[turn]
        if place[p] == place[q] or self.change(turn, p, q) < 0:
            return 0
        one, other = self.rounds[turn][place[p]], self.rounds[turn][place[q]]
        rest, others = [x for x in one if x != p], [x for x in other if x != q]
        gained = self._part(p, rest) + self._part(q, others) + self._join(p, others) + self._join(q, rest)
        if gained >= 0 or pick() < exp(gained / warmth):
            self.trade(turn, p, q)
            return gained
        self._part(p, others)
        self._part(q, rest)
        self._join(p, rest)
        self._join(q, others)
        return 0

    def _join(self, p: int, table: list[int]) -> int:
        """Count the person and these others as meeting; how many agencies were met by somebody for the first time."""
        agency, met, gained = self.party.agency, self.met, 0
        own, row = agency[p], met[p]
        for x in table:
            theirs = agency[x]
            gained += (row[theirs] == 0) + (met[x][own] == 0)
            row[theirs] += 1
            met[x][own] += 1
        return gained

    def _part(self, p: int, table: list[int]) -> int:
        agency, met, lost = self.party.agency, self.met, 0
        own, row = agency[p], met[p]
        for x in table:
            theirs = agency[x]
            row[theirs] -= 1
            met[x][own] -= 1
            lost -= (row[theirs] == 0) + (met[x][own] == 0)
        return lost
