"""Assigning training: who, what and by when, a page that shows it all before, what is assigned, and taking it back."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.chasing import actions, assigned
from lms.chasing.forms import AssignForm, WithdrawForm, people_asked
from lms.core import clock
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.asking import page_asked
from lms.web.templating import count

bp = Blueprint("assigning", __name__, template_folder="../templates", url_prefix="/chasing")

A_PAGE = 25


@bp.get("/assign")
@requires(Permission.REQUIREMENT_EXEMPT)
def assign() -> ResponseReturnValue:
    """Say to whom, what and by when."""
    form = AssignForm(assigned.groups(current_actor(), clock.today()), assigned.things(), people_asked())
    return render_template("chasing/assign.html", form=form)


@bp.post("/assign")
@requires(Permission.REQUIREMENT_EXEMPT)
def look() -> ResponseReturnValue:
    """Look at every name and date, or assign what was looked at."""
    actor, today = current_actor(), clock.today()
    form = AssignForm(assigned.groups(actor, today), assigned.things())
    if form.looks:
        with form.showing_refusals():
            people = assigned.whom(actor, form.whom.data, form.chosen, today)
            if form.confirmed:
                number = actions.assign(actor, people, form.target.data, form.last_day, form.why.data or "")
                said = f"Assigned to {count(number, 'person', 'people')}, who are told by mail." if number else None
                return done(said or "Nothing was new, so nothing was changed.", "assigning.listed")
            lines = assigned.preview(actor, people, form.target.data, form.last_day)
            actions.looked_at(actor, people)
            return render_template("chasing/assign_check.html", form=form, lines=lines, title=form.thing)
    return render_template("chasing/assign.html", form=form), form.status


@bp.get("/assigned")
@requires(Permission.REQUIREMENT_EXEMPT)
def listed() -> ResponseReturnValue:
    """What is assigned to my people, or to one of them."""
    actor, asked = current_actor(), people_asked()
    paged = page_asked(assigned.running(actor, asked[0] if asked else None, clock.today()), A_PAGE)
    actions.looked_at(actor, list({one.person.id for one in paged.things}))
    return render_template("chasing/assigned.html", paged=paged, person=asked[0] if asked else None)


@bp.route("/assigned/<uuid:assignment_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.REQUIREMENT_EXEMPT)
def withdraw(assignment_id: UUID) -> ResponseReturnValue:
    """Take an assignment back, with the reason."""
    actor, form = current_actor(), WithdrawForm()
    if form.submitted():
        actions.withdraw(actor, assignment_id, form.why.data or "")
        return done("Taken back. They are told by mail, with the reason.", "assigning.listed")
    one = assigned.get(actor, assignment_id, clock.today())
    return render_template("chasing/withdraw.html", form=form, one=one), form.status
