"""The figures as rows of files: the same as on the pages, with definition, scope and "as at" on every row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lms.core import clock
from lms.together.measures import COLUMNS, MEASURES
from lms.together.meetings import Matrix, Pair, percent_of
from lms.together.periods import Period
from lms.together.rooms import Held
from lms.together.sheets import Line, Sheet
from lms.together.suppression import Hidden

Row = tuple[object, ...]
ENDS = ("Period", "From", "To", "Scope", "As at")
FIGURES = (
    *("By", "Name"),
    *(one.heading for one in COLUMNS),
    *(f"{one.heading} in % ({one.formula})" for one in MEASURES),
    *ENDS,
)
MIX = ("Cohort", "Date", "Agency", "Planned (still booked when the day came)", "On the day (attended)", *ENDS)
MATRIX = ("Agency", "Other agency", "Pairs met", "Pairs possible", "Share in %", "Cold", "Locality", *ENDS)


@dataclass(frozen=True)
class Frame:
    """What a file was counted over."""

    period: Period
    scope: str
    as_at: date

    @property
    def ends(self) -> Row:
        """The last cells of every row. Dates are written 2027-03-31, so that a spreadsheet can sort them."""
        first, last = self.period.first, self.period.last
        return (self.period.name, first.isoformat(), last.isoformat(), self.scope, self.as_at.isoformat())


def figures(sheet: Sheet, frame: Frame) -> Iterator[Row]:
    """The lines of the quarterly page: agencies, courses, and all together."""
    for by, lines in (("Agency", sheet.agencies), ("Course", sheet.courses), ("Together", (sheet.total,))):
        for line in lines:
            if line.row:
                yield (by, line.name, *_numbers(line), *frame.ends)


def _numbers(line: Line) -> Iterator[object]:
    """Counts and measures; what does not apply is empty, what is hidden says so."""
    yield from (line.cell(one.key) for one in COLUMNS)
    for one in MEASURES:
        found = line.share(one.key)
        hidden = any(isinstance(line.cell(need), Hidden) for need in one.needs)
        yield found.percent if found else Hidden.WITHHELD.value if hidden else None


def mix(held: Sequence[Held], frame: Frame) -> Iterator[Row]:
    """Each agency on each cohort."""
    for one in held:
        day = clock.local(one.starts_at).date().isoformat()
        for line in one.room.lines:
            yield (one.title, day, line.name, line.planned, line.came, *frame.ends)


def matrix(found: Matrix, pairs: Sequence[Pair], locality: str, frame: Frame) -> Iterator[Row]:
    """Each pair of agencies."""
    for pair in pairs:
        where = (locality or "All", *frame.ends)
        if found.is_hidden(pair):
            yield (pair.one.name, pair.other.name, Hidden.SMALL.value, None, None, None, *where)
            continue
        possible = pair.possible if pair.counts else None
        share = percent_of(pair) if pair.counts else None
        cold = None if found.hides else "yes" if found.is_cold(pair) else "no"
        yield (pair.one.name, pair.other.name, pair.met, possible, share, cold, *where)
