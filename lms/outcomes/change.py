"""Change within the same people, with its uncertainty, and which numbers are too small to show. Pure.

The interval is the usual one for a mean of paired differences (Student's t, 95%): were the measure taken again and
again in groups like this, 95 of 100 such intervals would hold the mean change of such people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean, stdev

FEWEST = 5
# The 97.5% point of Student's t for 1 to 30 degrees of freedom; above that the expansion below is exact to 5 digits.
T = (
    *(12.70620, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.30600, 2.26216, 2.22814),
    *(2.20099, 2.17881, 2.16037, 2.14479, 2.13145, 2.11991, 2.10982, 2.10092, 2.09302, 2.08596),
    *(2.07961, 2.07387, 2.06866, 2.06390, 2.05954, 2.05553, 2.05183, 2.04841, 2.04523, 2.04227),
)
Z = NormalDist().inv_cdf(0.975)


def critical(freedom: int) -> float:
    """The 97.5% point of Student's t. Raises ValueError without a degree of freedom."""
    if freedom < 1:
        raise ValueError("There is no interval for fewer than two people.")
    if freedom <= len(T):
        return T[freedom - 1]
    first = (Z**3 + Z) / 4
    second = (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96
    third = (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384
    return Z + first / freedom + second / freedom**2 + third / freedom**3


@dataclass(frozen=True)
class Change:
    """How `people` who answered twice changed on average, from `low` to `high` at 95%."""

    people: int
    first: float
    second: float
    mean: float
    low: float
    high: float

    @property
    def told(self) -> str:
        """The direction, in words: only what lies clear of nothing is called a change."""
        if self.low > 0:
            return "rose"
        return "fell" if self.high < 0 else "shows no change that can be told from chance"

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out nothing at all having changed."""
        return self.low > 0 or self.high < 0


def paired(pairs: Sequence[tuple[float, float]]) -> Change | None:
    """The mean change over people who answered twice; None for fewer than five of them."""
    if len(pairs) < FEWEST:
        return None
    differences = [second - first for first, second in pairs]
    mean = fmean(differences)
    reach = critical(len(pairs) - 1) * stdev(differences) / sqrt(len(pairs))
    first, second = (fmean(one[place] for one in pairs) for place in (0, 1))
    return Change(len(pairs), first, second, mean, mean - reach, mean + reach)


@dataclass(frozen=True)
class Rate:
    """How many of those asked answered. Fewer than five are not counted out; nor is a part of those asked then."""

    answered: int
    asked: int

    @property
    def is_small(self) -> bool:
        """Whether so few answered that the number is not shown."""
        return self.answered < FEWEST

    @property
    def told(self) -> int | str:
        """How many answered, as a file says it."""
        return f"Fewer than {FEWEST}" if self.is_small else self.answered

    @property
    def words(self) -> str:
        """The rate as a page says it."""
        if self.is_small:
            return f"Fewer than {FEWEST} of {self.asked}"
        return f"{self.answered} of {self.asked} ({round(100 * self.answered / self.asked)}%)"

    @property
    def roughly(self) -> str:
        """The rate without a number, for readers outside the agencies: those asked on all courses, less those asked on
        each that has figures, are those who came to one that is too small for any.
        """
        if self.is_small:
            return f"Fewer than {FEWEST}"
        quarters = 4 * self.answered / self.asked
        return next((words for most, words in _STEPS if quarters <= most), "More than three quarters")


_STEPS = ((1, "A quarter or fewer"), (2, "Up to half"), (3, "Up to three quarters"))


def part(some: int, whole: int) -> int | None:
    """A part of a number of people, or None where it or the rest is so small that it speaks of somebody."""
    return some if some >= FEWEST and (whole - some >= FEWEST or some == whole) else None


def signed(number: float) -> str:
    """A change with its sign, as print has it: +0.4, −1.2, 0.0."""
    written = f"{abs(number):.1f}"
    if written == "0.0":
        return written
    return ("+" if number > 0 else "\u2212") + written


def place(number: float, scale: int, width: int, middle: int) -> float:
    """Where a change stands on a line of `width` pixels to each side of `middle`, which is no change at all."""
    return round(middle + max(-1.0, min(1.0, number / scale)) * width, 1)
