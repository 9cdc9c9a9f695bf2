"""The certificate as a PDF that anyone can print, read aloud and check: the same bytes on every machine."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from urllib.parse import urlsplit

import segno
import typst

from lms.certificates import codes
from lms.core.errors import Refusal
from lms.web.typesetting import families, fonts, printable

DESIGNS = Path(__file__).resolve().parents[2] / "certificates"
DESIGN = DESIGNS / "standard.typ"

# Enough of the fingerprint to compare two by eye; the record keeps all of it.
HASH_SHOWN = 16
INK = "#2a1b2b"
NO_FONT = re.compile(r"the text `(.*?)` could not be displayed", re.DOTALL)


class CannotPrint(Refusal):
    """The name or title has letters that no installed font can draw; a PDF with boxes in a name would be worse."""

    def __init__(self, letters: str) -> None:
        self.letters = letters
        super().__init__(
            f"We cannot print “{letters}” in a PDF yet. The certificate is good and its check page shows it rightly. "
            "An administrator can add a font for this script to the folder certificates/fonts."
        )


@dataclass(frozen=True)
class Snapshot:
    """What was true when the certificate was issued; everything the PDF shows, and nothing it does not.

    `title` is that of the module or programme, `minutes` its length, `modules` what a programme lists (a module lists
    nothing), `code` the 26 plain characters, `verify_url` the whole address of the
    check page, `issued_by` the partnership, `core_hash` the fingerprint of the module's core text (may be empty,
    as may `job`), `note` what must be seen first, such as that the certificate was replaced.
    """

    name: str
    agency: str
    job: str
    title: str
    version: str
    minutes: int
    completed_on: date
    valid_until: date
    code: str
    verify_url: str
    issued_by: str
    core_hash: str
    modules: tuple[str, ...] = ()
    note: str = ""


def render(snapshot: Snapshot) -> bytes:
    """The certificate as an accessible PDF (PDF/UA-1), byte for byte the same whenever and wherever it is made.

    Needs no network and no font of the machine. Raises CannotPrint when a letter has no shape in any font we have.
    """
    # The date inside the file is the day of completion, or every download would be another file.
    return sheet(DESIGN, "certificate", _facts(snapshot), snapshot.completed_on)


def sheet(design: Path, name: str, facts: Mapping[str, object], day: date) -> bytes:
    """A design of the folder `certificates/` filled with facts, as an accessible PDF; `name` is what the design calls
    its facts, `day` the date that stands inside the file.

    Raises CannotPrint when a letter has no shape in any font we have.
    """
    try:
        return typst.compile(
            design,
            root=DESIGNS,
            format="pdf",
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs={name: json.dumps({**facts, "fonts": families()})},
            pdf_standards=["ua-1"],
            timestamp=datetime.combine(day, time(), UTC),
        )
    except typst.TypstError as error:
        if letters := NO_FONT.search(error.message):
            raise CannotPrint(letters[1].strip('"')) from error
        raise


def _facts(snapshot: Snapshot) -> dict[str, object]:
    """What the design may print, as plain values; the design decides where and how."""
    return {
        "name": printable(snapshot.name),
        "place": ", ".join(part for part in (printable(snapshot.job), printable(snapshot.agency)) if part),
        "title": printable(snapshot.title),
        "modules": [printable(one) for one in snapshot.modules],
        "version": printable(snapshot.version),
        "note": snapshot.note,
        "minutes": snapshot.minutes,
        "completed_on": snapshot.completed_on.isoformat(),
        "valid_until": snapshot.valid_until.isoformat(),
        "code": codes.shown(snapshot.code),
        "verify_url": snapshot.verify_url,
        "check_address": _check_address(snapshot.verify_url),
        "issued_by": printable(snapshot.issued_by),
        "core_hash": codes.shown(snapshot.core_hash[:HASH_SHOWN]),
        "qr": _qr(snapshot.verify_url),
    }


def _check_address(verify_url: str) -> str:
    """The page where a code can be typed, as people write it: without https:// and without the code."""
    parts = urlsplit(verify_url)
    return parts.netloc + parts.path.rsplit("/", 1)[0]


def _qr(address: str) -> str:
    """The QR code of an address, as SVG; the design leaves the white edge that phones need."""
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", dark=INK, light="#fff", border=0, omitsize=True, xmldecl=False
    )
    return picture.getvalue().decode()
