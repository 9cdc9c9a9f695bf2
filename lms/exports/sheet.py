"""What a file holds, whatever its format: columns, rows, and the frame that says how it was counted. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

Cell = str | int | float | Decimal | date | datetime | None
Row = Sequence[Cell]
NOTED = "status and dates, as a file"


class Format(StrEnum):
    """The three kinds of file, as an address ends."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"

    @property
    def words(self) -> str:
        """How a page calls it."""
        return {"csv": "CSV", "xlsx": "Excel", "pdf": "Print"}[self.value]

    @property
    def mime(self) -> str:
        """How the answer calls it."""
        return {
            "csv": "text/csv; charset=utf-8",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "pdf": "application/pdf",
        }[self.value]


class Kind(StrEnum):
    """What the cells of a column are. A percentage is a number from 0 to 100. Any cell may be text instead, such as
    "Fewer than 5" in a column of numbers.
    """

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """One column. `help` says what it means where the heading cannot; `printed` is whether paper has room for it."""

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    help: str = ""
    printed: bool = True


@dataclass(frozen=True)
class Definition:
    """How one thing is counted: numerator, denominator, who is left out, what is hidden and why."""

    term: str
    meaning: str


@dataclass(frozen=True)
class Frame:
    """What the rows were counted over. `scope` and `filters` are words; `definitions` are what stands under "How this
    is counted" on the page. `ends` are cells that every row of a CSV repeats at its end, with their headings, because
    a CSV has no other place for them.
    """

    as_at: date
    scope: str
    filters: str = ""
    definitions: tuple[Definition, ...] = ()
    ends: tuple[tuple[str, Cell], ...] = ()

    def __post_init__(self) -> None:
        """Without ends of its own a file says as at and scope on every row."""
        if not self.ends:
            object.__setattr__(self, "ends", (("As at", self.as_at), ("Scope", self.scope)))

    @property
    def counted(self) -> str:
        """All definitions in one paragraph."""
        return " ".join(f"{one.term}: {one.meaning}" for one in self.definitions)


@dataclass(frozen=True)
class Made:
    """Who made a file, and when, by the partnership's clocks. Every file says so, on paper on every page."""

    by: str
    at: datetime

    @property
    def when(self) -> str:
        """26 November 2026 at 15:20."""
        return f"{self.at.day} {self.at:%B} {self.at.year} at {self.at:%H:%M}"

    def line(self, scope: str) -> str:
        """What stands on every printed page."""
        return f"Made by {self.by} on {self.when} for {scope}"


@dataclass(frozen=True)
class Sheet:
    """One file's worth. `name` begins the file's name and `part` ends it (the day, unless said otherwise); `question`
    is the page's h1 and `sentence` what it answers. `rows` may be read once, and there are `total` of them. `people`
    are those whom the rows speak of by name: the record notes for each that they were taken along, as `noted`.
    """

    name: str
    question: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    total: int
    frame: Frame
    sentence: str = ""
    people: tuple[UUID, ...] = ()
    noted: str = NOTED
    part: str = ""
    audited: dict[str, str] = field(default_factory=dict)

    def file_name(self, kind: Format) -> str:
        """completion-2026-11-26.csv."""
        return f"{self.name}-{self.part or self.frame.as_at.isoformat()}.{kind}"

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the columns."""
        return tuple(column.heading for column in self.columns)


def as_text(cell: Cell) -> str:
    """A cell as a CSV writes it: dates as 2027-03-31, so that a spreadsheet can sort them; moments to the minute."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
