"""Answering with a file: the same for every sheet, whichever address it was asked at."""

import io
from collections.abc import Iterable

from flask import abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from lms.audit import actions as audit
from lms.config import Settings
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.exports import press, registry, writers
from lms.exports.actions import taking
from lms.exports.registry import Arguments, Offered
from lms.exports.sheet import Format, Made, Sheet
from lms.exports.writers import Workshop
from lms.web.access import current_actor
from lms.web.downloads import attachment

# How many rows of a CSV one row of each format is worth: paper takes twenty times as long.
WEIGHT = {Format.CSV: 1, Format.XLSX: 1, Format.PDF: 20}


def answer(name: str, kind: str) -> ResponseReturnValue:
    """The sheet of this name as a file, with the filters of the address. Raises NotFound for a sheet, a format or
    filters that are not on offer to the reader.
    """
    actor, offered, wanted = current_actor(), permitted(name), asked_format(kind)
    arguments = offered.asked(request.args)
    most = offered.size(actor, arguments)
    if most > _limit():
        return _too_long(offered, wanted, arguments, f"up to {most:,}")
    sheet = offered.build(actor, arguments)
    if wanted is Format.PDF and sheet.total > press.MOST_ROWS:
        raise press.TooLongToPrint(sheet.total)
    if sheet.total * WEIGHT[wanted] > _limit():
        return _too_long(offered, wanted, arguments, f"{sheet.total:,}")
    content = written(sheet, wanted, made_by(actor))
    taking.taken(actor, sheet, wanted)
    return attachment(content, wanted.mime, sheet.file_name(wanted))


def _limit() -> int:
    settings: Settings = current_app.extensions["settings"]
    return settings.export_rows


def _too_long(offered: Offered, kind: Format, arguments: Arguments, rows: str) -> ResponseReturnValue:
    """The page that offers to have a long file made by the worker: a GET begins nothing."""
    return render_template("exports/ask.html", offered=offered, kind=kind, arguments=arguments, rows=rows)


def asked_format(kind: str) -> Format:
    """The format an address names. Raises NotFound."""
    try:
        return Format(kind)
    except ValueError:
        raise NotFound from None


def permitted(name: str) -> Offered:
    """The sheet of this name, if the reader's role carries it; otherwise that is noted and refused with 403."""
    actor, offered = current_actor(), registry.sheet(name)
    if not offered.is_for(actor):
        db.session.rollback()  # gives back the write lock that a POST holds, which the note needs
        audit.refused(actor, request.endpoint or "")
        abort(403)
    return offered


def made_by(actor: Actor) -> Made:
    """Who makes a file, now."""
    return Made(actor.name, clock.local(clock.now()))


def written(sheet: Sheet, kind: Format, made: Made) -> bytes | Iterable[bytes]:
    """The file: CSV as it grows, so that its first lines are there at once; the others when they are whole."""
    if kind is Format.CSV:
        return writers.csv(sheet, made)
    settings: Settings = current_app.extensions["settings"]
    whole = io.BytesIO()
    writers.write(sheet, kind, made, whole, Workshop(settings.partnership, settings.data_dir))
    return whole.getvalue()
