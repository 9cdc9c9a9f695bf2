"""Addresses of files: every sheet on offer, in three formats, with the same filters as its page."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.exports.answering import answer
from lms.web.access import signed_in

bp = Blueprint("exports", __name__, template_folder="templates", url_prefix="/exports")


@bp.get("/<name>.<kind>")
@signed_in
def file(name: str, kind: str) -> ResponseReturnValue:
    """One sheet as CSV, Excel or print; the sheet itself says which permission it needs."""
    return answer(name, kind)
