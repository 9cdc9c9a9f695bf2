"""Places missed by the people I manage: given up late, or not come to."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.cohorts import missing
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires

bp = Blueprint("missed", __name__, url_prefix="/cohorts/missed")


@bp.get("/")
@requires(Permission.REPORT_READ)
def listed() -> ResponseReturnValue:
    """Who, which joint day, and whether it still counts."""
    return render_template("cohorts/missed.html", missed=missing.of_people_managed_by(current_actor()))
