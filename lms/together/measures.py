"""How full joint days were and who came, as counts and five measures, each with its definition. Pure.

The five are defined so that no two people mean different things by "attendance": walk-ins are never in the top line of
what those still booked did, and what is left out of a bottom line is said.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Counts:
    """People on joint days, each once for every cohort. Everyone who ever had a place is in exactly one of `came`,
    `no_shows`, `cancelled` and `not_noted`; `walk_ins` came without one. `capacity` and `cohorts` are those of the
    rooms, so they mean nothing for one agency alone. `completed` are among those who came, `late` among those who
    cancelled, and `unmet` among those who still waited.
    """

    capacity: int = 0
    cohorts: int = 0
    invited: int = 0
    came: int = 0
    no_shows: int = 0
    cancelled: int = 0
    not_noted: int = 0
    walk_ins: int = 0
    completed: int = 0
    late: int = 0
    waiting: int = 0
    unmet: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(**{name: number + getattr(other, name) for name, number in vars(self).items()})

    @property
    def booked(self) -> int:
        """People who ever had a place."""
        return self.came + self.no_shows + self.cancelled + self.not_noted

    @property
    def still_booked(self) -> int:
        """People who had a place when the day came."""
        return self.booked - self.cancelled

    @property
    def early(self) -> int:
        """People who gave up their place, or were taken off, in time."""
        return self.cancelled - self.late

    @property
    def attended(self) -> int:
        """People who came, with a place or without one."""
        return self.came + self.walk_ins


def total(counts: Iterable[Counts]) -> Counts:
    """All of them together."""
    return sum(counts, Counts())


def percent(part: int, whole: int) -> Decimal | None:
    """The share in percent to one decimal, halves up as in school; None when there is nothing to share."""
    if whole == 0:
        return None
    return (Decimal(100 * part) / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class Column:
    """One count: its key, its heading, and what it counts."""

    key: str
    heading: str
    meaning: str


COLUMNS: tuple[Column, ...] = (
    Column("capacity", "Capacity", "places in the rooms"),
    Column("invited", "Invited", "people who were asked to come"),
    Column("booked", "Booked", "people who ever had a place, those who cancelled among them"),
    Column("attended", "Attended", "people who came to at least one session, in time, late or leaving early"),
    Column("no_shows", "No-show", "people who still had a place and came to no session"),
    Column("cancelled", "Cancelled", "people who had a place and gave it up or were taken off before the day"),
    Column("walk_ins", "Walk-in", "people among the attended who came without a place"),
    Column("not_noted", "Not noted", "people who still had a place and of whom the register says nothing"),
)

FURTHER: tuple[Column, ...] = (
    Column("completed", "Completed", "people among the attended who were there for 90% of every session"),
    Column("early", "Cancelled early", "people among the cancelled who were not late"),
    Column("late", "Cancelled late", "people among the cancelled who gave up their place after the last day for it"),
    Column("waiting", "Waiting", "people who were on the waiting list, or held an offer, when the day came"),
    Column(
        "unmet",
        "Unmet demand",
        "people among the waiting who had a place on no cohort of that course in the period; once for each course",
    ),
)


@dataclass(frozen=True)
class Measure:
    """One measure: a share of two counts. `needs` names every count it rests on: where one is hidden, so is this."""

    key: str
    heading: str
    formula: str
    needs: tuple[str, ...]
    parts: Callable[[Mapping[str, int]], tuple[int, int]]


def _of_booked(counts: Mapping[str, int]) -> tuple[int, int]:
    return counts["attended"] - counts["walk_ins"], counts["booked"] - counts["cancelled"]


MEASURES: tuple[Measure, ...] = (
    Measure(
        "fill_rate",
        "Fill rate",
        "attended ÷ capacity",
        ("attended", "capacity"),
        lambda c: (c["attended"], c["capacity"]),
    ),
    Measure(
        "attendance",
        "Attendance of those still booked",
        "booked and attended ÷ (booked − cancelled)",
        ("attended", "walk_ins", "booked", "cancelled"),
        _of_booked,
    ),
    Measure(
        "no_show_rate",
        "No-show rate",
        "no-shows ÷ (booked − cancelled)",
        ("no_shows", "booked", "cancelled"),
        lambda c: (c["no_shows"], c["booked"] - c["cancelled"]),
    ),
    Measure(
        "cancellation_rate",
        "Cancellation rate",
        "cancelled ÷ booked",
        ("cancelled", "booked"),
        lambda c: (c["cancelled"], c["booked"]),
    ),
    Measure(
        "walk_in_share",
        "Walk-in share",
        "walk-ins ÷ attended",
        ("walk_ins", "attended"),
        lambda c: (c["walk_ins"], c["attended"]),
    ),
)


@dataclass(frozen=True)
class Share:
    """What a measure comes to, with its top and bottom line."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """In percent to one decimal; None when the bottom line is nothing."""
        return percent(self.part, self.whole)


def share(measure: Measure, counts: Mapping[str, int]) -> Share | None:
    """The measure of these counts; None when one that it needs is not among them."""
    if any(name not in counts for name in measure.needs):
        return None
    return Share(*measure.parts(counts))


def as_row(counts: Counts, *, of_rooms: bool) -> dict[str, int]:
    """The counts by the keys of `COLUMNS` and `FURTHER`; capacity only where whole rooms are counted."""
    row = {one.key: getattr(counts, one.key) for one in (*COLUMNS, *FURTHER)}
    if not of_rooms:
        del row["capacity"]
    return row
