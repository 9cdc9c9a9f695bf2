"""Files people download: CSV that no spreadsheet takes for a formula, and PDF."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # also in full width
UNSEEN_STARTS = "\u200b\u2060\ufeff"  # no white space, and yet nothing to see
BYTE_ORDER_MARK = "\ufeff"


def neutral(cell: object) -> str:
    """The cell's text, with an apostrophe before anything a spreadsheet would run as a formula (OWASP, CSV
    injection).
    """
    text = "" if cell is None else str(cell)
    if text[:1].isalnum():  # nearly every cell: looking no further saves a tenth of a large file's time
        return text
    return f"'{text}" if _runs(text) else text


def _runs(text: str) -> bool:
    """Whether the first letter that is neither blank nor unseen, or a tab or line break before it, begins a formula."""
    for letter in text:
        if letter in FORMULA_STARTS:
            return True
        if not letter.isspace() and letter not in UNSEEN_STARTS:
            return False
    return False


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as lines of CSV, one at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield BYTE_ORDER_MARK
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def pdf_file(content: bytes, name: str) -> Response:
    """A PDF download."""
    return attachment(content, "application/pdf", name)


def json_file(text: str, name: str) -> Response:
    """A JSON download."""
    return attachment(text.encode(), "application/json", name)


def attachment(content: bytes | Iterable[bytes], kind: str, name: str) -> Response:
    """Any download. Content that comes in pieces is sent as it comes, while what it reads stays open."""
    whole = content if isinstance(content, bytes) else stream_with_context(iter(content))
    response = Response(whole, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
