"""Nominations: staff ask for themselves, managers approve and nominate, those who build a programme add and upload."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.planning import building, queries
from lms.planning.actions import nominating as actions
from lms.planning.actions.nominating import FileRefused, NothingDecided, Wish
from lms.planning.forms import AddForm, DecideForm, FileForm, TeamForm, WishForm
from lms.planning.models import DateProgramme
from lms.planning.nomination_file import MOST_BYTES, MOST_FAULTS
from lms.web.access import current_actor, requires, signed_in
from lms.web.answers import done
from lms.web.forms import PageForm

bp = Blueprint("nominating", __name__, url_prefix="/cohorts/programmes", template_folder="../templates")


def _dates(programme: DateProgramme) -> dict[str, str]:
    return {str(one.cohort_id): building.in_full(one) for one in programme.in_order if not one.cohort.has_begun}


@bp.get("/")
@signed_in
def offered() -> ResponseReturnValue:
    """Programmes I can ask for, or nominate my people to."""
    return render_template("planning/offered.html", listed=queries.listed(current_actor()))


@bp.route("/<uuid:programme_id>/ask", methods=["GET", "POST"])
@signed_in
def ask(programme_id: UUID) -> ResponseReturnValue:
    """Ask for a place on one of the dates."""
    actor = current_actor()
    programme = queries.get_offered(actor, programme_id)
    own = queries.own_nomination(actor, programme)
    there = own if own and own.state in queries.STILL_THERE else None
    wish = Wish(tuple(there.dates) if there.dates is not None else None, tuple(there.needs)) if there else None
    form = WishForm(_dates(programme), wish)
    if form.submitted():
        with form.showing_refusals():
            made = actions.ask(actor, programme_id, form.wish)
            waits = " Your manager is asked to approve it." if made.state == "asked" else ""
            return done(f"Saved. You hear when the plan is published.{waits}", "nominating.offered")
    return render_template("planning/ask.html", programme=programme, form=form, own=own, there=there), form.status


@bp.post("/<uuid:programme_id>/ask/withdraw")
@signed_in
def withdraw(programme_id: UUID) -> ResponseReturnValue:
    """Take my wish back."""
    actions.withdraw(current_actor(), programme_id)
    return done("Taken back. You are not on the list of this programme.", "nominating.offered")


@bp.get("/<uuid:programme_id>/team")
@signed_in
def team(programme_id: UUID) -> ResponseReturnValue:
    """My people's requests, and nominating others of them."""
    return _team(current_actor(), programme_id, None)


def _team(actor: Actor, programme_id: UUID, form: PageForm | None) -> ResponseReturnValue:
    if not queries.manages(actor):
        raise NotFound
    programme = queries.get_offered(actor, programme_id)
    page = render_template(
        "planning/team.html",
        programme=programme,
        nominations=queries.nominations_managed(actor, programme),
        candidates=queries.team_of(actor, programme),
        form=form or PageForm(None),
        team_form=form if isinstance(form, TeamForm) else TeamForm(_dates(programme)),
    )
    return page, form.status if form else 200


@bp.post("/<uuid:programme_id>/team")
@signed_in
def nominate(programme_id: UUID) -> ResponseReturnValue:
    """Nominate people I manage."""
    actor = current_actor()
    form = TeamForm(_dates(queries.get_offered(actor, programme_id)))
    if form.submitted():
        with form.showing_refusals():
            number = actions.nominate(actor, programme_id, form.chosen, form.wish)
            said = f"{number} {'person' if number == 1 else 'people'} nominated."
            return done(said, "nominating.team", programme_id=programme_id)
    return _team(actor, programme_id, form)


@bp.post("/<uuid:programme_id>/team/decide")
@signed_in
def decide(programme_id: UUID) -> ResponseReturnValue:
    """Approve or decline what my people asked for."""
    actor, form = current_actor(), DecideForm()
    if form.submitted():
        with form.showing_refusals():
            if form.do.data not in ("approve", "decline"):
                raise NothingDecided
            approve = form.do.data == "approve"
            number = actions.decide(actor, programme_id, form.chosen, approve=approve)
            said = f"{number} {'approved' if approve else 'declined'}."
            return done(said, "nominating.team", programme_id=programme_id)
    return _team(actor, programme_id, form)


@bp.get("/<uuid:programme_id>/nominations")
@requires(Permission.COHORT_EDIT)
def nominations(programme_id: UUID) -> ResponseReturnValue:
    """Everybody nominated, for whoever builds the programme."""
    return _nominations(current_actor(), programme_id)


def _nominations(actor: Actor, programme_id: UUID, form: PageForm | None = None) -> ResponseReturnValue:
    programme = queries.get_run(actor, programme_id)
    rows = queries.nominations(programme)
    agencies = queries.agencies(programme)
    page = render_template(
        "planning/nominations.html",
        programme=programme,
        rows=rows,
        missing=[one.name for one in agencies if one.id not in {row.agency_id for row in rows}],
        dates=_dates(programme),
        form=form or PageForm(None),
        add_form=form if isinstance(form, AddForm) else AddForm(_dates(programme)),
    )
    return page, form.status if form else 200


@bp.post("/<uuid:programme_id>/nominations")
@requires(Permission.COHORT_EDIT)
def add(programme_id: UUID) -> ResponseReturnValue:
    """Add people by their addresses."""
    actor = current_actor()
    form = AddForm(_dates(queries.get_run(actor, programme_id)))
    if form.submitted():
        with form.showing_refusals():
            number = actions.add(actor, programme_id, form.addresses, form.wish)
            said = f"{number} {'person' if number == 1 else 'people'} added."
            return done(said, "nominating.nominations", programme_id=programme_id)
    return _nominations(actor, programme_id, form)


@bp.route("/<uuid:programme_id>/file", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
def upload(programme_id: UUID) -> ResponseReturnValue:
    """Take a file of nominations, whole or not at all."""
    actor, form, faults = current_actor(), FileForm(), []
    programme = queries.get_run(actor, programme_id)
    if form.submitted():
        sent = request.files.get("upload")
        with form.showing_refusals():
            try:
                number = actions.take_file(actor, programme_id, sent.read(MOST_BYTES + 1) if sent else b"")
            except FileRefused as refused:
                faults = list(refused.faults)
                raise
            said = f"{number} {'person' if number == 1 else 'people'} added from the file."
            return done(said, "nominating.nominations", programme_id=programme_id)
    page = render_template(
        "planning/upload.html", programme=programme, form=form, faults=faults[:MOST_FAULTS], number=len(faults)
    )
    return page, form.status


@bp.post("/<uuid:programme_id>/nominations/<uuid:nomination_id>/off")
@requires(Permission.COHORT_EDIT)
def take_off(programme_id: UUID, nomination_id: UUID) -> ResponseReturnValue:
    """Take somebody off the list."""
    name = actions.take_off(current_actor(), programme_id, nomination_id)
    return done(f"{name} is off the list.", "nominating.nominations", programme_id=programme_id)
