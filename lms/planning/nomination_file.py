"""A file of nominations, read whole or not at all: every fault by row and column. Pure."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.cohorts.access import TICKED

MOST_ROWS = 20_000
MOST_BYTES = 900_000
MOST_FAULTS = 100
LONGEST = 1000  # of one cell; no address and no list of dates comes near
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
    text = _decoded(data, found)
    if text is None:
        return found
    table = _table(text, found)
    if table is None:
        return found
    header = [name.strip().lower() for name in table[0]] if table else []
    if "email" not in header:
        found.wrong(1, "email", "The first row must name the columns: email, and perhaps dates and needs.")
        return found
    unknown = [name for name in header if name and name not in COLUMNS]
    for name in unknown:
        found.wrong(1, name[:40], "There is no such column. Use email, dates and needs.")
    rows = [(number, row) for number, row in enumerate(table[1:], start=2) if any(cell.strip() for cell in row)]
    if len(rows) > MOST_ROWS:
        found.wrong(MOST_ROWS + 2, "email", f"A file holds at most {MOST_ROWS:,} nominations. Divide it.")
        return found
    _read_rows(found, header, rows, dates)
    return found


def _decoded(data: bytes, found: Read) -> str | None:
    if len(data) > MOST_BYTES:
        found.wrong(1, "file", f"A file holds at most {MOST_BYTES // 1000} kB. Divide it.")
        return None
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    found.wrong(1, "file", "This is not a text file. Save it as CSV and send it again.")
    return None


def _table(text: str, found: Read) -> list[list[str]] | None:
    """The rows; None, with the fault told, where a cell is so long that a mark is missing or it is no such file."""
    table: list[list[str]] = []
    try:
        for row in csv.reader(text.splitlines(), delimiter=_separator(text)):
            table.append(row)
            if any(len(cell) > LONGEST for cell in row):
                raise csv.Error
    except csv.Error:
        found.wrong(
            max(len(table), 1), "file", "From here on, a cell is too long. Perhaps a quotation mark is not closed."
        )
        return None
    return table


def _separator(text: str) -> str:
    first = text.splitlines()[0] if text.strip() else ""
    return max(",;\t", key=first.count)


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
