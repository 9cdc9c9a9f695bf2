"""Pages of compliance: by group on one day, and month by month."""

from http import HTTPStatus

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from lms.compliance import lines, queries
from lms.compliance.asking import asked
from lms.core import clock
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires

bp = Blueprint("compliance", __name__, template_folder="templates", url_prefix="/reports")


@bp.get("/by")
@requires(Permission.FIGURES_READ)
def table() -> ResponseReturnValue:
    """How much of what is asked is in date, by agency, team, job, level, locality or module."""
    wanted = asked(current_actor(), clock.today())
    if wanted is None:
        return render_template("compliance/nothing.html")
    page = render_template(
        "compliance/table.html", asked=wanted, form=wanted.form, found=wanted.table(), today=clock.today()
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wanted.form.day_problem else HTTPStatus.OK


@bp.get("/over-time")
@requires(Permission.FIGURES_READ)
def course() -> ResponseReturnValue:
    """The same at the end of each month of the last year."""
    wanted = asked(current_actor(), clock.today())
    if wanted is None:
        return render_template("compliance/nothing.html")
    points = queries.course(wanted.form.reach, clock.today(), wanted.target)
    goal = current_app.extensions["settings"].completion_goal
    return render_template(
        "compliance/course.html",
        asked=wanted,
        form=wanted.form,
        points=points,
        lines=lines,
        goal=goal,
        today=clock.today(),
    )
