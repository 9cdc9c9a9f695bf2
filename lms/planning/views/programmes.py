"""Programmes of dates, for those who build them: the list, rules, dates, and pairs kept apart."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.catalogue.shelf import library
from lms.core.permissions import Permission
from lms.planning import queries
from lms.planning.actions import programmes as actions
from lms.planning.forms import ApartForm, DateForm, FrameForm
from lms.planning.models import DateProgramme
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.forms import PageForm

bp = Blueprint("planning", __name__, url_prefix="/cohorts/programmes", template_folder="../templates")


@bp.get("/mine/")
@requires(Permission.COHORT_EDIT)
def listed() -> ResponseReturnValue:
    """The programmes I build."""
    return render_template("planning/listed.html", listed=queries.listed(current_actor()))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
def new() -> ResponseReturnValue:
    """Make a programme, perhaps for agencies that have hardly met."""
    wanted = queries.named(current_actor(), request.args.getlist("want"))
    form = FrameForm(about=f"People of {' and '.join(wanted)} are wanted: they have hardly met." if wanted else "")
    if form.submitted():
        with form.showing_refusals():
            made = actions.create(current_actor(), form.frame())
            return done("Created. Add its dates; people come after.", "planning.show", programme_id=made.id)
    return render_template("planning/edit.html", form=form, programme=None, nominated=False), form.status


@bp.get("/<uuid:programme_id>/")
@requires(Permission.COHORT_EDIT)
def show(programme_id: UUID) -> ResponseReturnValue:
    """One programme: its rules, dates, and how far it is."""
    programme = queries.get_run(current_actor(), programme_id)
    return _show(programme, _date_form(programme))


def _date_form(programme: DateProgramme) -> DateForm:
    usual = [one.module for one in programme.in_order[0].cohort.modules] if programme.in_order else []
    return DateForm({one.slug: one.title for one in library().modules}, usual)


def _show(programme: DateProgramme, form: PageForm) -> ResponseReturnValue:
    page = render_template(
        "planning/show.html",
        programme=programme,
        form=form,
        counts=queries.counts(programme),
        proposal=queries.latest_with_plan(programme),
        overrides=queries.overrides(programme),
    )
    return page, form.status


@bp.route("/<uuid:programme_id>/rules", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
def rules(programme_id: UUID) -> ResponseReturnValue:
    """Change what a programme is and the rules it keeps."""
    actor = current_actor()
    programme = queries.get_run(actor, programme_id)
    form = FrameForm(programme)
    if form.submitted():
        with form.showing_refusals():
            actions.change(actor, programme_id, form.frame(), form.reason.data or "")
            return done("Saved.", "planning.show", programme_id=programme_id)
    nominated = bool(queries.counts(programme))
    return render_template("planning/edit.html", form=form, programme=programme, nominated=nominated), form.status


@bp.post("/<uuid:programme_id>/dates")
@requires(Permission.COHORT_EDIT)
def add_date(programme_id: UUID) -> ResponseReturnValue:
    """Add a date."""
    actor = current_actor()
    programme = queries.get_run(actor, programme_id)
    form = _date_form(programme)
    if form.submitted():
        with form.showing_refusals():
            actions.add_date(actor, programme_id, form.planned(), form.modules.data or [], form.features.data or [])
            return done("Date added. It is a draft that nobody else sees.", "planning.show", programme_id=programme_id)
    return _show(programme, form)


@bp.route("/apart/", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
def apart() -> ResponseReturnValue:
    """The pairs I keep apart, and one more."""
    actor, form = current_actor(), ApartForm()
    if form.submitted() and form.until.data:
        with form.showing_refusals():
            actions.keep_apart(actor, form.email.data or "", form.other.data or "", form.until.data)
            return done("Saved. These two are not placed together.", "planning.apart")
    return render_template("planning/apart.html", form=form, pairs=queries.pairs_seen(actor)), form.status


@bp.post("/apart/<uuid:pair_id>/end")
@requires(Permission.COHORT_EDIT)
def end_apart(pair_id: UUID) -> ResponseReturnValue:
    """Let a pair be placed together again."""
    actions.end_apart(current_actor(), pair_id)
    return done("Ended.", "planning.apart")
