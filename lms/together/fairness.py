"""How long people waited, what became of offers, and what became of places held: from what happened, in order. Pure.

A wait begins when somebody joins a waiting list. It ends when they have a place, when they give up or are taken off, or
when the first session begins without them; an offer that passes does not end it, since they stay in line.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import median_high
from uuid import UUID

from lms.core import clock
from lms.together import suppression
from lms.together.suppression import FEWEST, Cell, Hidden


class Step(StrEnum):
    """What happened to somebody's entry on a cohort, as the record names it."""

    JOINED = "cohort.waiting_list_joined"
    OFFERED = "cohort.place_offered"
    PASSED = "cohort.offer_passed"
    EXPIRED = "cohort.offer_ended"
    MOVED_UP = "cohort.moved_up"
    BOOKED = "cohort.place_booked"
    SENT = "cohort.colleague_sent"
    CANCELLED = "cohort.place_cancelled"
    REMOVED = "cohort.person_removed"


HAS_A_PLACE = (Step.MOVED_UP, Step.BOOKED, Step.SENT)
IS_OFF = (Step.CANCELLED, Step.REMOVED)


@dataclass(frozen=True)
class Happened:
    """One step of one entry. Agency and job are those of the entry, `starts_at` the cohort's first session, and `why`
    what kept somebody from a place when they joined.
    """

    entry: UUID
    agency: UUID
    job: str
    starts_at: datetime
    step: Step
    at: datetime
    why: str = ""


class Ended(StrEnum):
    """How a wait ended."""

    PLACE = "place"
    GAVE_UP = "gave-up"
    NEVER = "never"
    STILL = "still"


@dataclass(frozen=True)
class Wait:
    """One wait, in whole days by the partnership's calendar."""

    agency: UUID
    job: str
    days: int
    ended: Ended
    why: str = ""


def _days(since: datetime, until: datetime) -> int:
    return max(0, (clock.local(until).date() - clock.local(since).date()).days)


def _entries(happened: Iterable[Happened]) -> list[list[Happened]]:
    """The steps of each entry, in the order given."""
    found: dict[UUID, list[Happened]] = {}
    for one in happened:
        found.setdefault(one.entry, []).append(one)
    return list(found.values())


def waits(happened: Iterable[Happened], now: datetime) -> list[Wait]:
    """Every wait, from the steps in order of time. What happened after the first session began ends none."""
    return [wait for steps in _entries(happened) for wait in _waits_of(steps, now)]


def _waits_of(steps: Sequence[Happened], now: datetime) -> list[Wait]:
    found: list[Wait] = []
    begun: Happened | None = None
    for one in steps:
        if one.at > one.starts_at:
            continue
        if one.step is Step.JOINED:
            begun = begun or one
        elif begun and one.step in (*HAS_A_PLACE, *IS_OFF):
            ended = Ended.PLACE if one.step in HAS_A_PLACE else Ended.GAVE_UP
            found.append(Wait(one.agency, one.job, _days(begun.at, one.at), ended, begun.why))
            begun = None
    if begun:
        over = begun.starts_at <= now
        until = begun.starts_at if over else now
        ended = Ended.NEVER if over else Ended.STILL
        found.append(Wait(begun.agency, begun.job, _days(begun.at, until), ended, begun.why))
    return found


@dataclass(frozen=True)
class Offers:
    """Places offered, each in exactly one of the four others or still open."""

    made: int = 0
    taken: int = 0
    passed: int = 0
    expired: int = 0
    left: int = 0

    def __add__(self, other: "Offers") -> "Offers":
        """Both together."""
        return Offers(**{name: number + getattr(other, name) for name, number in vars(self).items()})

    @property
    def still_open(self) -> int:
        """Offers without an answer that still hold."""
        return self.made - self.taken - self.passed - self.expired - self.left


_ANSWERS = {
    Step.PASSED: Offers(passed=1),
    Step.EXPIRED: Offers(expired=1),
    **dict.fromkeys(HAS_A_PLACE, Offers(taken=1)),
    **dict.fromkeys(IS_OFF, Offers(left=1)),
}


def offers(happened: Iterable[Happened], now: datetime) -> dict[UUID, Offers]:
    """What became of the offers to the people of each agency. One that nobody answered before the day has expired."""
    found: dict[UUID, Offers] = {}
    for steps in _entries(happened):
        agency, is_open = steps[0].agency, False
        total = Offers()
        for one in steps:
            if one.step is Step.OFFERED:
                total, is_open = total + Offers(made=1), True
            elif is_open and one.step in _ANSWERS:
                total, is_open = total + _ANSWERS[one.step], False
        if is_open and steps[0].starts_at <= now:
            total += Offers(expired=1)
        if total.made:
            found[agency] = found.get(agency, Offers()) + total
    return found


@dataclass(frozen=True)
class Line:
    """The waits of one agency, of one job, or of all. `days` are sorted."""

    name: str
    days: tuple[int, ...]
    ended: Mapping[Ended, int]
    sector: str = ""

    @property
    def waited(self) -> int:
        """How many waits."""
        return len(self.days)

    @property
    def middle(self) -> int | None:
        """The wait in the middle; of an even number the longer of the two."""
        return median_high(self.days) if self.days else None

    @property
    def longest(self) -> int | None:
        """The longest wait."""
        return self.days[-1] if self.days else None


def line(name: str, waits: Sequence[Wait], sector: str = "") -> Line:
    """These waits as one line."""
    ended = {how: sum(one.ended is how for one in waits) for how in Ended}
    return Line(name, tuple(sorted(one.days for one in waits)), ended, sector)


def by(waits: Iterable[Wait], key: Callable[[Wait], str]) -> list[Line]:
    """A line for each name, the longest middle wait first."""
    found: dict[str, list[Wait]] = {}
    for one in waits:
        found.setdefault(key(one), []).append(one)
    lines = [line(name, some) for name, some in found.items()]
    return sorted(lines, key=lambda one: (-(one.middle or 0), -one.waited, one.name))


@dataclass(frozen=True)
class Shown:
    """What a reader outside the agencies reads of one agency: how many waited, and the middle wait of five or more."""

    name: str
    waited: Cell
    middle: int | None


def released(lines: Sequence[Line]) -> list[Shown] | None:
    """Lines under their total for a reader outside: small numbers hidden, and larger ones so that none can be worked
    out. None where that cannot be done, so that nothing is shown.
    """
    cells = suppression.column([one.waited for one in lines])
    if cells is None or sum(one.waited for one in lines) < FEWEST:
        return None
    return [
        Shown(one.name, cell, None if isinstance(cell, Hidden) else one.middle)
        for one, cell in zip(lines, cells, strict=True)
    ]


class Reason(StrEnum):
    """What kept people from a place when they joined. What speaks of single people is one reason with others."""

    FULL = "full"
    SHARE = "share"
    HELD = "held"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as a page says it."""
        return _REASON[self]


_REASON = {
    Reason.FULL: "All places were taken",
    Reason.SHARE: "Their agency had the share that one agency may have",
    Reason.HELD: "The places left were held for other sectors",
    Reason.OTHER: "Another reason",
}


def reasons(waits: Iterable[Wait]) -> dict[Reason, int]:
    """How many waits began for which reason."""
    found = dict.fromkeys(Reason, 0)
    known = {one.value: one for one in Reason}
    for one in waits:
        found[known.get(one.why, Reason.OTHER)] += 1
    return found


@dataclass(frozen=True)
class HeldFor:
    """Places held for one sector: how many, how many its people had taken when they were released (or by now), how
    many were released to everybody, and on how many cohorts.
    """

    sector: str
    held: int
    taken: int
    released: int
    cohorts: int


def held_for(rows: Iterable[tuple[str, int, int, bool]]) -> list[HeldFor]:
    """Add up, by sector, rows of one cohort each: sector, places held, places its people had, whether released."""
    found: dict[str, list[tuple[int, int, bool]]] = {}
    for sector, places, had, is_released in rows:
        found.setdefault(sector, []).append((places, min(places, had), is_released))
    return [
        HeldFor(
            sector,
            sum(places for places, _, _ in some),
            sum(taken for _, taken, _ in some),
            sum(places - taken for places, taken, is_released in some if is_released),
            len(some),
        )
        for sector, some in sorted(found.items())
    ]
