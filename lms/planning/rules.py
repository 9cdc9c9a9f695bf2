"""The rules of a programme of dates, with their usual values, as sentences with the values in them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from enum import IntEnum

from lms.cohorts.cover import USUAL_SHARE, most_away

LARGE = 20


class Band(IntEnum):
    """How urgent a place is for somebody; 1 comes first."""

    OVERDUE = 1
    DUE = 2
    NEW = 3
    WAITED = 4
    OPTIONAL = 5

    @property
    def words(self) -> str:
        """The band as a trainer reads it."""
        return _BANDS[self]


_BANDS = {
    Band.OVERDUE: "Overdue",
    Band.DUE: "Due within 90 days",
    Band.NEW: "New in post",
    Band.WAITED: "On a waiting list before",
    Band.OPTIONAL: "By choice",
}


@dataclass(frozen=True)
class Rules:
    """What every date of a programme must keep. Shares are in percent; `per_team` is of dates below 20 places."""

    min_size: int = 12
    max_size: int = 24
    min_agencies: int = 4
    min_sectors: int = 3
    largest_share: int = 40
    per_team: int = 2
    per_team_large: int = 3
    cover_share: int = USUAL_SHARE
    known_months: int = 12

    def most_of_team(self, places: int) -> int:
        """The most people of one team on a date with so many places."""
        return self.per_team_large if places >= LARGE else self.per_team

    def most_away(self, team_size: int) -> int:
        """The most people of a team that may be away on one day; never less than one."""
        return most_away(team_size, self.cover_share)

    def sentences(self) -> list[str]:
        """Every rule with its value, as a trainer reads it."""
        return [
            f"A date runs with {self.min_size} to {self.max_size} people, or not at all.",
            f"People come from at least {self.min_agencies} agencies of at least {self.min_sectors} sectors.",
            f"No agency has more than {self.largest_share}% of those who come.",
            f"At most {self.per_team} people come from one team; {self.per_team_large} where there are {LARGE} places "
            "or more.",
            f"At most {self.cover_share}% of a team are away on one day, and never fewer than one may go; a team "
            "that has set its own limit keeps to that.",
            "Nobody shares a date with their line manager.",
            f"People who shared a joint day in the last {self.known_months} months do not count as new to each other.",
            "Most urgent first; among equals of one agency, whoever has waited longest.",
        ]

    def changed(self, other: "Rules") -> Iterator[tuple[str, int, int]]:
        """Each value that differs: its name, the value here and the value there."""
        before, after = asdict(self), asdict(other)
        yield from ((name, before[name], after[name]) for name in before if before[name] != after[name])


def from_stored(stored: Mapping[str, int]) -> Rules:
    """The rules of a stored programme; a rule that was not there then has its usual value."""
    known = {one.name for one in fields(Rules)}
    return Rules(**{name: value for name, value in stored.items() if name in known})
