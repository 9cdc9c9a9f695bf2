"""Counting working days: Monday to Friday. Bank holidays are not known here, so they count as working days. Pure."""

from datetime import date, datetime, timedelta

from lms.core import clock

SATURDAY = 5
ONE = timedelta(days=1)


def before(day: date, number: int) -> date:
    """The date so many working days before a day."""
    return _step(day, number, -ONE)


def after(day: date, number: int) -> date:
    """The date so many working days after a day."""
    return _step(day, number, ONE)


def _step(day: date, number: int, one: timedelta) -> date:
    while number > 0:
        day += one
        number -= day.weekday() < SATURDAY
    return day


def later(moment: datetime, number: int) -> datetime:
    """The same time on the clocks, so many working days later."""
    at = clock.local(moment)
    return clock.from_local(datetime.combine(after(at.date(), number), at.time()))
