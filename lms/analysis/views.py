"""Pages for authors: every quiz, and what the answers to one say of its questions."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.analysis import actions, queries, table
from lms.core import clock
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires
from lms.web.downloads import csv_file

bp = Blueprint("analysis", __name__, template_folder="templates", url_prefix="/content/answers")


@bp.get("/")
@requires(Permission.CONTENT_READ)
def listed() -> ResponseReturnValue:
    """Every knowledge check and scenario."""
    return render_template("analysis/list.html", quizzes=queries.listed(current_actor()))


@bp.get("/<quiz>")
@requires(Permission.CONTENT_READ)
def show(quiz: str) -> ResponseReturnValue:
    """What the answers to one quiz say of its questions."""
    return render_template("analysis/show.html", sheet=queries.sheet(current_actor(), quiz, clock.today()))


@bp.get("/<quiz>.csv")
@requires(Permission.CONTENT_READ)
def show_csv(quiz: str) -> ResponseReturnValue:
    """The same as a file."""
    found = list(table.rows(queries.sheet(current_actor(), quiz, clock.today())))
    actions.exported(current_actor(), quiz, len(found))
    return csv_file([table.HEADINGS, *found], f"answers-{quiz}.csv")
