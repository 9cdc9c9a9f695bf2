"""Hours of training by kind and year. Pure.

Two questions are asked of every lesson, and each splits all hours in two:

* *participatory* or *other*: was it done with other people in a room (a joint day), or alone (a module)?
* *multi-agency* or *single-agency*: did people of two agencies or more attend it, by the register?
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

FEWEST_AGENCIES = 2


@dataclass(frozen=True)
class Lesson:
    """Something learned on a day: its minutes, whether it was with others, and how many agencies attended."""

    day: date
    minutes: int
    participatory: bool = False
    agencies: int = 1


@dataclass(frozen=True)
class Year:
    """The minutes of one calendar year, split in two ways; each pair adds up to `minutes`."""

    year: int
    participatory: int = 0
    other: int = 0
    multi_agency: int = 0
    single_agency: int = 0

    @property
    def minutes(self) -> int:
        """All minutes of the year."""
        return self.participatory + self.other

    def with_lesson(self, one: Lesson) -> "Year":
        """The year with one lesson more."""
        multi = one.agencies >= FEWEST_AGENCIES
        return Year(
            self.year,
            self.participatory + one.minutes * one.participatory,
            self.other + one.minutes * (not one.participatory),
            self.multi_agency + one.minutes * multi,
            self.single_agency + one.minutes * (not multi),
        )


def by_year(lessons: Iterable[Lesson]) -> list[Year]:
    """The years in which something was learned, newest first."""
    years: dict[int, Year] = {}
    for one in lessons:
        year = one.day.year
        years[year] = years.get(year, Year(year)).with_lesson(one)
    return [years[year] for year in sorted(years, reverse=True)]
