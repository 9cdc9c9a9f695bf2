"""Pages of programmes: all of them, and one with its modules in order."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.programmes import queries
from lms.web.access import current_actor, signed_in

bp = Blueprint("programmes", __name__, url_prefix="/programmes", template_folder="templates")


@bp.get("/")
@signed_in
def listed() -> ResponseReturnValue:
    """Find a programme, and see how far I am in each."""
    return render_template("programmes/list.html", ways=queries.ways(current_actor()))


@bp.get("/<programme>/")
@signed_in
def show(programme: str) -> ResponseReturnValue:
    """What a programme is for, its modules in order, and what is next."""
    return render_template("programmes/show.html", way=queries.way(current_actor(), programme))
