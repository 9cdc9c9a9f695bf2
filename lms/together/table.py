"""The figures as rows of files: the same as on the pages. What was counted, and over what, stands with every file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lms.core import clock
from lms.exports import sheet as files
from lms.exports.sheet import Cell, Column, Definition, Kind
from lms.together.measures import COLUMNS, MEASURES
from lms.together.meetings import Matrix, Pair, percent_of
from lms.together.periods import Period
from lms.together.rooms import Held
from lms.together.sheets import Line, Sheet
from lms.together.suppression import Hidden

Row = tuple[Cell, ...]
FIGURES = (
    Column("by", "By"),
    Column("name", "Name"),
    *(Column(one.key, one.heading, Kind.NUMBER, one.meaning) for one in COLUMNS),
    *(Column(one.key, f"{one.heading} in % ({one.formula})", Kind.PERCENT) for one in MEASURES),
)
MIX = (
    Column("cohort", "Cohort"),
    Column("date", "Date", Kind.DATE),
    Column("agency", "Agency"),
    Column("planned", "Planned (still booked when the day came)", Kind.NUMBER),
    Column("came", "On the day (attended)", Kind.NUMBER),
)
MATRIX = (
    Column("one", "Agency"),
    Column("other", "Other agency"),
    Column("met", "Pairs met", Kind.NUMBER),
    Column("possible", "Pairs possible", Kind.NUMBER),
    Column("share", "Share in %", Kind.PERCENT),
    Column("cold", "Cold"),
    Column("locality", "Locality"),
)
COUNTED = Definition(
    "Which cohorts",
    "those that are over and whose register has been begun, in the quarter of their first session; drafts and "
    "cancelled cohorts do not count. Years run from April to March.",
)
ONCE = Definition("Who counts", "everyone once for each cohort, at the agency they were booked for.")
HIDDEN = Definition(
    "Hidden numbers",
    "“Fewer than 5” is 0 to 4; “Not shown” keeps another number safe. Only quarters that are over are shown, and a "
    "year adds up what its quarters show.",
)
PLANNED = Definition("Planned", "people who still had a place when the day came, whether they came or not.")
CAME = Definition("On the day", "people who came to at least one session, walk-ins among them.")
PAIR = Definition(
    "Pair",
    "one person of each agency who were in the same session in the period, by the register; it counts once. Possible "
    "are all pairs of people with a post at the two agencies.",
)
COLD = Definition(
    "Cold", "at most 2 pairs have met, or the smallest share where no agencies are that cold; never where under 5 work."
)
FEW_PEOPLE = Definition("Fewer than 5", "fewer than five people of one of the two agencies are behind the number.")


@dataclass(frozen=True)
class Frame:
    """What a file was counted over. `hides` is whether small numbers are hidden from its reader."""

    period: Period
    scope: str
    as_at: date
    hides: bool = False

    def of(self, *counted: Definition, chosen: str = "") -> files.Frame:
        """The frame of a file, with its definitions and the cells that end each row of a CSV."""
        period = self.period
        ends = (("Period", period.name), ("From", period.first), ("To", period.last))
        return files.Frame(
            as_at=self.as_at,
            scope=self.scope,
            filters="; ".join(part for part in (period.name, chosen) if part),
            definitions=counted,
            ends=(*ends, ("Scope", self.scope), ("As at", self.as_at)),
        )


def figures(sheet: Sheet) -> Iterator[Row]:
    """The lines of the quarterly page: agencies, courses, and all together."""
    for by, lines in (("Agency", sheet.agencies), ("Course", sheet.courses), ("Together", (sheet.total,))):
        for line in lines:
            if line.row:
                yield (by, line.name, *_numbers(line))


def _numbers(line: Line) -> Iterator[Cell]:
    """Counts and measures; what does not apply is empty, what is hidden says so."""
    yield from (line.cell(one.key) for one in COLUMNS)
    for one in MEASURES:
        found = line.share(one.key)
        hidden = any(isinstance(line.cell(need), Hidden) for need in one.needs)
        yield found.percent if found else Hidden.WITHHELD.value if hidden else None


def mix(held: Sequence[Held]) -> Iterator[Row]:
    """Each agency on each cohort."""
    for one in held:
        day = clock.local(one.starts_at).date()
        for line in one.room.lines:
            yield (one.title, day, line.name, line.planned, line.came)


def matrix(found: Matrix, pairs: Sequence[Pair], locality: str) -> Iterator[Row]:
    """Each pair of agencies."""
    for pair in pairs:
        where = locality or "All"
        if found.is_hidden(pair):
            yield (pair.one.name, pair.other.name, Hidden.SMALL.value, None, None, None, where)
            continue
        possible = pair.possible if pair.counts else None
        share = percent_of(pair) if pair.counts else None
        cold = None if found.hides else "yes" if found.is_cold(pair) else "no"
        yield (pair.one.name, pair.other.name, pair.met, possible, share, cold, where)
