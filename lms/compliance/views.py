"""Pages of compliance: by group on one day, month by month, and the impact pack for the annual report."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from lms.compliance import lines, pack, queries
from lms.compliance.asking import asked
from lms.compliance.forms import SignForm
from lms.compliance.models import year_name
from lms.core import clock
from lms.core.errors import NotFound
from lms.core.permissions import Permission, Role
from lms.web.access import current_actor, requires
from lms.web.answers import done

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


@bp.get("/impact")
@requires(Permission.FIGURES_READ)
def packs() -> ResponseReturnValue:
    """The packs that were signed off, and for a coordinator the years to make one of."""
    actor = current_actor()
    return render_template(
        "compliance/packs.html",
        signed=pack.signed(actor),
        partnerships=sorted(actor.partnerships(Role.COORDINATOR)),
        years=[(year, year_name(year)) for year in pack.years(clock.today())],
    )


@bp.get("/impact/<partnership>/<int:year>")
@requires(Permission.IMPACT_SIGN)
def draft(partnership: str, year: int) -> ResponseReturnValue:
    """What the pack of a year would hold today."""
    return _draft(partnership, year, SignForm(request.args))


@bp.post("/impact/<partnership>/<int:year>")
@requires(Permission.IMPACT_SIGN)
def sign(partnership: str, year: int) -> ResponseReturnValue:
    """Sign the pack off: it is kept as it is."""
    form = SignForm()
    if form.submitted():
        with form.showing_refusals():
            made = pack.sign(current_actor(), partnership, year, form.limits.data or "")
            return done("Signed off. It stays as it is, whatever changes later.", "compliance.show", pack_id=made.id)
    return _draft(partnership, year, form)


@bp.get("/impact/packs/<uuid:pack_id>")
@requires(Permission.FIGURES_READ)
def show(pack_id: UUID) -> ResponseReturnValue:
    """A pack as it was signed."""
    found, sections = pack.get(current_actor(), pack_id)
    return render_template("compliance/pack.html", pack=found, sections=sections)


def _draft(partnership: str, year: int, form: SignForm) -> ResponseReturnValue:
    if year not in pack.years(clock.today()):
        raise NotFound
    page = render_template(
        "compliance/draft.html",
        sections=pack.draft(current_actor(), partnership, year),
        partnership=partnership,
        year=year,
        name=year_name(year),
        is_over=pack.last_day(year) < clock.today(),
        form=form,
    )
    return page, form.status
