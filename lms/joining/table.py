"""A file of people read into rows, every fault by row and column. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lms.core import tables

MOST_ROWS = 20_000
MOST_BYTES = 6_000_000
LONGEST = {"email": 254, "name": 120, "agency": 120, "team": 120, "job": 120}
COLUMNS = ("email", "name", "agency", "team", "job", "starts", "ends")
NEEDED = ("email", "name", "job")
CALLED = {  # what the columns of other systems' lists are called
    "e-mail": "email",
    "work e-mail": "email",
    "work email": "email",
    "email address": "email",
    "full name": "name",
    "employer": "agency",
    "organisation": "agency",
    "job title": "job",
    "role": "job",
    "start date": "starts",
    "started": "starts",
    "end date": "ends",
    "leaves": "ends",
}
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y")
EARLIEST = date(1950, 1, 1)
LATEST = date(2100, 1, 1)
_ADDRESS = re.compile(r"""[^\s@/\\<>()\[\],;:"]+@[^\s@/\\<>()\[\],;:"]+\.[^\s@/\\<>()\[\],;:"]+""")


@dataclass(frozen=True)
class Row:
    """One line of the file: who works where, as what. An empty cell leaves what is there."""

    number: int
    email: str
    name: str
    job: str
    agency: str = ""
    team: str = ""
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong in one place of the file; the header is row 1."""

    row: int
    column: str
    sentence: str


@dataclass
class Read:
    """The rows of a file, and its faults."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, row: int, column: str, sentence: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(row, column, sentence))


def read(data: bytes) -> Read:
    """The people in a CSV or Excel file."""
    found = Read()
    try:
        table = tables.rows(data, MOST_BYTES, MOST_ROWS)
    except tables.Unreadable as unreadable:
        found.wrong(unreadable.row, "file", unreadable.sentence)
        return found
    header = _header(table[0] if table else [], found)
    if found.faults:
        return found
    for number, cells in enumerate(table[1:], start=2):
        if any(cells):
            _read_row(found, number, dict(zip(header, cells, strict=False)))
    if not found.rows and not found.faults:
        found.wrong(2, "file", "The file names nobody. Put one person in each row under the header.")
    return found


def _header(cells: Sequence[str], found: Read) -> list[str]:
    names = [CALLED.get(plain, plain) for plain in (" ".join(cell.lower().split()) for cell in cells)]
    for name in NEEDED:
        if name not in names:
            found.wrong(1, name, f"The first row must name the columns, and there is none called {name}.")
    for name in dict.fromkeys(names):
        if name and name not in COLUMNS:
            found.wrong(1, name[:40], f"There is no such column. Use {', '.join(COLUMNS[:-1])} and {COLUMNS[-1]}.")
        elif name and names.count(name) > 1:
            found.wrong(1, name, "Two columns have this name. Take one away.")
    return names


def _read_row(found: Read, number: int, cells: dict[str, str]) -> None:
    given = {name: " ".join(cells.get(name, "").split()) for name in LONGEST}
    given["email"] = given["email"].lower()
    before = len(found.faults)
    for name, most in LONGEST.items():
        if len(given[name]) > most:
            found.wrong(number, name, f"This is longer than {most} characters. Shorten it.")
        elif name in NEEDED and not given[name]:
            found.wrong(number, name, "This is empty, and it is needed.")
    if given["email"] and not _ADDRESS.fullmatch(given["email"]):
        found.wrong(number, "email", "Enter a work e-mail, like name@agency.org.")
    starts, ends = (_day(found, number, name, cells.get(name, "")) for name in ("starts", "ends"))
    if starts and ends and ends < starts:
        found.wrong(number, "ends", "This is before the day the post starts.")
    if len(found.faults) == before:
        found.rows.append(Row(number, starts=starts, ends=ends, **given))


def _day(found: Read, row: int, column: str, text: str) -> date | None:
    if not text:
        return None
    for form in DAYS:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 # a day has no zone
        except ValueError:
            continue
        if EARLIEST <= day <= LATEST:
            return day
    found.wrong(row, column, f"“{text[:40]}” is no day. Write days like 31/03/2027.")
    return None
