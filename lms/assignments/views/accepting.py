"""Pages of what counts from elsewhere: prior learning of one person, and the partnership's list of equivalents."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.assignments import queries
from lms.assignments.actions import accepting as actions
from lms.assignments.forms import EndLearningForm, EquivalentForm, LearningForm, must
from lms.assignments.models import Equivalent
from lms.core import clock
from lms.core.permissions import Permission, Role
from lms.web.access import current_actor, requires
from lms.web.answers import done

bp = Blueprint("accepting", __name__, template_folder="../templates")


@bp.route("/reports/people/<uuid:person_id>/learning/new", methods=["GET", "POST"])
@requires(Permission.REQUIREMENT_EXEMPT)
def accept(person_id: UUID) -> ResponseReturnValue:
    """Accept what somebody learned elsewhere."""
    actor, today = current_actor(), clock.today()
    name = queries.answered_for(actor, person_id, today)
    form = LearningForm(queries.titles(actor.partnerships()), queries.equivalents(actor.partnerships()))
    if form.submitted():
        with form.showing_refusals():
            actions.accept(actor, person_id, form.learned)
            return done("Accepted. It counts from the day it was completed.", "reports.person", person_id=person_id)
    page = render_template("assignments/learning.html", person_id=person_id, name=name, form=form)
    return page, form.status


@bp.route("/reports/people/<uuid:person_id>/learning/<uuid:learning_id>", methods=["GET", "POST"])
@requires(Permission.REQUIREMENT_EXEMPT)
def end(person_id: UUID, learning_id: UUID) -> ResponseReturnValue:
    """Let something that was accepted count no longer."""
    actor = current_actor()
    form, found = EndLearningForm(), queries.learning(actor, person_id, learning_id, clock.today())
    if form.submitted():
        with form.showing_refusals():
            actions.end(actor, person_id, learning_id, form.why.data or "")
            return done("It counts no longer, from today.", "reports.person", person_id=person_id)
    page = render_template("assignments/learned.html", person_id=person_id, found=found, form=form)
    return page, form.status


@bp.route("/requirements/equivalents", methods=["GET", "POST"])
@requires(Permission.SCHEME_EDIT)
def equivalents() -> ResponseReturnValue:
    """Courses elsewhere that the partnership accepts, and adding one."""
    actor = current_actor()
    places = sorted(actor.partnerships(Role.COORDINATOR))
    form = EquivalentForm(queries.titles(places), places)
    if form.submitted():
        with form.showing_refusals():
            course = Equivalent(
                target=form.target.data,
                title=form.course.data or "",
                provider=form.provider.data or "",
                valid_months=must(form.months.data),
            )
            actions.list_equivalent(actor, form.place.data or places[0], course)
            return done("Listed. Managers can choose it now.", "accepting.equivalents")
    listed, titles = queries.equivalents(places), queries.titles(places)
    return render_template("assignments/equivalents.html", listed=listed, titles=titles, form=form), form.status


@bp.post("/requirements/equivalents/<uuid:equivalent_id>/end")
@requires(Permission.SCHEME_EDIT)
def end_equivalent(equivalent_id: UUID) -> ResponseReturnValue:
    """Take a course off the list."""
    actions.end_equivalent(current_actor(), equivalent_id)
    return done("Taken off the list. What was accepted by it goes on counting.", "accepting.equivalents")
