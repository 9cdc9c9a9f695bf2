"""Who has trained with whom: pairs of people of two agencies who were in the same session, counted once. Pure.

People are numbered, and whom somebody has met is one long binary number, so that a few thousand people take
milliseconds. Somebody who came for two agencies at different times counts at each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from math import ceil
from uuid import UUID

from lms.together.measures import percent
from lms.together.suppression import FEWEST

MOST_WHEN_COLD = 2
STEPS = 4


@dataclass(frozen=True)
class Came:
    """One person at one session, for an agency."""

    session: UUID
    person: UUID
    agency: UUID


@dataclass(frozen=True)
class Agency:
    """An agency and how many people work there."""

    key: UUID
    name: str
    sector: str
    people: int

    @property
    def is_tiny(self) -> bool:
        """Whether so few work there that it cannot be expected to have met everyone."""
        return self.people < FEWEST


@dataclass(frozen=True)
class Pair:
    """Two agencies: how many pairs of their people have met, of how many possible, and how many people of each of
    the two are among them.
    """

    one: Agency
    other: Agency
    met: int = 0
    people: tuple[int, int] = (0, 0)

    @property
    def possible(self) -> int:
        """Pairs of people who work at the two agencies; those who left since can have met as well."""
        return max(self.one.people * self.other.people, self.met)

    @property
    def share(self) -> float:
        """Of the possible pairs, how many have met."""
        return self.met / self.possible if self.possible else 0.0

    @property
    def turned(self) -> "Pair":
        """The same pair, with the other agency first."""
        return Pair(self.other, self.one, self.met, self.people[::-1])

    @property
    def counts(self) -> bool:
        """Whether both agencies are large enough to call their pair cold."""
        return not (self.one.is_tiny or self.other.is_tiny)

    @property
    def is_small(self) -> bool:
        """Whether fewer than five people of one of the two are behind the number."""
        return min(self.people) < FEWEST


@dataclass(frozen=True)
class Matrix:
    """Every pair of agencies, in the order given. With `hides`, for readers outside the agencies: a pair behind which
    fewer than five people of one agency stand is not shown, and so none is called cold.
    """

    agencies: tuple[Agency, ...]
    pairs: Mapping[frozenset[UUID], Pair]
    hides: bool = False
    cold: tuple[Pair, ...] = field(init=False)
    most: float = field(init=False)

    def __post_init__(self) -> None:
        """Find the cold pairs and the largest share on show, once."""
        shown = [pair for pair in self.pairs.values() if not self.is_hidden(pair)]
        object.__setattr__(self, "cold", () if self.hides else tuple(_cold(shown)))
        object.__setattr__(self, "most", max((pair.share for pair in shown), default=0.0))

    def is_hidden(self, pair: Pair) -> bool:
        """Whether this reader does not see the number."""
        return self.hides and pair.is_small

    def is_cold(self, pair: Pair) -> bool:
        """Whether the two agencies have hardly met."""
        return pair in self.cold

    def between(self, one: UUID, other: UUID) -> Pair:
        """The pair of two agencies."""
        return self.pairs[frozenset((one, other))]

    @property
    def rows(self) -> list[tuple[Agency, list[Pair]]]:
        """The lower triangle: each agency but the first, with its pairs with those before it."""
        return [
            (agency, [self.between(agency.key, before.key) for before in self.agencies[:place]])
            for place, agency in enumerate(self.agencies)
            if place
        ]

    @property
    def met(self) -> int:
        """Pairs of people of different agencies who have met."""
        return sum(pair.met for pair in self.pairs.values())

    @property
    def possible(self) -> int:
        """All pairs of people of different agencies."""
        return sum(pair.possible for pair in self.pairs.values())

    def step(self, pair: Pair) -> int:
        """How dark the cell is: 0 for nobody met, 4 for the largest share of this table."""
        return 0 if self.is_hidden(pair) or not self.most else ceil(STEPS * pair.share / self.most)

    def of(self, agency: UUID) -> list[Pair]:
        """The pairs of one agency, this one first in each."""
        pairs = [self.between(agency, other.key) for other in self.agencies if other.key != agency]
        return [one if one.one.key == agency else one.turned for one in pairs]


def _cold(pairs: Sequence[Pair]) -> list[Pair]:
    """Pairs of which at most two met; where there is none such, the one with the smallest share. Coldest first."""
    counting = sorted((one for one in pairs if one.counts), key=_coldest_first)
    few = [one for one in counting if one.met <= MOST_WHEN_COLD]
    return few or [one for one in counting[:1] if one.share < 1]


def _coldest_first(pair: Pair) -> tuple[float, int, str, str]:
    return pair.share, -pair.possible, pair.one.name, pair.other.name


def matrix(agencies: Sequence[Agency], came: Iterable[Came], *, hides: bool = False) -> Matrix:
    """Count who has met whom."""
    met, members = _met(came)
    masks = {agency: _mask(numbers) for agency, numbers in members.items()}
    pairs = {}
    for one, other in combinations(agencies, 2):
        here, there = members.get(one.key, {}), masks.get(other.key, 0)
        from_here = [met[number] & there for number in here.values()]
        reached = 0
        for them in from_here:
            reached |= them
        pairs[frozenset((one.key, other.key))] = Pair(
            one,
            other,
            sum(them.bit_count() for them in from_here),
            (sum(them > 0 for them in from_here), reached.bit_count()),
        )
    return Matrix(tuple(agencies), pairs, hides)


Numbers = dict[UUID, int]


def _met(came: Iterable[Came]) -> tuple[list[int], dict[UUID, Numbers]]:
    """Whom each person has met, by number; and the numbers of each agency's people."""
    members: dict[UUID, Numbers] = {}
    sessions: dict[UUID, int] = {}
    seen: dict[UUID, list[int]] = {}
    size = 0
    for one in came:
        numbers = members.setdefault(one.agency, {})
        if one.person not in numbers:
            numbers[one.person] = size
            size += 1
        number = numbers[one.person]
        sessions[one.session] = sessions.get(one.session, 0) | 1 << number
        seen.setdefault(one.session, []).append(number)
    met = [0] * size
    for session, numbers_there in seen.items():
        for number in numbers_there:
            met[number] |= sessions[session]
    return met, members


def _mask(numbers: Numbers) -> int:
    mask = 0
    for number in numbers.values():
        mask |= 1 << number
    return mask


def new_people(sessions: Iterable[tuple[UUID, Sequence[Came]]]) -> dict[UUID, float]:
    """Sessions in order of time, each with its cohort: how many people of other agencies the average person of a
    cohort met there for the first time.
    """
    numbers: Numbers = {}
    met: dict[int, int] = {}
    new: dict[UUID, int] = {}
    people: dict[UUID, set[int]] = {}
    for cohort, room in sessions:
        there = {numbers.setdefault(one.person, len(numbers)): one.agency for one in room}
        colleagues: dict[UUID, int] = {}
        for number, agency in there.items():
            colleagues[agency] = colleagues.get(agency, 0) | 1 << number
        everyone = sum(colleagues.values())
        for number, agency in there.items():
            known = met.get(number, 0)
            new[cohort] = new.get(cohort, 0) + (everyone & ~colleagues[agency] & ~known).bit_count()
            met[number] = known | everyone
        people.setdefault(cohort, set()).update(there)
    return {cohort: new.get(cohort, 0) / len(them) for cohort, them in people.items() if them}


def percent_of(pair: Pair) -> Decimal | None:
    """The share of the possible pairs that have met, in percent."""
    return percent(pair.met, pair.possible)
