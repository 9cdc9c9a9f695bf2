"""Tables that people upload, as CSV or as Excel saves them: rows of text, read within limits and never run.

An Excel file is an archive of XML. So it is weighed before it is opened, only the values of its first sheet are read,
and XML that names other files or defines words of its own is refused by defusedxml, which openpyxl uses where it is
installed (`tests/core/test_tables.py` holds it to that).
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

LONGEST_CELL = 1_000  # no address and no list of dates comes near
MOST_COLUMNS = 50
UNPACKED_BYTES = 60_000_000
MOST_PARTS = 200
ARCHIVE = b"PK\x03\x04"
NOT_READABLE = "This Excel file cannot be read. Save it anew as .xlsx, or as CSV, and send it again."


class Unreadable(ValueError):
    """The file is no such table: in which row that shows, and a sentence about it."""

    def __init__(self, row: int, sentence: str) -> None:
        super().__init__(sentence)
        self.row = row
        self.sentence = sentence


def rows(data: bytes, most_bytes: int, most_rows: int) -> list[list[str]]:
    """The rows of a table, the header first, every cell as text without blanks around it; days as 2027-03-31.

    Raises Unreadable for more than `most_bytes` or `most_rows` (besides the header), and for what is no table.
    """
    if len(data) > most_bytes:
        raise Unreadable(1, f"A file holds at most {_size(most_bytes)}. Divide it.")
    read = _sheet(data) if data[:4] == ARCHIVE else _text(data)
    found: list[list[str]] = []
    for row in read:
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:  # Excel names columns far beyond the last one that says something
            cells.pop()
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise Unreadable(
                len(found) + 1, "From here on, a cell is too long. Perhaps a quotation mark is not closed."
            )
        found.append(cells)
        if len(found) > most_rows + 1 and any(cells):
            raise Unreadable(len(found), f"A file holds at most {most_rows:,} rows. Divide it.")
    return found


def _size(most: int) -> str:
    return f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1_000} kB"


def _text(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    first = next(iter(text.splitlines()), "")
    number = 0
    try:
        for row in csv.reader(text.splitlines(), delimiter=max(",;\t", key=first.count)):
            number += 1
            yield row
    except csv.Error:
        raise Unreadable(
            number + 1, "From here on, a cell is too long. Perhaps a quotation mark is not closed."
        ) from None


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise Unreadable(1, "This is not a text file. Save it as CSV and send it again.")


def _sheet(data: bytes) -> Iterator[list[str]]:
    import openpyxl  # noqa: PLC0415 -- 0.2 s and 23 MB with numpy, which a process that reads no Excel file saves

    _weigh(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what Excel keeps beside the values, such as drop-down lists
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
                yield [_cell(value) for value in row]
        except Unreadable:
            raise
        except Exception:  # a spoilt archive or sheet fails in a dozen ways, deep inside the library
            raise Unreadable(1, NOT_READABLE) from None


def _weigh(data: bytes) -> None:
    """Refuse an archive that unpacks to far more than a table needs."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unreadable(1, NOT_READABLE) from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise Unreadable(1, "This Excel file unpacks to more than a table needs. Save the first sheet as CSV.")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\x00", "")
