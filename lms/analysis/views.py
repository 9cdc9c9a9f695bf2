"""Pages for authors: every quiz, and what the answers to one say of its questions."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.analysis import queries
from lms.core import clock
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires

bp = Blueprint("analysis", __name__, template_folder="templates", url_prefix="/content/answers")


@bp.get("/")
@requires(Permission.CONTENT_READ)
def answers() -> ResponseReturnValue:
    """What the answers to one quiz say of its questions, or every quiz to choose from."""
    slug = request.args.get("quiz", "")
    if not slug:
        return render_template("analysis/list.html", quizzes=queries.listed(current_actor()))
    return render_template("analysis/show.html", sheet=queries.sheet(current_actor(), slug, clock.today()))
