"""Places missed by the people I manage: given up late, or not come to."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.cohorts import missing, noting
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires

bp = Blueprint("missed", __name__, url_prefix="/cohorts/missed")


@bp.get("/")
@requires(Permission.REPORT_READ)
def listed() -> ResponseReturnValue:
    """Who, which joint day, and whether it still counts."""
    actor = current_actor()
    found = missing.of_people_managed_by(actor)
    page = render_template("cohorts/missed.html", missed=found)
    noting.missed(actor, [one.booking for one in found])
    return page
