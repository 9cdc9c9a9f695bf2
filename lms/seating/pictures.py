"""A table as a ring of seats, each with the letter of its sector. Decoration beside the list of names. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

_MIDDLE, _RADIUS, _TEXT = 60.0, 48.0, 47.5
_GAP = 8.0
_MOST = 30.0


@dataclass(frozen=True)
class RingSeat:
    """One seat of a ring: the arc to draw, where its letter stands, and which sector it is."""

    path: str
    x: float
    y: float
    sector: str


def ring(sectors: Sequence[str]) -> list[RingSeat]:
    """The seats of a table, the first at the top."""
    step = 360 / max(1, len(sectors))
    half = min(_MOST, step - _GAP) / 2 - _GAP / 2
    return [_seat(number * step - 90, max(half, 2.0), sector) for number, sector in enumerate(sectors)]


def _seat(angle: float, half: float, sector: str) -> RingSeat:
    (x1, y1), (x2, y2) = _at(angle - half, _RADIUS), _at(angle + half, _RADIUS)
    x, y = _at(angle, _TEXT)
    return RingSeat(f"M{x1} {y1}A{_RADIUS:.0f} {_RADIUS:.0f} 0 0 1 {x2} {y2}", x, y, sector)


def _at(angle: float, radius: float) -> tuple[float, float]:
    return (
        round(_MIDDLE + radius * cos(radians(angle)), 1),
        round(_MIDDLE + radius * sin(radians(angle)), 1),
    )
