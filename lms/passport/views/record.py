"""My record, and what I need with the reason for it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.core import clock
from lms.passport import queries
from lms.web.access import current_actor, signed_in
from lms.web.asking import page_asked

bp = Blueprint("record", __name__, template_folder="../templates", url_prefix="/record")

LINES_A_PAGE = 20


@bp.get("/")
@signed_in
def record() -> ResponseReturnValue:
    """My record: hours by kind, what is in date, joint days, history."""
    mine = queries.record(current_actor())
    paged = page_asked(mine.history, LINES_A_PAGE)
    return render_template("passport/record.html", mine=mine, paged=paged, this_year=mine.of(clock.today().year))


@bp.get("/needed")
@signed_in
def needed() -> ResponseReturnValue:
    """What I need, by when, and why."""
    return render_template("passport/needed.html", needs=queries.needs(current_actor()), today=clock.today())
