"""Whom people meet at tables over rounds, in figures and sentences. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from lms.cohorts.engine.plan import Tables
from lms.seating.rounds import FEWEST_AGENCIES


@dataclass(frozen=True)
class NarrowTable:
    """A table with fewer agencies than one should have."""

    round: int
    table: int
    agencies: int


@dataclass(frozen=True)
class Meeting:
    """What a plan of tables achieves. `new` counts pairs of different agencies who sit together and had not met before;
    `repeats` counts how often two people sit together again. `absent` people were
    planned for and did not come; they count nowhere.
    """

    people: int
    rounds: int
    new: int
    repeats: int
    narrow: tuple[NarrowTable, ...]
    absent: int = 0

    @property
    def average(self) -> float:
        """How many new people from other agencies each person meets, on average."""
        return self._each(self.new)

    def _each(self, pairs: int) -> float:
        return 2 * pairs / self.people if self.people else 0.0

    def sentence(self, best: int | None) -> str:
        """The plan in a sentence; `best` is the most new pairs that any plan could reach, where that is known."""
        rounds = "1 round" if self.rounds == 1 else f"{self.rounds} rounds"
        least = "" if best is None else f"; no seating can do better than {self._each(max(best, self.new)):.1f}"
        return f"Each person meets on average {self.average:.1f} new people from other agencies over {rounds}{least}."


def measure(rounds: Sequence[Tables], agency: Mapping[str, str], known: Collection[tuple[str, str]] = ()) -> Meeting:
    """What these tables achieve for people of these agencies, of whom some pairs have met before."""
    together: Counter[tuple[str, str]] = Counter()
    for tables in rounds:
        for table in tables:
            together.update(combinations(sorted(table), 2))
    before = {(min(pair), max(pair)) for pair in known}
    return Meeting(
        people=len({person for tables in rounds for table in tables for person in table}),
        rounds=len(rounds),
        new=sum(agency[one] != agency[other] and (one, other) not in before for one, other in together),
        repeats=sum(times - 1 for times in together.values()),
        narrow=tuple(
            NarrowTable(number, at, mixed)
            for number, tables in enumerate(rounds, start=1)
            for at, table in enumerate(tables, start=1)
            if table and (mixed := len({agency[person] for person in table})) < FEWEST_AGENCIES
        ),
    )
