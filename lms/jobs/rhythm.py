"""How often a job by the clock runs, and for which moment it is due: times of day are UTC, so no hour comes twice."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AGAIN = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60))
SKEW = timedelta(minutes=10)  # further ahead than two machines' clocks differ: this one's has been put back


@dataclass(frozen=True)
class Rhythm:
    """Every so often, counted from midnight plus `offset`."""

    period: timedelta
    offset: timedelta = timedelta(0)

    def last(self, now: datetime) -> datetime:
        """The latest moment until now at which the job was to run."""
        return now - (now - EPOCH - self.offset) % self.period

    def again(self, failures: int, now: datetime) -> datetime:
        """When a job that failed is tried again, after so many failures in a row; at its next time at the latest."""
        return now + min(AGAIN[min(failures, len(AGAIN)) - 1], self.period)


def every(minutes: int) -> Rhythm:
    """Every so many minutes."""
    return Rhythm(timedelta(minutes=minutes))


def hourly(minute: int) -> Rhythm:
    """Once an hour, at this minute."""
    return Rhythm(timedelta(hours=1), timedelta(minutes=minute))


def daily(hour: int, minute: int) -> Rhythm:
    """Once a day, at this time in UTC."""
    return Rhythm(timedelta(days=1), timedelta(hours=hour, minutes=minute))


def is_due(rhythm: Rhythm, now: datetime, done_for: datetime | None, again_at: datetime | None) -> bool:
    """Whether a job is to run: its latest time is not done yet, however long ago that was, and it does not rest after
    a failure. What was done for a time far ahead was done by a clock that has been put back since.
    """
    if again_at is not None and now < again_at <= now + AGAIN[-1]:
        return False
    return done_for is None or done_for < rhythm.last(now) or done_for > now + SKEW
