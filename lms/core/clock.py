"""What time it is, in one place, so that a test can stop the clock and the demo can act in the past."""

import calendar
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARTNERSHIP_ZONE = ZoneInfo("Europe/London")

_acting_at: ContextVar[datetime | None] = ContextVar("acting_at", default=None)


def now() -> datetime:
    """The present moment, in UTC, with its zone."""
    return _acting_at.get() or datetime.now(UTC)


def today() -> date:
    """The date on the wall of the partnership's offices."""
    return now().astimezone(PARTNERSHIP_ZONE).date()


def local(moment: datetime) -> datetime:
    """A stored moment as the partnership's clocks show it."""
    return moment.astimezone(PARTNERSHIP_ZONE)


def from_local(moment: datetime) -> datetime:
    """A moment typed into a form (partnership time, no zone) as UTC."""
    return moment.replace(tzinfo=PARTNERSHIP_ZONE).astimezone(UTC)


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months on, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@contextmanager
def acting_at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at another moment. For the demo only: real actions make its histories."""
    token = _acting_at.set(moment)
    try:
        yield
    finally:
        _acting_at.reset(token)
