"""The quarters and financial years (April to March) that figures are counted over. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lms.core.clock import months_later

QUARTER, YEAR = 3, 12
APRIL = 4


@dataclass(frozen=True)
class Period:
    """A quarter or a financial year."""

    first: date
    months: int

    @property
    def last(self) -> date:
        """Its last day."""
        return months_later(self.first, self.months) - timedelta(days=1)

    @property
    def is_year(self) -> bool:
        """Whether it is a whole financial year."""
        return self.months == YEAR

    @property
    def key(self) -> str:
        """How an address names it: 2026-07 is a quarter, 2026-to-2027 a year."""
        return f"{self.first.year}-to-{self.first.year + 1}" if self.is_year else f"{self.first:%Y-%m}"

    @property
    def name(self) -> str:
        """July to September 2026; April 2026 to March 2027."""
        begins = f"{self.first:%B} {self.first.year}" if self.first.year != self.last.year else f"{self.first:%B}"
        return f"{begins} to {self.last:%B} {self.last.year}"

    @property
    def quarters(self) -> tuple["Period", ...]:
        """The quarters it is made of: four, or itself."""
        return tuple(Period(months_later(self.first, n), QUARTER) for n in range(0, self.months, QUARTER))

    def is_over(self, today: date) -> bool:
        """Whether nothing more can happen in it."""
        return self.last < today


def quarter_of(day: date) -> Period:
    """The quarter that a day lies in."""
    return Period(date(day.year, (day.month - 1) // QUARTER * QUARTER + 1, 1), QUARTER)


def year_of(day: date) -> Period:
    """The financial year that a day lies in."""
    return Period(date(day.year - (day.month < APRIL), APRIL, 1), YEAR)


def between(first: date, last: date) -> Iterator[Period]:
    """Every year that touches these days, newest first, each followed by its quarters that do."""
    year = year_of(last)
    while year.last >= first:
        yield year
        yield from (one for one in reversed(year.quarters) if one.first <= last and one.last >= first)
        year = year_of(year.first - timedelta(days=1))
