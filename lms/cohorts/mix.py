"""The mix of agencies in a room, in figures, sentences and the blocks of a bar. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

PERCENT = 100
ROOM_FOR_LETTER_AND_COUNT = 9
ROOM_FOR_COUNT = 4


@dataclass(frozen=True)
class Group:
    """The people of one agency."""

    agency: str
    sector: str
    people: int


@dataclass(frozen=True)
class Rules:
    """What a trainer asked of the mix: places, the fewest agencies, the largest share of one agency in percent, and the
    fewest sectors (0: any).
    """

    capacity: int
    minimum_agencies: int
    largest_share: int
    minimum_sectors: int = 0


@dataclass(frozen=True)
class Mix:
    """The mix of one room. Groups are in order of size, then by name."""

    groups: tuple[Group, ...]

    @property
    def people(self) -> int:
        """Everyone in the room."""
        return sum(group.people for group in self.groups)

    @property
    def agencies(self) -> int:
        """How many different agencies there are."""
        return len(self.groups)

    @property
    def sectors(self) -> int:
        """How many different sectors there are."""
        return len({group.sector for group in self.groups})

    @property
    def largest(self) -> Group | None:
        """The agency with the most people, or None in an empty room."""
        return self.groups[0] if self.groups else None

    def share(self, group: Group) -> int:
        """The agency's share of those in the room, in whole percent."""
        return round(PERCENT * group.people / self.people)

    @property
    def index(self) -> float:
        """1 - Σp² over the agencies: 0 when all are from one, towards 1 the more even the mix."""
        if not self.people:
            return 0.0
        return 1 - sum((group.people / self.people) ** 2 for group in self.groups)

    @property
    def met(self) -> float:
        """How many people from other agencies each person meets, on average."""
        return self.people * self.index


@dataclass(frozen=True)
class Block:
    """One agency's part of the bar; `x`, `width` and `middle` in percent of the whole."""

    group: Group
    x: float
    width: float

    @property
    def middle(self) -> float:
        """Where the words stand."""
        return round(self.x + self.width / 2, 2)

    @property
    def has_letter(self) -> bool:
        """Whether the letter and the number both fit on a phone."""
        return self.width >= ROOM_FOR_LETTER_AND_COUNT

    @property
    def has_count(self) -> bool:
        """Whether at least the number fits."""
        return self.width >= ROOM_FOR_COUNT


def measure(groups: Iterable[Group]) -> Mix:
    """The mix of these people; agencies without anyone are left out."""
    return Mix(tuple(sorted((one for one in groups if one.people), key=lambda one: (-one.people, one.agency))))


def blocks(mix: Mix) -> list[Block]:
    """The bar, from left to right; the widths add up to the whole."""
    made: list[Block] = []
    start, before = 0.0, 0
    for group in mix.groups:
        before += group.people
        end = round(PERCENT * before / mix.people, 2)
        made.append(Block(group, start, round(end - start, 2)))
        start = end
    return made


def headline(mix: Mix, *, over: bool = False) -> str:
    """What the mix means, in one sentence, before the day or when it is over."""
    if not mix.people:
        return "Nobody had a place." if over else "Nobody has a place yet."
    if mix.agencies == 1:
        return "Everyone with a place is from the same agency, so nobody meets anyone new."
    verb = "could meet" if over else "will meet"
    return f"The average person {verb} {_people(round(mix.met, 1))} from other agencies."


def summary(mix: Mix) -> str:
    """The bar in words: how many agencies, and the largest."""
    if mix.largest is None:
        return "Nobody has a place yet."
    if mix.agencies == 1:
        return f"{_people(mix.people)}, from {mix.largest.agency} only."
    return (
        f"{_count(mix.agencies, 'agency', 'agencies')} of {_count(mix.sectors, 'sector', 'sectors')}; the largest is "
        f"{mix.largest.agency} with {mix.largest.people} of {mix.people} ({mix.share(mix.largest)}%)."
    )


def unmet(mix: Mix, rules: Rules) -> list[str]:
    """Which rules those in the room do not yet meet, and what would meet them, most serious first."""
    found = []
    lacking = rules.minimum_agencies - mix.agencies
    if lacking > 0:
        verb = "agency is" if lacking == 1 else "agencies are"
        found.append(f"{lacking} more {verb} needed: {mix.agencies} of at least {rules.minimum_agencies} have a place.")
    sectors = rules.minimum_sectors - mix.sectors
    if sectors > 0:
        verb = "sector is" if sectors == 1 else "sectors are"
        found.append(f"{sectors} more {verb} needed: {mix.sectors} of at least {rules.minimum_sectors} have a place.")
    more = others_needed(mix, rules.largest_share)
    if more and mix.largest:
        found.append(
            f"{_people(more, 'more ')} from other agencies {'is' if more == 1 else 'are'} needed: {mix.largest.agency} "
            f"has {mix.largest.people} of the {mix.people} places taken, more than {rules.largest_share}%."
        )
    return found


def others_needed(mix: Mix, largest_share: int) -> int:
    """How many more people from other agencies bring the largest agency down to the share (percent) of the room."""
    if mix.largest is None:
        return 0
    return max(0, ceil(mix.largest.people * PERCENT / largest_share) - mix.people)


def _people(number: float, kind: str = "") -> str:
    shown = f"{number:g}"
    return f"{shown} {kind}{'person' if number == 1 else 'people'}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
