"""Cohorts, for those who run them: the list, creating and editing, the mix, people, and opening or cancelling."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.catalogue.shelf import library
from lms.cohorts import contests, managing, missing, mix, noting, queries
from lms.cohorts.actions import arranging, booking, building, moving, waiving
from lms.cohorts.actions import missed as missed_actions
from lms.cohorts.actions.building import Move
from lms.cohorts.answering import ArrangementForm, CallOffForm, ReasonForm
from lms.cohorts.forms import CohortForm, PeopleForm, SearchForm, TrainerForm
from lms.cohorts.models import Cohort
from lms.cohorts.places import MOST_PASSED_OVER, WINDOW
from lms.cohorts.states import Kept
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.forms import PageForm
from lms.web.templating import plain_date

bp = Blueprint("building", __name__, url_prefix="/cohorts")


@bp.get("/mine/")
@requires(Permission.COHORT_EDIT)
def cohorts() -> ResponseReturnValue:
    """The cohorts I run, by next date."""
    return render_template("cohorts/cohorts.html", run=queries.run_by(current_actor()))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
def new() -> ResponseReturnValue:
    """Create a cohort; it begins as a draft."""
    actor = current_actor()
    form = _form()
    if _wants_the_usual(form):
        return render_template("cohorts/edit.html", form=form, cohort=None)
    if form.submitted():
        with form.showing_refusals():
            cohort = building.create(actor, form.plan())
            return done("Created as a draft. Nobody else sees it yet.", "building.manage", cohort_id=cohort.id)
    return render_template("cohorts/edit.html", form=form, cohort=None), form.status


@bp.route("/<uuid:cohort_id>/edit", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
def edit(cohort_id: UUID) -> ResponseReturnValue:
    """Change a cohort. If somebody else has done so since the form was opened, it says who and what, and keeps what
    was typed.
    """
    actor = current_actor()
    cohort = queries.get_run(actor, cohort_id)
    form = _form(cohort)
    if not _wants_the_usual(form) and form.submitted():
        with form.showing_refusals():
            move = Move(form.message.data or "", form.offered)
            building.edit(actor, cohort_id, form.plan(), form.seen, move)
            return done("Saved.", "building.manage", cohort_id=cohort_id)
    if form.refusal:
        form.version.data = str(cohort.version)
    return render_template("cohorts/edit.html", form=form, cohort=cohort), form.status


def _wants_the_usual(form: CohortForm) -> bool:
    """Fill in the places usually held, when that is what was asked; nothing is saved."""
    asked = request.method == "POST" and "usual" in request.form
    if asked:
        form.hold_as_usual()
    return asked


def _form(cohort: Cohort | None = None) -> CohortForm:
    modules = {module.slug: module.title for module in library().modules}
    partnership = cohort.partnership if cohort else building.partnership(current_actor())
    agencies = {str(one.id): one.name for one in queries.agencies_of(partnership)}
    form = CohortForm(modules, agencies, cohort)
    form.others.choices = _other_dates(cohort) if cohort and not cohort.is_draft else {}
    return form


def _other_dates(cohort: Cohort) -> dict[str, str]:
    """The other cohorts that can be offered, as a list of ticks shows them."""
    found = moving.could_offer(current_actor(), cohort)
    return {str(one.id): f"{one.title}, {plain_date(one.starts_at)}" for one in found if one.starts_at}


@bp.get("/<uuid:cohort_id>/manage")
@requires(Permission.COHORT_EDIT)
def manage(cohort_id: UUID) -> ResponseReturnValue:
    """One cohort I run: its mix, its people, who waits, whom to add."""
    return _manage(cohort_id)


def _manage(cohort_id: UUID, form: PageForm | None = None) -> ResponseReturnValue:
    actor = current_actor()
    cohort = queries.get_run(actor, cohort_id)
    on_it, agencies = queries.people_on(cohort), queries.open_to(cohort)
    search = SearchForm(request.args)
    search.agency.choices = {"": "All agencies"} | {str(one.id): one.name for one in agencies}
    found = queries.candidates(cohort, search.name.data or "", search.agency_id)
    shown, room = on_it.mix(), on_it.room(cohort)
    rules = mix.Rules(cohort.capacity, cohort.minimum_agencies, cohort.largest_share, cohort.minimum_sectors)
    page = render_template(
        "cohorts/manage.html",
        cohort=cohort, on_it=on_it, agencies=agencies, room=room, mix=shown, blocks=mix.blocks(shown),
        headline=mix.headline(shown, over=cohort.is_over), summary=mix.summary(shown), unmet=mix.unmet(shown, rules),
        search=search, found=found, noted=queries.sessions_noted(cohort), contested=contests.waiting(cohort),
        form=form or PageForm(None),
        trainer_form=form if isinstance(form, TrainerForm) else TrainerForm(None),
        over=managing.overview(actor, cohort, on_it, room), held=managing.held_open(cohort, on_it),
        missed=missing.on(cohort), kept=list(Kept), most_looked_at=WINDOW, most_passed_over=MOST_PASSED_OVER,
    )  # fmt: skip
    noting.day(actor, cohort, on_it.all)
    return page, form.status if form else 200


@bp.post("/<uuid:cohort_id>/people")
@requires(Permission.COHORT_EDIT)
def take(cohort_id: UUID) -> ResponseReturnValue:
    """Invite the people ticked, or add them at once."""
    form = PeopleForm()
    if form.submitted():
        act = booking.invite if form.do.data == "invite" else booking.add
        with form.showing_refusals():
            added = act(current_actor(), cohort_id, form.chosen)
            return done(added.sentence, "building.manage", cohort_id=cohort_id)
    return _manage(cohort_id, form)


@bp.post("/<uuid:cohort_id>/people/<uuid:booking_id>/remove")
@requires(Permission.COHORT_EDIT)
def remove(cohort_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """Take someone off the cohort."""
    form = PageForm()
    if form.submitted():
        with form.showing_refusals():
            taken_off = booking.remove(current_actor(), cohort_id, booking_id)
            return done(f"{taken_off.person.name} is off this cohort.", "building.manage", cohort_id=cohort_id)
    return _manage(cohort_id, form)


@bp.post("/<uuid:cohort_id>/open")
@requires(Permission.COHORT_EDIT)
def open_for_booking(cohort_id: UUID) -> ResponseReturnValue:
    """Open a cohort for booking."""
    form = PageForm()
    if form.submitted():
        with form.showing_refusals():
            told = building.open_for_booking(current_actor(), cohort_id)
            sentence = "Open for booking."
            if told:
                sentence += f" {told} {'person was' if told == 1 else 'people were'} told by mail."
            return done(sentence, "building.manage", cohort_id=cohort_id)
    return _manage(cohort_id, form)


@bp.post("/<uuid:cohort_id>/close")
@requires(Permission.COHORT_EDIT)
def close(cohort_id: UUID) -> ResponseReturnValue:
    """Close a cohort for booking."""
    form = PageForm()
    if form.submitted():
        with form.showing_refusals():
            building.close(current_actor(), cohort_id)
            return done("Closed for booking. Those who wait still move up.", "building.manage", cohort_id=cohort_id)
    return _manage(cohort_id, form)


@bp.route("/<uuid:cohort_id>/call-off", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
def call_off(cohort_id: UUID) -> ResponseReturnValue:
    """Cancel a cohort, after a look at who will be told, with a message and other dates to offer."""
    actor, form = current_actor(), CallOffForm()
    if form.submitted():
        with form.showing_refusals():
            told = building.call_off(actor, cohort_id, Move(form.message.data or "", form.offered))
            sentence = "Cancelled. Everyone on it is told by mail." if told else "Cancelled. There was nobody to tell."
            return done(sentence, "building.manage", cohort_id=cohort_id)
    cohort = queries.get_run(actor, cohort_id)
    form.others.choices = _other_dates(cohort)
    on_it = queries.People([]) if cohort.is_draft else queries.people_on(cohort)
    return render_template("cohorts/call_off.html", cohort=cohort, on_it=on_it, form=form), form.status


@bp.post("/<uuid:cohort_id>/arrangements/<uuid:arrangement_id>")
@requires(Permission.COHORT_EDIT)
def arrange(cohort_id: UUID, arrangement_id: UUID) -> ResponseReturnValue:
    """Say how far something is that a person needs."""
    form = ArrangementForm(arrangement_id)
    if form.submitted():
        with form.showing_refusals():
            kept = Kept(form.state.data)
            arranging.arrange(current_actor(), cohort_id, arrangement_id, kept, form.note.data or "")
            return done(f"{kept.words}.", "building.manage", cohort_id=cohort_id)
    return _manage(cohort_id, form)


@bp.post("/<uuid:cohort_id>/people/<uuid:booking_id>/unprepared")
@requires(Permission.COHORT_EDIT)
def waive_preparation(cohort_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """Let somebody come without the preparation, for a reason."""
    form = ReasonForm(booking_id)
    if form.submitted():
        with form.showing_refusals():
            found = waiving.waive_preparation(current_actor(), cohort_id, booking_id, form.reason.data or "")
            sentence = f"{found.person.name} can come without the preparation."
            return done(sentence, "building.manage", cohort_id=cohort_id)
    return _manage(cohort_id, form)


@bp.post("/<uuid:cohort_id>/missed/<uuid:missed_id>")
@requires(Permission.COHORT_EDIT)
def waive_missed(cohort_id: UUID, missed_id: UUID) -> ResponseReturnValue:
    """Let a missed place count no longer, for a reason."""
    form = ReasonForm(missed_id)
    if form.submitted():
        with form.showing_refusals():
            missed_actions.waive(current_actor(), cohort_id, missed_id, form.reason.data or "")
            return done("Waived. It counts no longer.", "building.manage", cohort_id=cohort_id)
    return _manage(cohort_id, form)


@bp.post("/<uuid:cohort_id>/trainers")
@requires(Permission.COHORT_EDIT)
def add_trainer(cohort_id: UUID) -> ResponseReturnValue:
    """Let another trainer run this cohort too."""
    form = TrainerForm()
    if form.submitted():
        with form.showing_refusals():
            name = building.add_trainer(current_actor(), cohort_id, form.email.data or "")
            return done(f"{name} runs this cohort too.", "building.manage", cohort_id=cohort_id)
    return _manage(cohort_id, form)


@bp.post("/<uuid:cohort_id>/trainers/<uuid:person_id>/remove")
@requires(Permission.COHORT_EDIT)
def remove_trainer(cohort_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Take a trainer off this cohort."""
    actor, form = current_actor(), PageForm()
    if form.submitted():
        with form.showing_refusals():
            building.remove_trainer(actor, cohort_id, person_id)
            if person_id == actor.id:
                return done("You do not run that cohort any more.", "building.cohorts")
            return done("That trainer is off this cohort.", "building.manage", cohort_id=cohort_id)
    return _manage(cohort_id, form)
