"""The file of everything about a person: the same twice, for programs as JSON and for reading as a page."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime

from flask import render_template

from lms.core import clock
from lms.home import stored
from lms.rights import telling
from lms.rights.finding import Who
from lms.rights.telling import Told

LEFT_OUT = (
    "Left out: your password and codes in their scrambled form, who else is named in a pair that is kept apart and who "
    "set it, what you did that speaks of other people only (that and when you did it is in), and what other people "
    "wrote in places of their own."
)


def pack(who: Who) -> bytes:
    """Everything about a person as one ZIP."""
    told, at = telling.everything(who), clock.now()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as to:
        to.writestr("everything.json", as_json(told, at))
        to.writestr("everything.html", _as_page(told, at))
    return made.getvalue()


def as_json(told: Sequence[Told], at: datetime) -> str:
    """For programs."""
    words = stored.words()
    tables = {
        one.table: {"what": words.get(one.table, ""), "yours": one.rows, "what_you_did": one.acts} for one in told
    }
    return json.dumps({"made_at": at.isoformat(), "left_out": LEFT_OUT, "tables": tables}, indent=1, ensure_ascii=False)


def _as_page(told: Sequence[Told], at: datetime) -> str:
    return render_template("rights/file.html", told=told, words=stored.words(), at=at, left_out=LEFT_OUT)


def file_name() -> str:
    """What the file is called on the person's own disk."""
    return f"everything-about-me-{clock.today().isoformat()}.zip"
