"""From when until when each round goes, and how large tables are. Pure.

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


def next_look(shown_from: datetime, ends: list[datetime], now: datetime) -> datetime | None:
    """When a screen that follows the day shows something else: tables appear, or the next round is on; None when
    nothing follows.
    """
    return next((moment for moment in (shown_from, *ends[:-1]) if moment > now), None)
