"""The page that lists all reports a person may open."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.reports.offered import offered_to
from lms.web.access import current_actor, signed_in

bp = Blueprint("listing", __name__, template_folder="templates", url_prefix="/reports")


@bp.get("/")
@signed_in
def reports() -> ResponseReturnValue:
    """Every report the person may open, by the question it answers."""
    return render_template("reports/listing.html", groups=offered_to(current_actor()))
