"""When a room takes sign-ins, and who counts as having attended. Pure.

The numbers are design decisions of this project, not of any guidance: change them here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.cohorts.states import Mark

OPENS_BEFORE = timedelta(minutes=30)
CLOSES_AFTER = timedelta(minutes=60)
LATE_AFTER = timedelta(minutes=10)
LEAST_PERCENT = 90
EACH_CODE = timedelta(minutes=5)
OLD_CODES = 2


@dataclass(frozen=True)
class Window:
    """The time in which people sign themselves in, from `opens` to before `closes`; from `late` on they are late."""

    opens: datetime
    late: datetime
    closes: datetime

    def takes(self, now: datetime) -> bool:
        """Whether somebody can sign in at this moment."""
        return self.opens <= now < self.closes

    def mark(self, now: datetime) -> Mark:
        """What somebody is who signs in at this moment."""
        return Mark.LATE if now >= self.late else Mark.PRESENT

    @property
    def codes(self) -> int:
        """How many codes the room shows, one after the other, each for `EACH_CODE`."""
        return -((self.opens - self.closes) // EACH_CODE)

    def code(self, now: datetime) -> int:
        """Which of its codes the room shows at this moment, from 0: the first until the window opens, and the last when
        it has closed.
        """
        return min(max((now - self.opens) // EACH_CODE, 0), self.codes - 1)

    def next_code(self, now: datetime) -> datetime | None:
        """When the room shows another code, or None when none follows."""
        number = self.code(now) + 1
        return self.opens + number * EACH_CODE if number < self.codes else None

    def still_takes(self, code: int, now: datetime) -> bool:
        """Whether a code that was shown lately still signs in: scanning and signing in take some minutes."""
        return self.code(now) - OLD_CODES <= code <= self.code(now)


def window(starts: datetime, ends: datetime) -> Window:
    """The window of a session. Sign-in never goes on after the session has ended."""
    return Window(starts - OPENS_BEFORE, starts + LATE_AFTER, min(starts + CLOSES_AFTER, ends))


def attended(
    mark: Mark | None, starts: datetime, ends: datetime, arrived: datetime | None, left: datetime | None
) -> bool:
    """Whether somebody attended: was there for at least `LEAST_PERCENT` of the minutes. Without a time noted the whole
    of the session counts.
    """
    if mark is None or mark is Mark.ABSENT:
        return False
    there = min(left or ends, ends) - max(arrived or starts, starts)
    return there * 100 >= (ends - starts) * LEAST_PERCENT
