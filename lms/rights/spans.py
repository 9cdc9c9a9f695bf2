"""How far back a number of months reaches."""

from datetime import datetime

from lms.core import clock


def months_ago(months: int) -> datetime:
    """The moment so many months back."""
    today = clock.today()
    return clock.now() - (today - clock.months_later(today, -months))
