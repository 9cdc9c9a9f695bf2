"""People from a file, for an administrator: send it, see what it would change, take it or put it away."""

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.core.db import start_writing
from lms.core.errors import Refusal
from lms.core.permissions import Permission
from lms.joining import actions, queries
from lms.joining.actions import FileRefused
from lms.joining.forms import FileForm, TakeForm
from lms.joining.models import TAKEN, WAITING, PeopleFile
from lms.joining.plan import Kind, Plan
from lms.joining.table import MOST_BYTES
from lms.web.access import current_actor, reads_first, requires
from lms.web.answers import done
from lms.web.downloads import attachment, csv_lines
from lms.web.limits import costly
from lms.web.security import takes_bytes

bp = Blueprint("joining", __name__, template_folder="templates", url_prefix="/people/files")

SHOWN = 200
FAULTS_SHOWN = 100
WORDS = {
    Kind.JOINS: "New person",
    Kind.POST: "New post",
    Kind.MOVES: "Moves to another team today",
    Kind.CHANGES: "Changes",
    Kind.ENDS: "Post ends",
    Kind.LEAVES: "Not in the list: leaves",
    Kind.SAME: "Stays as it is",
}


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.AGENCY_EDIT)
@reads_first
@takes_bytes(MOST_BYTES + 20_000)
@costly("files")
def send() -> ResponseReturnValue:
    """Send a file; it is looked at and kept, and nothing is changed yet."""
    actor = current_actor()
    form = FileForm(queries.agencies(actor))
    faults = []
    if form.submitted():
        sent = request.files.get("upload")
        data, name = (sent.read(MOST_BYTES + 1), sent.filename or "") if sent else (b"", "")
        with form.showing_refusals():
            try:
                rows, _plan = actions.look_at(actor, data, form.agency_id, whole=form.whole.data)
            except FileRefused as refused:
                faults = list(refused.faults)
                raise
            start_writing()
            kept = actions.keep(actor, name, rows, form.agency_id, whole=form.whole.data)
            return done(None, "joining.show", file_id=kept.id)
    page = render_template(
        "joining/send.html", form=form, faults=faults[:FAULTS_SHOWN], number=len(faults), files=queries.files(actor)
    )
    return page, form.status


@bp.get("/example.csv")
@requires(Permission.AGENCY_EDIT)
def example() -> ResponseReturnValue:
    """A file to begin with."""
    first = next((one.name for one in queries.agencies(current_actor())), "")
    header = ("email", "name", "agency", "team", "job", "starts", "ends")
    line = ("name@agency.org", "First Last", first, "", "Health visitor", "01/02/2027", "")
    return attachment("".join(csv_lines([header, line])).encode(), "text/csv; charset=utf-8", "people.csv")


@bp.get("/<uuid:file_id>")
@requires(Permission.AGENCY_EDIT)
def show(file_id: UUID) -> ResponseReturnValue:
    """What a file would change now; once it is taken, what was done and what is still being worked out."""
    return _show(queries.file(current_actor(), file_id))


@bp.get("/<uuid:file_id>/report.csv")
@requires(Permission.AGENCY_EDIT)
def report(file_id: UUID) -> ResponseReturnValue:
    """Every line of what a file would change."""
    actor = current_actor()
    one = queries.file(actor, file_id)
    found = _planned(one)
    return attachment("".join(csv_lines(_lines(found))).encode(), "text/csv; charset=utf-8", "people-report.csv")


@bp.post("/<uuid:file_id>/take")
@requires(Permission.AGENCY_EDIT)
def take(file_id: UUID) -> ResponseReturnValue:
    """Make the changes that were shown."""
    form = TakeForm()
    if form.submitted():
        with form.showing_refusals():
            taken = actions.take(current_actor(), file_id, form.shown.data or "")
            number = sum(taken.counts.get(kind.value, 0) for kind in Kind if kind is not Kind.SAME)
            return done(f"Taken. {number:,} lines made a change.", "joining.show", file_id=file_id)
    return _show(queries.file(current_actor(), file_id), form)


@bp.post("/<uuid:file_id>/drop")
@requires(Permission.AGENCY_EDIT)
def drop(file_id: UUID) -> ResponseReturnValue:
    """Put a file away that was not taken."""
    try:
        actions.drop(current_actor(), file_id)
    except Refusal as refusal:
        return done(refusal.sentence, "joining.show", file_id=file_id)
    return done("Put away. Nothing was changed.", "joining.send")


def _planned(one: PeopleFile) -> Plan:
    return queries.planned(queries.reach(current_actor()), queries.rows(one), one.fallback_id, whole=one.whole)


def _show(one: PeopleFile, form: TakeForm | None = None) -> ResponseReturnValue:
    form = form or TakeForm()
    if one.state != WAITING:
        waiting = queries.waiting(current_actor()) if one.state == TAKEN else 0
        return render_template("joining/over.html", file=one, form=form, waiting=waiting, words=WORDS), form.status
    found = _planned(one)
    lines = [line for line in found.changes if line.kind is not Kind.SAME]
    page = render_template(
        "joining/show.html",
        file=one, form=form, plan=found, lines=lines[:SHOWN], number=len(lines), faults=found.faults[:FAULTS_SHOWN],
        mark=actions.mark(found), words=WORDS, kinds=Kind,
        leaving=found.counts[Kind.LEAVES.value],
    )  # fmt: skip
    return page, form.status


def _lines(found: Plan) -> Iterator[tuple[object, ...]]:
    yield ("row", "what happens", "email", "name", "team", "job", "starts", "ends", "before", "after")
    for one in found.changes:
        yield (
            *(one.row or "", WORDS[one.kind], one.email, one.name, one.team, one.job),
            *(one.starts, one.ends or "", one.before, one.after),
        )
