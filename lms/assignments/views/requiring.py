"""Pages of requirements: what is asked of whom, one with its history, setting, changing and ending one."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.assignments import requirements
from lms.assignments.actions import requiring as actions
from lms.assignments.asks import DAY, Ask, Place, Subject
from lms.assignments.facts import DEFAULT_WINDOW, STANDING_RULE
from lms.assignments.forms import AskForm, EndForm
from lms.assignments.models import Requirement
from lms.assignments.rules import Kind
from lms.assignments.touching import MOST_WORKED_OUT, touched
from lms.core import clock
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.templating import plain_date

bp = Blueprint("requiring", __name__, template_folder="../templates", url_prefix="/requirements")

SHOW, SAVE, EDIT = "show", "save", "edit"


@bp.get("/")
@requires(Permission.REPORT_READ)
def listed() -> ResponseReturnValue:
    """What is asked of whom."""
    actor = current_actor()
    return render_template(
        "assignments/listed.html",
        listing=requirements.listed(actor),
        places=requirements.places(actor),
        scheme=actor.can(Permission.SCHEME_EDIT),
    )


@bp.get("/<uuid:requirement_id>/")
@requires(Permission.REPORT_READ)
def show(requirement_id: UUID) -> ResponseReturnValue:
    """One requirement and its history."""
    return _page(requirement_id, EndForm())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.REQUIREMENT_EDIT)
def new() -> ResponseReturnValue:
    """Set a requirement; who is touched is shown first."""
    actor = current_actor()
    where = requirements.place(actor, request.args.get("of"))
    usual = {"first_day": clock.today() + DAY, "what": request.args.get("what", "")}
    if usual["what"] == Kind.CORE.value:
        usual["why"] = STANDING_RULE
    form = AskForm(requirements.offered(where), usual=usual)
    if request.form.get("do") != EDIT and form.submitted():
        subject = requirements.parted(where, form.what.data)
        with form.showing_refusals():
            if request.form.get("do") != SAVE:
                return _preview(form, subject, actions.check_new(actor, subject, form.ask()))
            made = actions.require(actor, subject, form.ask())
            return done(
                "Set. Everybody concerned sees it from its first day.", "requiring.show", requirement_id=made.id
            )
    return _form(form, where, None)


@bp.route("/<uuid:requirement_id>/change", methods=["GET", "POST"])
@requires(Permission.REQUIREMENT_EDIT)
def change(requirement_id: UUID) -> ResponseReturnValue:
    """Let a requirement say something else from a day on; who is touched is shown first."""
    actor = current_actor()
    found = requirements.to_change(actor, requirement_id)
    subject = requirements.subject_of(found)
    form = AskForm(requirements.offered_for(found), requirements.to_come(found))
    if request.form.get("do") != EDIT and form.submitted():
        with form.showing_refusals():
            if request.form.get("do") != SAVE:
                return _preview(form, subject, actions.check_change(actor, requirement_id, form.ask()), found)
            actions.change(actor, requirement_id, form.ask())
            day = plain_date(form.first_day.day)
            return done(f"Changed from {day} on.", "requiring.show", requirement_id=requirement_id)
    return _form(form, subject.place, found)


@bp.post("/<uuid:requirement_id>/end")
@requires(Permission.REQUIREMENT_EDIT)
def end(requirement_id: UUID) -> ResponseReturnValue:
    """Let a requirement end."""
    requirements.to_change(current_actor(), requirement_id)
    form = EndForm()
    if form.submitted():
        with form.showing_refusals():
            actions.end(current_actor(), requirement_id, form.last_day.day)
            day = plain_date(form.last_day.day)
            return done(f"It is asked until {day}, and no longer.", "requiring.show", requirement_id=requirement_id)
    return _page(requirement_id, form)


@bp.post("/<uuid:requirement_id>/call-off")
@requires(Permission.REQUIREMENT_EDIT)
def call_off(requirement_id: UUID) -> ResponseReturnValue:
    """Take back what has not begun."""
    requirements.to_change(current_actor(), requirement_id)
    form = EndForm()
    with form.showing_refusals():
        goes_on = actions.call_off(current_actor(), requirement_id)
    if form.problems:
        return _page(requirement_id, form)
    if goes_on:
        return done("Called off. It goes on as before.", "requiring.show", requirement_id=requirement_id)
    return done("Called off. It never asked anything of anybody.", "requiring.listed")


def _page(requirement_id: UUID, form: EndForm) -> ResponseReturnValue:
    shown = requirements.one(current_actor(), requirement_id)
    waiting = requirements.waiting([shown.place.partnership])
    return render_template("assignments/show.html", one=shown, form=form, waiting=waiting), form.status


def _form(form: AskForm, where: Place, found: Requirement | None) -> ResponseReturnValue:
    offered = requirements.offered(where)
    page = render_template(
        "assignments/ask.html",
        form=form,
        where=where,
        found=found,
        title=requirements.title(requirements.subject_of(found), requirements.levels(where.partnership))
        if found
        else "",
        many_teams=offered.many_teams,
        is_level=found is None or found.kind == Kind.LEVEL,
        window=DEFAULT_WINDOW,
    )
    return page, form.status


def _preview(form: AskForm, subject: Subject, ask: Ask, found: Requirement | None = None) -> ResponseReturnValue:
    """Who is touched, before anything is saved."""
    where, page = subject.place, request.form.get("page", 1, int)
    return render_template(
        "assignments/preview.html",
        form=form,
        where=where,
        found=found,
        title=requirements.title(subject, requirements.levels(where.partnership)),
        who=ask.reach.words(requirements.names(where, ask.reach)),
        rules=ask.rules(subject.kind, DEFAULT_WINDOW),
        ask=ask,
        touched=touched(subject, ask, found, page),
        most=MOST_WORKED_OUT,
    )
