"""Sheets as files: CSV line by line, and Excel without a formula, a link, or a whole table in memory."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from lms.exports import press
from lms.exports.sheet import Cell, Format, Kind, Made, Row, Sheet, as_text
from lms.web.downloads import csv_lines, neutral

ABOUT = "About these figures"
COUNTED = "How this is counted"
MOST_LETTERS = 32_767  # in a cell of Excel
MOST_ROWS = 1_048_575  # in a sheet of Excel, without the headings
NAME_LETTERS = 31
WIDTHS = {Kind.TEXT: 24, Kind.NUMBER: 12, Kind.PERCENT: 12, Kind.DATE: 13}
LOOKS = {Kind.PERCENT: {"num_format": "0.0%"}, Kind.DATE: {"num_format": "d mmm yyyy"}}


def csv_rows(sheet: Sheet, made: Made) -> Iterator[Row]:
    """Headings and rows, each row with the frame's ends, who made the file and when; the first also with how it is
    counted.
    """
    ends = tuple(as_text(cell) for _, cell in sheet.frame.ends)
    stamp = (made.by, as_text(made.at))
    yield (*sheet.headings, *(heading for heading, _ in sheet.frame.ends), "Made by", "Made at", COUNTED)
    said = _said(sheet)
    for row in sheet.rows:
        yield (*(as_text(cell) for cell in row), *ends, *stamp, said)
        said = ""


def _said(sheet: Sheet) -> str:
    helped = " ".join(f"{one.heading}: {one.help}" for one in sheet.columns if one.help)
    chosen = f"Chosen: {sheet.frame.filters}" if sheet.frame.filters else ""
    return " ".join(part for part in (chosen, sheet.frame.counted, helped) if part)


def csv(sheet: Sheet, made: Made) -> Iterator[bytes]:
    """The file in UTF-8 with a byte order mark, as it grows: a few rows at a time."""
    lines = csv_lines(csv_rows(sheet, made))
    while few := "".join(islice(lines, 200)):
        yield few.encode()


def xlsx(sheet: Sheet, made: Made, to: IO[bytes], folder: Path | None = None) -> None:
    """The file as Excel reads it. `folder` is where the rows are kept meanwhile: they are people's, so not just
    anywhere.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(folder) if folder else None,
    }
    with closing(xlsxwriter.Workbook(to, options)) as book:
        book.set_properties({"title": sheet.question, "author": made.by, "created": made.at.replace(tzinfo=None)})
        rows = iter(sheet.rows)
        first = _table(book, sheet, rows, sheet.name[:NAME_LETTERS])
        _about(book, sheet, made)
        number = 1
        while first == MOST_ROWS and (more := next(rows, None)) is not None:
            number += 1
            name = f"{sheet.name[: NAME_LETTERS - 4]} {number}"
            first = _table(book, sheet, chain((more,), rows), name)


def _table(book: Any, sheet: Sheet, rows: Iterable[Row], name: str) -> int:
    """One sheet of the book with as many rows as it takes; says how many."""
    page, bold = book.add_worksheet(name), book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    looks = [book.add_format(LOOKS.get(column.kind, {})) for column in sheet.columns]
    into = [_Place(page, place, one.kind, looks[place]) for place, one in enumerate(sheet.columns)]
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, max(WIDTHS[column.kind], min(len(column.heading), 30)))
        page.write_string(0, place, neutral(column.heading), bold)
    page.freeze_panes(1, 1)
    written = 0
    for written, row in enumerate(islice(rows, MOST_ROWS), start=1):
        for target, cell in zip(into, row, strict=True):
            target.write(written, cell)
    page.autofilter(0, 0, max(written, 1), len(sheet.columns) - 1)
    return written


@dataclass(frozen=True)
class _Place:
    """One column of a sheet of the book."""

    page: Any
    number: int
    kind: Kind
    look: Any

    def write(self, line: int, cell: Cell) -> None:
        """Numbers and dates as what they are, everything else as text that can never be a formula."""
        if isinstance(cell, str):
            if cell:
                self.page.write_string(line, self.number, neutral(cell)[:MOST_LETTERS])
        elif isinstance(cell, datetime):
            self.page.write_string(line, self.number, as_text(cell))
        elif isinstance(cell, date):
            self.page.write_datetime(line, self.number, cell, self.look)
        elif cell is not None:
            number = float(cell) / 100 if self.kind is Kind.PERCENT else float(cell)
            self.page.write_number(line, self.number, number, self.look)


def _about(book: Any, sheet: Sheet, made: Made) -> None:
    """The second sheet: what was asked, of whom, when, by whom, and how it was counted."""
    page = book.add_worksheet(ABOUT)
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 90)
    frame = sheet.frame
    said: list[tuple[str, Cell]] = [("Question", sheet.question), ("Answer", sheet.sentence), ("Scope", frame.scope)]
    said += [("Chosen", frame.filters or "Everything"), ("As at", frame.as_at)]
    said += [(heading, cell) for heading, cell in frame.ends if heading not in ("As at", "Scope")]
    said += [("Rows", sheet.total), ("Made by", made.by), ("Made at", made.at), (COUNTED, "")]
    said += [(one.term, one.meaning) for one in frame.definitions]
    said += [(one.heading, one.help) for one in sheet.columns if one.help]
    for line, (term, cell) in enumerate(said):
        page.write_string(line, 0, neutral(term), bold)
        page.write_string(line, 1, neutral(as_text(cell))[:MOST_LETTERS], wrapped)


@dataclass(frozen=True)
class Workshop:
    """Where files are made: the partnership's name for paper, and the folder for what Excel keeps meanwhile."""

    partnership: str
    folder: Path | None = None


def write(sheet: Sheet, kind: Format, made: Made, to: IO[bytes], shop: Workshop) -> None:
    """Write the whole file. Raises press.TooLongToPrint and press.CannotPrint."""
    if kind is Format.CSV:
        to.writelines(csv(sheet, made))
    elif kind is Format.XLSX:
        xlsx(sheet, made, to, shop.folder)
    else:
        press.write(sheet, made, to, shop.partnership)
