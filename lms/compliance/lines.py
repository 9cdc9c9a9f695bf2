"""The lines of the compliance report and its points over time, as numbers and words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lms.assignments.counting import Count
from lms.reports.matrix import percent


@dataclass(frozen=True)
class Line:
    """One line of the table. `hidden` where a reader outside the agencies may not see it."""

    key: str
    name: str
    people: int = 0
    required: int = 0
    in_date: int = 0
    due: int = 0
    late: int = 0
    exempt: int = 0
    on_leave: int = 0
    hidden: bool = False

    @property
    def percent(self) -> int | None:
        """The share in date; None when nothing is required."""
        return percent(self.in_date, self.required) if self.required else None


def line(key: str, name: str, count: Count, target: str | None = None) -> Line:
    """The line of a count, over everything asked or over one target alone."""
    return Line(
        key,
        name,
        people=count.people,
        required=count.required(target),
        in_date=count.in_date(target),
        due=count.number({"due", "renew"}, target),
        late=count.number({"overdue", "expired"}, target),
        exempt=count.exempt(target),
        on_leave=count.on_leave(target),
    )


@dataclass(frozen=True)
class Point:
    """One day of the course over time: starters and leavers are those of the month that ends with it."""

    day: date
    line: Line
    stored: bool
    starters: int = 0
    leavers: int = 0


WIDE, HIGH, LEFT, TOP, LOW = 360, 200, 16, 24, 168


@dataclass(frozen=True)
class Spot:
    """A point on the chart: its place, the words above and below it, and whether it is today's, drawn hollow."""

    x: float
    y: float
    above: str
    below: str
    hollow: bool


def spots(points: Sequence[Point]) -> list[Spot]:
    """The chart's points, from 0% at its foot to 100% at its head. Days without anything required are left out."""
    shown = [point for point in points if point.line.percent is not None]
    step = (WIDE - 2 * LEFT) / max(len(shown) - 1, 1)
    return [
        Spot(
            round(LEFT + index * step, 1),
            height(point.line.percent or 0),
            f"{point.line.percent}%",
            f"{point.day:%b}",
            hollow=not point.stored,
        )
        for index, point in enumerate(shown)
    ]


def height(share: int) -> float:
    """Where a percentage lies on the chart."""
    return round(LOW - (LOW - TOP) * share / 100, 1)


def course(points: Sequence[Point], goal: int) -> str:
    """What the chart says, in a sentence."""
    shown = [point for point in points if point.line.percent is not None]
    if not shown:
        return "Nothing is required of anybody here yet."
    first, last = shown[0], shown[-1]
    now = f"{last.line.percent}% on {last.day.day} {last.day:%B}"
    if len(shown) == 1:
        return f"{now}; the goal is {goal}%."
    before, after = first.line.percent or 0, last.line.percent or 0
    how = "Rising" if after > before else "Falling" if after < before else "Level"
    return f"{how} from {before}% on {first.day.day} {first.day:%B %Y} to {now}; the goal is {goal}%."
