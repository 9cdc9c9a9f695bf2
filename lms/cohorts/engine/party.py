"""The people to seat at tables, by number: what each pair is worth, and how far any seating could go. Pure."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from lms.cohorts.engine.problem import Rotation

COLLEAGUES, APART = 40, 10_000_000

Seating = list[list[list[int]]]
Key = tuple[int, int, int, int, int]
Goal = tuple[int, int, int, int]


class Party:
    """The people in the order of agency, largest first, and identity. `cross` pairs count as new when they meet;
    `price` is what it costs to seat a pair together: much for colleagues, and more than anything for those kept apart.
    """

    def __init__(self, problem: Rotation) -> None:
        self.problem = problem
        agencies = Counter(guest.agency for guest in problem.people)
        self.people = sorted(problem.people, key=lambda one: (-agencies[one.agency], one.agency, one.id))
        self.number = {one.id: n for n, one in enumerate(self.people)}
        names = {name: n for n, name in enumerate(sorted(agencies))}
        self.agencies = len(names)
        self.agency = [names[one.agency] for one in self.people]
        size = len(self.people)
        self.cross = [[self.agency[p] != self.agency[q] for q in range(size)] for p in range(size)]
        self.price = [[0] * size for _ in range(size)]
        for p, q in self._pairs(problem.known):
            self.cross[p][q] = self.cross[q][p] = False
        self._colleagues()
        self.apart = frozenset(self._pairs(problem.keep_apart))
        for p, q in self.apart:
            self._charge(p, q, APART)

    def _pairs(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
        known = [(self.number.get(one, -1), self.number.get(other, -1)) for one, other in pairs]
        return sorted({(min(pair), max(pair)) for pair in known if min(pair) >= 0 and pair[0] != pair[1]})

    def _colleagues(self) -> None:
        for p, q in combinations(range(len(self.people)), 2):
            one, other = self.people[p], self.people[q]
            if (one.team and one.team == other.team) or one.id == other.manager or other.id == one.manager:
                self._charge(p, q, COLLEAGUES)

    def _charge(self, p: int, q: int, price: int) -> None:
        self.price[p][q] += price
        self.price[q][p] += price

    def key(self, rounds: Seating) -> Key:
        """What a seating is judged by, the more the better: rules kept, new pairs, few repeats, agencies met."""
        meet: Counter[tuple[int, int]] = Counter()
        for tables in rounds:
            for table in tables:
                meet.update(combinations(sorted(table), 2))
        met: list[set[int]] = [set() for _ in self.people]
        for p, q in meet:
            if self.agency[p] != self.agency[q]:
                met[p].add(self.agency[q])
                met[q].add(self.agency[p])
        broken = sum(self.price[p][q] * n for (p, q), n in meet.items() if self.price[p][q])
        new = sum(self.cross[p][q] for p, q in meet)
        repeats = sum(n - 1 for n in meet.values())
        counts = [len(one) for one in met]
        return -broken, new, -repeats, sum(counts), min(counts, default=0)

    def legal(self, rounds: Seating) -> bool:
        """Whether nobody sits with somebody they must be kept apart from."""
        return not any(
            pair in self.apart for tables in rounds for table in tables for pair in combinations(sorted(table), 2)
        )

    def goal(self) -> Goal:
        """No seating has more new pairs, fewer repeats (as minus), or more agencies met, in all and by anybody."""
        sizes, rounds = self.problem.table_sizes, self.problem.rounds
        everyone = range(len(self.people))
        shunned = [sum(1 for pair in self.apart if p in pair) for p in everyone] if self.apart else [0] * len(everyone)
        slots = sum(size * (size - 1) // 2 for size in sizes)
        most, least = max(sizes, default=1) - 1, min(sizes, default=1) - 1
        counts = Counter(self.agency)
        same = sum(pairs_when_spread(number, sizes) for number in counts.values())
        meetable = [[self.cross[p][q] and self.price[p][q] < APART for q in everyone] for p in everyone]
        new = min(
            rounds * (slots - same),
            sum(map(sum, meetable)) // 2,
            sum(min(sum(row), rounds * most) for row in meetable) // 2,
        )
        by_person = sum(max(0, rounds * least - (len(everyone) - 1 - shunned[p])) for p in everyone)
        allowed = len(everyone) * (len(everyone) - 1) // 2 - len(self.apart)
        crowded = (rounds - 1) * sum(pairs_when_spread(size, sizes) for size in sizes)  # a table is too large to part
        repeats = max(crowded, rounds * slots - allowed, -(-by_person // 2))
        meets = [self._agencies_in_reach(p, rounds * most) for p in everyone]
        shown = sum(min(len(everyone) - number, number * rounds * most) for number in counts.values())
        together = min(sum(meets), shown)
        return new, -repeats, together, min(min(meets, default=0), together // max(1, len(everyone)))

    def _agencies_in_reach(self, p: int, people: int) -> int:
        others = {
            name
            for name, price in zip(self.agency, self.price[p], strict=True)
            if name != self.agency[p] and price < APART
        }
        return min(len(others), people)


def pairs_when_spread(number: int, sizes: Sequence[int]) -> int:
    """The fewest pairs of one agency at one table, when its people spread over tables of these sizes."""
    seated, pairs = 0, 0
    for level in range(max(sizes, default=0)):
        more = min(number - seated, sum(size > level for size in sizes))
        pairs += more * level
        seated += more
    return pairs
