"""How many tables of which size, and from when until when each round goes. Pure.

The numbers are design decisions of this project: tables of 4 to 7 people, 6 unless a trainer says otherwise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

USUAL_SIZE, SMALLEST, LARGEST = 6, 4, 7
FEWEST_AGENCIES = 3
USUAL_ROUNDS, MOST_ROUNDS = 3, 6
SHOWN_BEFORE = timedelta(minutes=15)
_USUAL_MINUTES, _BETWEEN = timedelta(minutes=40), timedelta(minutes=5)


@dataclass(frozen=True)
class PlannedRound:
    """One round as a trainer wants it."""

    starts_at: datetime
    ends_at: datetime
    task: str = ""


@dataclass(frozen=True)
class Times:
    """From when until when something goes."""

    starts_at: datetime
    ends_at: datetime


def sizes(people: int, target: int) -> tuple[int, ...]:
    """The sizes of the tables, as near to the target as can be; they differ by one at most, larger ones first."""
    if not people:
        return ()
    tables = max(1, (people + target // 2) // target)
    each, more = divmod(people, tables)
    return (each + 1,) * more + (each,) * (tables - more)


def usual(starts: datetime, ends: datetime) -> tuple[Times, ...]:
    """Rounds to begin with: one after the other from the start of the session, as many as fit into it."""
    found: list[Times] = []
    begin = starts
    while len(found) < USUAL_ROUNDS and begin + _USUAL_MINUTES <= ends:
        found.append(Times(begin, begin + _USUAL_MINUTES))
        begin += _USUAL_MINUTES + _BETWEEN
    return tuple(found) or (Times(starts, ends),)


def ended(ends: list[datetime], now: datetime) -> int:
    """How many rounds are over, of rounds in order that end at these moments."""
    return sum(end <= now for end in ends)
