"""The register of a session: who came, corrections, and people who came without a place."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.cohorts import queries
from lms.cohorts.actions import attendance as actions
from lms.cohorts.forms import SearchForm, WalkInForm, marks
from lms.cohorts.states import Mark
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.forms import PageForm

bp = Blueprint("attendance", __name__, url_prefix="/cohorts")


@bp.route("/<uuid:cohort_id>/sessions/<uuid:session_id>/register", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
def register(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Mark who came to a session."""
    form = PageForm(None)
    if request.method == "POST":
        with form.showing_refusals():
            changed = actions.note(current_actor(), cohort_id, session_id, marks(request.form))
            news = f"{changed} {'mark is' if changed == 1 else 'marks are'} new or changed"
            sentence = f"Saved. {news if changed else 'No mark had changed'}."
            return done(sentence, "attendance.register", cohort_id=cohort_id, session_id=session_id)
    return _page(cohort_id, session_id, form)


def _page(cohort_id: UUID, session_id: UUID, form: PageForm) -> ResponseReturnValue:
    cohort = queries.get_run(current_actor(), cohort_id)
    session = queries.session_of(cohort, session_id)
    search = SearchForm(request.args)
    found = queries.candidates(cohort, search.name.data or "", walking_in=True)
    page = render_template(
        "cohorts/register.html",
        cohort=cohort,
        session=session,
        on_it=queries.people_on(cohort),
        known={id_: row.mark for id_, row in queries.register(session).items()},
        typed=request.form if form.problems else {},
        marks=list(Mark),
        opens=actions.opens(session),
        search=search,
        found=found,
        form=form,
    )
    return page, form.status


@bp.post("/<uuid:cohort_id>/sessions/<uuid:session_id>/walk-ins")
@requires(Permission.COHORT_EDIT)
def walk_in(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Put someone who came without a place on the register."""
    form = WalkInForm()
    if form.submitted():
        with form.showing_refusals():
            name = actions.walk_in(current_actor(), cohort_id, session_id, form.chosen)
            sentence = f"{name} is on the register as present."
            return done(sentence, "attendance.register", cohort_id=cohort_id, session_id=session_id)
    return _page(cohort_id, session_id, form)
