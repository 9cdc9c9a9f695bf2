"""Long leave of one person, as the one who answers for them records it."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.assignments import queries
from lms.assignments.actions import leave as actions
from lms.assignments.forms import BackForm, LeaveForm
from lms.core import clock
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires
from lms.web.answers import done

bp = Blueprint("leave", __name__, template_folder="../templates", url_prefix="/reports/people/<uuid:person_id>/leave")


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.REQUIREMENT_EXEMPT)
def record(person_id: UUID) -> ResponseReturnValue:
    """Record leave of somebody."""
    form = LeaveForm()
    name = queries.answered_for(current_actor(), person_id, clock.today())
    if form.submitted():
        with form.showing_refusals():
            actions.record(current_actor(), person_id, form.first_day.day, form.last_day.data)
            return done("The leave is recorded.", "reports.person", person_id=person_id)
    page = render_template("assignments/leave.html", person_id=person_id, name=name, leave=None, form=form)
    return page, form.status


@bp.route("/<uuid:leave_id>/", methods=["GET", "POST"])
@requires(Permission.REQUIREMENT_EXEMPT)
def come_back(person_id: UUID, leave_id: UUID) -> ResponseReturnValue:
    """Say until when somebody is away."""
    form, actor = BackForm(), current_actor()
    name = queries.answered_for(actor, person_id, clock.today())
    leave = queries.leave(actor, person_id, leave_id, clock.today())
    if form.submitted():
        with form.showing_refusals():
            actions.come_back(actor, person_id, leave_id, form.last_day.day)
            return done("The last day of the leave is set.", "reports.person", person_id=person_id)
    page = render_template("assignments/leave.html", person_id=person_id, name=name, leave=leave, form=form)
    return page, form.status


@bp.post("/<uuid:leave_id>/cancel")
@requires(Permission.REQUIREMENT_EXEMPT)
def cancel(person_id: UUID, leave_id: UUID) -> ResponseReturnValue:
    """Take back a leave recorded by mistake."""
    actions.cancel(current_actor(), person_id, leave_id)
    return done("Taken back. Everything is asked as before.", "reports.person", person_id=person_id)
