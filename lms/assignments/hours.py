"""Hours of learning over a rolling time: from when to when somebody has enough of them. Pure.

The rule follows the intercollegiate documents that health agencies use (so many hours in three years, half of them
participatory, some with other agencies); numbers are each partnership's own.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from lms.core.clock import months_later

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Learnt:
    """Learning on one day, in minutes. `levels` are the audience levels it was made for; empty: for every level."""

    on: date
    minutes: int
    participatory: bool = False
    multi_agency: bool = False
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Wanted:
    """What a level asks for within so many months: minutes in all, the share of them (in %) that must be participatory,
    whether some must be with other agencies, and the audience levels that count (empty: all).
    """

    minutes: int
    months: int
    participatory: int = 0
    multi_agency: bool = False
    levels: frozenset[str] = frozenset()

    def counts(self, learnt: Learnt) -> bool:
        """Whether this learning counts towards it."""
        return not self.levels or not learnt.levels or bool(self.levels & learnt.levels)

    def within(self, learnt: Iterable[Learnt], day: date) -> list[Learnt]:
        """What counts on a day: learned by then, and not longer ago than its time."""
        return [one for one in learnt if self.counts(one) and one.on <= day <= months_later(one.on, self.months)]

    def is_met(self, learnt: Collection[Learnt]) -> bool:
        """Whether this learning, all within the time, is enough."""
        if not learnt or sum(one.minutes for one in learnt) < self.minutes:
            return False
        joined_in = sum(one.minutes for one in learnt if one.participatory)
        if joined_in * 100 < self.minutes * self.participatory:
            return False
        return not self.multi_agency or any(one.multi_agency for one in learnt)


def runs(learnt: Iterable[Learnt], wanted: Wanted) -> list[tuple[date, date]]:
    """The times over which the hours are enough, as first and last day, in order. Learning counts from its own day to
    the same day so many months later.
    """
    counted = [one for one in learnt if wanted.counts(one)]
    turns = sorted({day for one in counted for day in (one.on, months_later(one.on, wanted.months) + DAY)})
    found: list[tuple[date, date]] = []
    for day, following in pairwise(turns):
        if not wanted.is_met(wanted.within(counted, day)):
            continue
        if found and found[-1][1] + DAY == day:
            found[-1] = (found[-1][0], following - DAY)
        else:
            found.append((day, following - DAY))
    return found
