"""A file of nominations, read whole or not at all: every fault by row and column. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.cohorts.access import TICKED
from lms.core import tables

MOST_ROWS = 20_000
MOST_BYTES = 900_000
MOST_FAULTS = 100
COLUMNS = ("email", "dates", "needs")
_BETWEEN = re.compile(r"[|/;,]\s*|\s+and\s+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_AS_WRITTEN = {one.value: one.value for one in TICKED} | {
    one.words.lower().removeprefix("a ").removeprefix("an "): one.value for one in TICKED
}


@dataclass(frozen=True)
class Line:
    """One nomination of a file; `dates` None means every date."""

    row: int
    email: str
    dates: tuple[str, ...] | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What is wrong in one place of the file; the header is row 1."""

    row: int
    column: str
    sentence: str


@dataclass
class Read:
    """The nominations of a file, or its faults; `more` says that there are more faults than are told."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, row: int, column: str, sentence: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(row, column, sentence))


def read(data: bytes, dates: Mapping[str, str]) -> Read:
    """The nominations in a CSV file, as Excel or a text editor saves it. `dates` gives the id of each date of the
    programme as it may be written: `2027-01-14` or `14/01/2027`.
    """
    found = Read()
    try:
        table = tables.rows(data, MOST_BYTES, MOST_ROWS)
    except tables.Unreadable as unreadable:
        found.wrong(unreadable.row, "file", unreadable.sentence)
        return found
    header = [name.strip().lower() for name in table[0]] if table else []
    if "email" not in header:
        found.wrong(1, "email", "The first row must name the columns: email, and perhaps dates and needs.")
        return found
    unknown = [name for name in header if name and name not in COLUMNS]
    for name in unknown:
        found.wrong(1, name[:40], "There is no such column. Use email, dates and needs.")
    rows = [(number, row) for number, row in enumerate(table[1:], start=2) if any(row)]
    _read_rows(found, header, rows, dates)
    return found


def _read_rows(found: Read, header: list[str], rows: list[tuple[int, list[str]]], dates: Mapping[str, str]) -> None:
    seen: dict[str, int] = {}
    for number, row in rows:
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False)}
        email = cells.get("email", "").lower()
        if not _ADDRESS.fullmatch(email):
            found.wrong(number, "email", "Enter a work e-mail, like name@agency.org.")
        elif email in seen:
            found.wrong(number, "email", f"This address stands in row {seen[email]} already.")
        seen.setdefault(email, number)
        there = _dates(found, number, cells.get("dates", ""), dates)
        found.lines.append(Line(number, email, there, _needs(found, number, cells.get("needs", ""))))


def _dates(found: Read, row: int, text: str, dates: Mapping[str, str]) -> tuple[str, ...] | None:
    if not text or text.lower() == "all":
        return None
    chosen = []
    for part in re.split(r"[|;,]\s*|\s+and\s+", text):
        known = dates.get(part.strip())
        if known is None:
            found.wrong(
                row, "dates", f"“{part.strip()[:40]}” is no date of this programme. Write dates like 14/01/2027."
            )
        else:
            chosen.append(known)
    return tuple(dict.fromkeys(chosen))


def _needs(found: Read, row: int, text: str) -> tuple[str, ...]:
    chosen = []
    for part in filter(None, (one.strip().lower() for one in _BETWEEN.split(text))):
        code = _AS_WRITTEN.get(part.removeprefix("a ").removeprefix("an ").replace("_", "-"))
        if code is None:
            found.wrong(row, "needs", f"“{part[:40]}” is not known here. Use: {', '.join(TICKED)}.")
        else:
            chosen.append(code)
    return tuple(dict.fromkeys(chosen))
