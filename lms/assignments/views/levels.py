"""Pages of a partnership's levels: which jobs belong to each, and what counts towards its hours."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.assignments import levels
from lms.assignments.actions import levelling as actions
from lms.assignments.actions.levelling import AUDIENCE, Scheme
from lms.assignments.forms import LevelForm, must
from lms.assignments.models import Level
from lms.assignments.rules import plain
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires
from lms.web.answers import done

bp = Blueprint("levels", __name__, template_folder="../templates", url_prefix="/requirements/levels")

COUNTS = {name: f"Made for: {name}" for name in AUDIENCE}


@bp.get("/")
@requires(Permission.SCHEME_EDIT)
def listed() -> ResponseReturnValue:
    """The levels, their jobs, and the jobs without a level."""
    return render_template("assignments/levels.html", schemes=levels.schemes(current_actor()))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SCHEME_EDIT)
def new() -> ResponseReturnValue:
    """Add a level."""
    actor = current_actor()
    partnership = levels.partnership(actor, request.args.get("of"))
    form = LevelForm(levels.jobs_for(partnership), COUNTS, {"position": 0})
    if form.submitted():
        with form.showing_refusals():
            actions.add(actor, partnership, form.code.data or "", _scheme(form))
            return done("Added. It can be asked for now.", "levels.listed")
    return _form(form, partnership, None)


@bp.route("/<uuid:level_id>/", methods=["GET", "POST"])
@requires(Permission.SCHEME_EDIT)
def change(level_id: UUID) -> ResponseReturnValue:
    """Change a level from today on."""
    actor = current_actor()
    level = levels.level(actor, level_id)
    offered = levels.jobs_for(level.partnership, level.jobs)
    held = {plain(job) for job in level.jobs}
    known = {
        "code": level.code,
        "title": level.name,
        "position": level.position,
        "jobs": [job for job in offered if plain(job) in held],
        "module_levels": level.module_levels,
    }
    form = LevelForm(offered, COUNTS, known)
    if form.submitted():
        with form.showing_refusals():
            actions.change(actor, level_id, _scheme(form))
            return done("Saved, from today on.", "levels.listed")
    return _form(form, level.partnership, level)


def _scheme(form: LevelForm) -> Scheme:
    return Scheme(form.title.data or "", must(form.position.data), form.jobs.data or (), form.module_levels.data or ())


def _form(form: LevelForm, partnership: str, level: Level | None) -> ResponseReturnValue:
    return render_template("assignments/level.html", form=form, where=partnership, level=level), form.status
