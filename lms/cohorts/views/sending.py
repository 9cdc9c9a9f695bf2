"""Sending a colleague in my place."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.cohorts import colleagues, preparing, queries
from lms.cohorts.actions import substituting as actions
from lms.cohorts.answering import ColleagueForm
from lms.core.errors import NotFound
from lms.web.access import current_actor, signed_in
from lms.web.answers import done
from lms.web.asking import words_asked

bp = Blueprint("sending", __name__, url_prefix="/cohorts")


@bp.get("/<uuid:cohort_id>/send")
@signed_in
def choose(cohort_id: UUID) -> ResponseReturnValue:
    """The colleagues I could send."""
    return _page(cohort_id, ColleagueForm())


def _page(cohort_id: UUID, form: ColleagueForm) -> ResponseReturnValue:
    actor = current_actor()
    cohort = queries.get(actor, cohort_id)
    own = queries.booking_of(actor.id, cohort)
    if own is None or cohort.is_draft or not own.has_place or cohort.has_begun or cohort.is_cancelled:
        raise NotFound
    name = words_asked("name")[:80]
    page = render_template(
        "cohorts/send.html",
        cohort=cohort,
        own=own,
        name=name,
        colleagues=colleagues.of(cohort, own, name),
        titles=preparing.titles,
        form=form,
    )
    return page, form.status


@bp.post("/<uuid:cohort_id>/send")
@signed_in
def send(cohort_id: UUID) -> ResponseReturnValue:
    """Pass my place to a colleague."""
    form = ColleagueForm()
    if form.submitted():
        with form.showing_refusals():
            colleague = actions.send(current_actor(), cohort_id, form.chosen)
            return done(f"{colleague.name} has your place. You are both told.", "cohorts.joint_days")
    return _page(cohort_id, form)
