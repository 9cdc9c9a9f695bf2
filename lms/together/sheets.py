"""The quarterly page as lines of counts and measures, whole or with small numbers hidden. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from lms.core import clock
from lms.together import suppression
from lms.together.measures import COLUMNS, MEASURES, Column, Counts, Share, as_row, share, total
from lms.together.meetings import Agency
from lms.together.periods import Period, quarter_of
from lms.together.rooms import Tally
from lms.together.suppression import Cell, Hidden, Release, Row


@dataclass(frozen=True)
class Line:
    """One line: an agency, a course or everything together. What is not in `row` does not apply, or is shown to this
    reader for everything together alone.
    """

    name: str
    row: Row
    sector: str = ""

    def cell(self, key: str) -> Cell | None:
        """One count, or why it is hidden, or None."""
        return self.row.get(key)

    def share(self, key: str) -> Share | None:
        """One measure; None when a count that it rests on is hidden or does not apply."""
        shown = {name: cell for name, cell in self.row.items() if not isinstance(cell, Hidden)}
        return share(next(one for one in MEASURES if one.key == key), shown)


@dataclass(frozen=True)
class Sheet:
    """The lines of a period. `kept_back` when too few people came for any of it to be shown to this reader."""

    agencies: tuple[Line, ...] = ()
    courses: tuple[Line, ...] = ()
    total: Line = Line("", {})
    cohorts: int = 0
    kept_back: bool = False


def columns(lines: Sequence[Line]) -> list[Column]:
    """The counts that these lines have, those of which all are hidden left out."""
    return [one for one in COLUMNS if any(isinstance(line.cell(one.key), int) for line in lines)]


Places = Mapping[UUID, Agency]


def whole(tallies: Sequence[Tally], places: Places, name: str) -> Sheet:
    """Every number."""
    agencies = _by_agency(tallies, places)
    courses = _by_course(tallies)
    sums = total(one.counts for one in tallies)
    return Sheet(
        tuple(Line(places[key].name, as_row(counts, of_rooms=False), places[key].sector) for key, counts in agencies),
        tuple(Line(title, as_row(counts, of_rooms=True)) for title, counts in courses),
        Line(name, as_row(sums, of_rooms=True)),
        sums.cohorts,
    )


def of_one_agency(tallies: Sequence[Tally], places: Places, agency: UUID) -> Sheet:
    """The people of one agency alone, by course and together: rooms are shared, so there is no capacity."""
    own = [one for one in tallies if one.agency == agency]
    courses = tuple(Line(title, as_row(counts, of_rooms=False)) for title, counts in _by_course(own))
    sums = total(one.counts for one in own)
    return Sheet((), courses, Line(places[agency].name, as_row(sums, of_rooms=False)), len({one.cohort for one in own}))


def released(tallies: Sequence[Tally], places: Places, name: str) -> Sheet:
    """What may be read outside the agencies: quarter by quarter, and added up from what each quarter shows."""
    quarters: dict[Period, list[Tally]] = {}
    for one in tallies:
        quarters.setdefault(quarter_of(clock.local(one.starts_at).date()), []).append(one)
    shown = suppression.together(_release(part, places) for part in quarters.values())
    cohorts = sum(one.counts.cohorts for one in tallies)
    if shown.kept_back:
        return Sheet(cohorts=cohorts, kept_back=bool(tallies))
    sectors = {place.name: place.sector for place in places.values()}
    return Sheet(
        tuple(Line(key, row, sectors[key]) for key, row in shown.agencies.items()),
        tuple(Line(key, row) for key, row in sorted(shown.courses.items())),
        Line(name, shown.total),
        cohorts,
    )


def _release(tallies: Sequence[Tally], places: Places) -> Release:
    agencies = {places[key].name: as_row(counts, of_rooms=False) for key, counts in _by_agency(tallies, places)}
    courses = {title: as_row(counts, of_rooms=True) for title, counts in _by_course(tallies)}
    return suppression.release(agencies, courses, _largest(tallies))


def _largest(tallies: Iterable[Tally]) -> dict[str, dict[str, int]]:
    """Of each course the largest part that one agency has of each count."""
    parts: dict[tuple[str, UUID], Counts] = {}
    for one in tallies:
        parts[one.title, one.agency] = parts.get((one.title, one.agency), Counts()) + one.counts
    found: dict[str, dict[str, int]] = {}
    for (title, _), counts in parts.items():
        known = found.setdefault(title, {})
        for name, number in as_row(counts, of_rooms=True).items():
            known[name] = max(number, known.get(name, 0))
    return found


def _by_agency(tallies: Iterable[Tally], places: Places) -> list[tuple[UUID, Counts]]:
    """Every agency by name, those that had nobody there too."""
    found = dict.fromkeys(sorted(places, key=lambda key: places[key].name), Counts())
    for one in tallies:
        found[one.agency] += one.counts
    return list(found.items())


def _by_course(tallies: Iterable[Tally]) -> list[tuple[str, Counts]]:
    found: dict[str, Counts] = {}
    for one in tallies:
        found[one.title] = found.get(one.title, Counts()) + one.counts
    return sorted(found.items())
