"""A place that is offered to me: the day, until when, and why me; taking it or letting it pass."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.cohorts import queries
from lms.cohorts.actions import offers as actions
from lms.cohorts.states import BookingState
from lms.core import clock
from lms.core.errors import NotFound
from lms.web.access import current_actor, signed_in
from lms.web.answers import done
from lms.web.forms import PageForm

bp = Blueprint("offers", __name__, url_prefix="/cohorts")


@bp.get("/<uuid:cohort_id>/offer")
@signed_in
def offer(cohort_id: UUID) -> ResponseReturnValue:
    """The offer, or that it has ended."""
    return _page(cohort_id, PageForm(None))


def _page(cohort_id: UUID, form: PageForm) -> ResponseReturnValue:
    actor = current_actor()
    cohort = queries.get(actor, cohort_id)
    own = queries.booking_of(actor.id, cohort)
    if own is None or cohort.is_draft:
        raise NotFound
    stands = (
        own.state == BookingState.OFFERED
        and not cohort.is_cancelled
        and own.offer_until is not None
        and own.offer_until > clock.now()
    )
    page = render_template(
        "cohorts/offer.html", cohort=cohort, own=own, stands=stands, ended=actions.ended(own), form=form
    )
    return page, form.status


@bp.post("/<uuid:cohort_id>/offer/take")
@signed_in
def take(cohort_id: UUID) -> ResponseReturnValue:
    """Take the place."""
    form = PageForm()
    if form.submitted():
        with form.showing_refusals():
            actions.take(current_actor(), cohort_id)
            return done("You have a place on this joint day.", "cohorts.show", cohort_id=cohort_id)
    return _page(cohort_id, form)


@bp.post("/<uuid:cohort_id>/offer/pass")
@signed_in
def let_pass(cohort_id: UUID) -> ResponseReturnValue:
    """Let it go to the next person."""
    form = PageForm()
    if form.submitted():
        with form.showing_refusals():
            actions.let_pass(current_actor(), cohort_id)
            sentence = "Passed on. You keep your place in the queue."
            return done(sentence, "cohorts.show", cohort_id=cohort_id)
    return _page(cohort_id, form)
