"""On which date somebody can be released: the first one that every rule allows, or which rules stand in the way. Pure.

A date serves a module that its cohort lists to prepare. It is bookable when the person is free for it, has prepared
where the day for that has passed, a place is free for their agency, and their team keeps its limit of people out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lms.cohorts.cover import AtLimit
from lms.cohorts.states import BookingState


class Bar(StrEnum):
    """Why a date cannot be booked, in the order in which they are named.

    NOT_FREE is one word for many reasons (another joint day, here or for another employer, the date given up or
    declined before, a trainer's decision): which of them it is would tell what the manager may not know.
    """

    NOT_FREE = "not free"
    PREPARATION = "preparation"
    PLACE = "place"
    COVER = "cover"


@dataclass(frozen=True)
class Option:
    """An open joint day that serves a module, for one person: how many places are left for their agency, what stands in
    the way, and how they stand on it already (for the agencies the reader sees them at).
    """

    cohort_id: UUID
    title: str
    starts_at: datetime
    sessions: int
    agency: str
    left: int
    bars: tuple[Bar, ...] = ()
    over: tuple[AtLimit, ...] = ()
    stands: BookingState | None = None

    @property
    def can_be_asked(self) -> bool:
        """Whether a manager can still book it: for the waiting list, or over the limit with a reason."""
        return self.stands is None and not {Bar.NOT_FREE, Bar.PREPARATION} & set(self.bars)


class Answer(StrEnum):
    """What is said about the next date."""

    THERE = "there"
    DATE = "date"
    NONE = "none"
    ONLINE = "online"
    HOURS = "hours"


@dataclass(frozen=True)
class Next:
    """The answer for one person and module; `option` is the date, and `sentence` says why there is none."""

    answer: Answer
    option: Option | None = None
    sentence: str = ""


def choose(options: Sequence[Option]) -> Next:
    """The next date among the joint days that serve the module, in order of time: the one they are on already, else the
    first that nothing bars; online where there is no joint day at all.
    """
    there = next((one for one in options if one.stands), None)
    if there:
        return Next(Answer.THERE, there)
    if not options:
        return Next(Answer.ONLINE)
    free = next((one for one in options if not one.bars), None)
    return Next(Answer.DATE, free) if free else Next(Answer.NONE, sentence=in_the_way(options))


def in_the_way(options: Sequence[Option]) -> str:
    """Which rules stand in the way, each joint day counted once, at the first of its bars."""
    counted = Counter(min(one.bars, key=list(Bar).index) for one in options)
    agency = options[0].agency
    said = {
        Bar.NOT_FREE: "they are not free",
        Bar.PREPARATION: "the day for the preparation has passed and it is not finished",
        Bar.PLACE: f"no place is free for {agency}",
        Bar.COVER: "their team would be over its limit of people out",
    }
    if len(options) == 1:
        return f"No date yet: one joint day is open, and {said[next(iter(counted))]}."
    if len(counted) == 1:
        return f"No date yet: {len(options)} joint days are open, and on each {said[next(iter(counted))]}."
    parts = [f"on {counted[bar]} {said[bar]}" for bar in Bar if bar in counted]
    return f"No date yet: of {len(options)} open joint days, {', '.join(parts)}."
