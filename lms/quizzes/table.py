"""The table seen from above: who sits where in a scenario, and the arcs that draw seats in a circle."""

from dataclasses import dataclass
from math import cos, degrees, radians, sin

from lms.people.sectors import look
from lms.quizzes.quiz import Scenario

TABLE = 60.0  # half the side of the drawing of a table
RING = 20.0  # half the side of the small ring beside a result
LEAST_HALF_ANGLE = 0.5


@dataclass(frozen=True)
class Arc:
    """One seat as drawn: the path of its line, and the middle of it, where a letter can stand."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Place:
    """A person at the table. `letter` and `css` mark the sector, if any, only ever beside `title`."""

    title: str
    letter: str
    css: str
    is_you: bool
    arc: Arc


def places(scenario: Scenario, seat: str) -> tuple[Place, ...]:
    """Everyone at the table, the learner's own seat first and at the top, then clockwise as the file lists them.

    Those whom nobody plays, mostly the family, sit there too, without a letter: they belong to no sector.
    """
    keys = [each.key for each in scenario.seats]
    start = keys.index(seat) if seat in keys else 0
    turned = [*scenario.seats[start:], *scenario.seats[:start]]
    people = [(each.title, look(each.sector).letter, look(each.sector).css) for each in turned]
    people += [(name[:1].upper() + name[1:], "", "fam") for name in scenario.others]
    arcs = circle(len(people), middle=TABLE, radius=48, line=17, gap=4.5)
    return tuple(
        Place(title, letter, css, number == 0, arc)
        for number, ((title, letter, css), arc) in enumerate(zip(people, arcs, strict=True))
    )


def ring(count: int) -> tuple[Arc, ...]:
    """The seats of a small ring, one for each answer, the first at the top and the rest clockwise."""
    return circle(count, middle=RING, radius=16.5, line=5, gap=2.6)


def circle(count: int, *, middle: float, radius: float, line: float, gap: float) -> tuple[Arc, ...]:
    """`count` arcs of equal length around a middle, drawn with a line of this width and round ends; lengths in units
    of the drawing. `gap` is what stays free between the ends of neighbours.
    """
    spared = degrees((line + gap) / 2 / radius)
    half = max(LEAST_HALF_ANGLE, 180 / max(1, count) - spared)
    arcs = []
    for number in range(count):
        turn = 360 * number / count
        (x1, y1), (x, y), (x2, y2) = (_point(turn + angle, middle, radius) for angle in (-half, 0, half))
        large = 1 if half > 90 else 0
        arcs.append(Arc(f"M{x1:g} {y1:g}A{radius:g} {radius:g} 0 {large} 1 {x2:g} {y2:g}", x, y))
    return tuple(arcs)


def _point(angle: float, middle: float, radius: float) -> tuple[float, float]:
    """The point at an angle counted clockwise from the top."""
    return round(middle + radius * sin(radians(angle)), 2), round(middle - radius * cos(radians(angle)), 2)
