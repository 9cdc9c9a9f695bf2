"""The printing press: a sheet as a tagged PDF, set in a process of its own.

Setting a table takes about 0.14 MB a row and keeps most of it, so the process ends with the file: neither a web server
nor the worker grows by it. Run as a program it reads a sheet as JSON and writes a PDF.
"""

import json
import re
import subprocess
import sys
from datetime import date, datetime
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import IO, Any

from lms.core.errors import Refusal
from lms.exports.sheet import Cell, Column, Kind, Made, Sheet

DESIGN = Path(__file__).parent / "templates" / "exports" / "sheet.typ"
MOST_ROWS = 5_000
MOST_LETTERS = 36  # of a column, before its cells go on in a second line
SECONDS = 120
UNPRINTABLE = 3
NO_FONT = re.compile(r"the text `(.*?)` could not be displayed", re.DOTALL)


class TooLongToPrint(Refusal):
    """More rows than anybody would print, and than the press has memory for."""

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"This list has {rows:,} rows, and paper takes {MOST_ROWS:,} at most. Choose a smaller part of it, or take "
            "it as Excel or CSV."
        )


class CannotPrint(Refusal):
    """Letters that no installed font can draw; a PDF with boxes in a name would be worse than none."""

    def __init__(self, letters: str) -> None:
        super().__init__(
            f"We cannot print “{letters}” yet. The Excel and CSV files hold it rightly. An administrator can add a "
            "font for this script to the folder certificates/fonts."
        )


class PressFailed(Exception):
    """The press stopped without a file: a fault of ours."""


def write(sheet: Sheet, made: Made, to: IO[bytes], partnership: str) -> None:
    """Print the sheet. Raises TooLongToPrint, CannotPrint, and PressFailed when the press itself broke."""
    columns = [(place, column) for place, column in enumerate(sheet.columns) if column.printed]
    rows = [[shown(row[place], column) for place, column in columns] for row in islice(iter(sheet.rows), MOST_ROWS + 1)]
    if len(rows) > MOST_ROWS:
        raise TooLongToPrint(max(sheet.total, len(rows)))
    facts = {
        "question": sheet.question,
        "sentence": sheet.sentence,
        "partnership": partnership,
        "line": made.line(sheet.frame.scope),
        "facts": _facts(sheet, made),
        "columns": [
            {"heading": one.heading, "right": one.kind in (Kind.NUMBER, Kind.PERCENT), "width": width}
            for (_, one), width in zip(columns, _widths([one.heading for _, one in columns], rows), strict=True)
        ],
        "rows": rows,
        "definitions": [
            *([one.term, one.meaning] for one in sheet.frame.definitions),
            *([one.heading, one.help] for _, one in columns if one.help),
        ],
        "made_at": made.at.isoformat(timespec="seconds"),
    }
    to.write(_pressed(json.dumps(facts).encode()))


def _widths(headings: list[str], rows: list[list[str]]) -> list[float]:
    """How wide each column is, in parts of the page: by its longest word, and by the lengths of what it holds. Worked
    out here because the press takes twice as long where it has to try.
    """
    found = []
    for place, heading in enumerate(headings):
        cells = {row[place] for row in rows}
        word = max(len(word) for cell in (heading, *cells) for word in (cell.split() or [""]))
        lengths = [len(cell) for cell in cells] or [0]
        usual = max(sum(lengths) / len(lengths), min(max(lengths), MOST_LETTERS))
        found.append(2 + min(max(word, usual, len(heading) / 2), MOST_LETTERS))
    return found


def _facts(sheet: Sheet, made: Made) -> list[list[str]]:
    frame = sheet.frame
    said = [("As at", _day(frame.as_at)), ("For", frame.scope), ("Chosen", frame.filters or "Everything")]
    said += [(heading, _shown(cell)) for heading, cell in frame.ends if heading not in ("As at", "Scope")]
    return [[term, words] for term, words in (*said, ("Made by", f"{made.by}, {made.when}"))]


def shown(cell: Cell, column: Column) -> str:
    """A cell as paper shows it: 14 Jan 2027, 77.4%."""
    if column.kind is Kind.PERCENT and cell is not None and not isinstance(cell, str):
        return f"{cell}%"
    return _shown(cell)


def _shown(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{_day(cell)} {cell:%H:%M}"
    return _day(cell) if isinstance(cell, date) else "" if cell is None else str(cell)


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def _pressed(facts: bytes) -> bytes:
    try:
        pressed = subprocess.run(
            [sys.executable, "-m", "lms.exports.press"], input=facts, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise PressFailed("the press took too long") from late
    if pressed.returncode == UNPRINTABLE:
        raise CannotPrint(pressed.stderr.decode().strip())
    if pressed.returncode:
        raise PressFailed(pressed.stderr.decode()[-500:])
    return pressed.stdout


def press(facts: dict[str, Any]) -> bytes:
    """Set the table in this process, as PDF/UA-1. Raises typst's error."""
    typst, typesetting = import_module("typst"), import_module("lms.web.typesetting")
    facts = {**_printable(facts, typesetting.printable), "fonts": typesetting.families()}
    pressed: bytes = typst.compile(
        DESIGN,
        root=DESIGN.parent,
        format="pdf",
        font_paths=typesetting.fonts(),
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(facts)},
        pdf_standards=["ua-1"],
        timestamp=datetime.fromisoformat(facts["made_at"]),
    )
    return pressed


def _printable(thing: Any, printable: Any) -> Any:
    """All text within, without letters that have no shape."""
    if isinstance(thing, str):
        return printable(thing)
    if isinstance(thing, list):
        return [_printable(one, printable) for one in thing]
    return {name: _printable(one, printable) for name, one in thing.items()} if isinstance(thing, dict) else thing


def main() -> None:
    """Read a sheet, write a PDF; end with 3 and the letters when some cannot be drawn."""
    try:
        sys.stdout.buffer.write(press(json.loads(sys.stdin.buffer.read())))
    except Exception as fault:
        letters = NO_FONT.search(getattr(fault, "message", ""))
        if letters is None:
            raise
        sys.stderr.write(letters[1].strip('"'))
        sys.exit(UNPRINTABLE)


if __name__ == "__main__":
    main()
