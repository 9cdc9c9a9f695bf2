"""Who takes which part in a seating where nobody meets twice: parts trade people in all rounds at once. Pure.

However the parts are cast, nobody meets twice; what changes is who of which agency meets whom.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from math import exp
from random import Random

from lms.cohorts.engine.party import Party, Seating
from lms.cohorts.engine.trading import LOOK

WARM, COOL = 2.0, 0.3


class Casting:
    """The parts of a seating, those each part meets, and who plays it."""

    def __init__(self, party: Party, parts: Seating, dice: Random) -> None:
        self.party, self.parts, self.dice = party, parts, dice
        size = len(party.people)
        self.player = list(range(size))
        self.meets: list[list[int]] = [[] for _ in range(size)]
        for tables in parts:
            for table in tables:
                for x, y in combinations(table, 2):
                    self.meets[x].append(y)
                    self.meets[y].append(x)
        self.worth = [
            [int(new) - cost for new, cost in zip(cross, price, strict=True)]
            for cross, price in zip(party.cross, party.price, strict=True)
        ]

    def run(self, steps: int, stop: Callable[[], bool] | None = None) -> Seating:
        """Make so many trades of parts; the best cast seen, as a seating."""
        pick, size, player = self.dice.random, len(self.player), self.player
        value = best = 0
        kept, warmth = list(player), WARM
        cooling = (COOL / WARM) ** (1 / max(1, steps))
        for step in range(steps):
            if step % LOOK == 0 and stop and stop():
                break
            warmth *= cooling
            x, y = int(pick() * size), int(pick() * size)
            change = self._change(x, y)
            if change >= 0 or pick() < exp(change / warmth):
                player[x], player[y] = player[y], player[x]
                value += change
                if value > best:
                    best, kept = value, list(player)
        return self._seated(kept)

    def _change(self, x: int, y: int) -> int:
        player, total = self.player, 0
        one, other = self.worth[player[x]], self.worth[player[y]]
        for z in self.meets[x]:
            if z != y:
                total += other[player[z]] - one[player[z]]
        for z in self.meets[y]:
            if z != x:
                total += one[player[z]] - other[player[z]]
        return total

    def _seated(self, player: Sequence[int]) -> Seating:
        return [[[player[x] for x in table] for table in tables] for tables in self.parts]
