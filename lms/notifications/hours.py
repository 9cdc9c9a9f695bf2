"""At which hours mail leaves: quiet hours, and when gathered mails are due. Moments carry the partnership's zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

GATHERED_AT = time(8, 30)
MONDAY, SATURDAY = 0, 5
FLOOD = timedelta(hours=1)


@dataclass(frozen=True)
class Quiet:
    """When mails that can wait do wait: between two times of day, over midnight or not, and at weekends."""

    between: tuple[time, time] | None
    weekends: bool

    def covers(self, moment: datetime) -> bool:
        """Whether mails that can wait do so at this moment."""
        if self.weekends and moment.weekday() >= SATURDAY:
            return True
        if self.between is None:
            return False
        begins, ends = self.between
        at = moment.time()
        return begins <= at < ends if begins <= ends else at >= begins or at < ends


def next_daily(moment: datetime) -> datetime:
    """When a mail queued now leaves with those of the day: half past eight, the next working day it is before."""
    return _next(moment, lambda day: day.weekday() < SATURDAY)


def next_weekly(moment: datetime) -> datetime:
    """When a mail queued now leaves with those of the week: half past eight on the next Monday it is before."""
    return _next(moment, lambda day: day.weekday() == MONDAY)


def _next(moment: datetime, fits: Callable[[date], bool]) -> datetime:
    day = moment.date()
    while True:
        at = datetime.combine(day, GATHERED_AT, tzinfo=moment.tzinfo)
        if at > moment and fits(day):
            return at
        day += timedelta(days=1)
