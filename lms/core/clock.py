"""What time it is, in one place, so that a test can stop the clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARTNERSHIP_ZONE = ZoneInfo("Europe/London")


def now() -> datetime:
    """The present moment, in UTC, with its zone."""
    return datetime.now(UTC)


def today() -> date:
    """The date on the wall of the partnership's offices."""
    return now().astimezone(PARTNERSHIP_ZONE).date()


def local(moment: datetime) -> datetime:
    """A stored moment as the partnership's clocks show it."""
    return moment.astimezone(PARTNERSHIP_ZONE)


def from_local(moment: datetime) -> datetime:
    """A moment typed into a form (partnership time, no zone) as UTC."""
    return moment.replace(tzinfo=PARTNERSHIP_ZONE).astimezone(UTC)
