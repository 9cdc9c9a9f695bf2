"""Other dates, when a joint day was moved or called off."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.cohorts import policy, queries
from lms.cohorts.actions import booking, moving
from lms.cohorts.answering import OtherDateForm
from lms.core.errors import NotFound
from lms.web.access import current_actor, signed_in
from lms.web.answers import done

bp = Blueprint("moving", __name__, url_prefix="/cohorts")


@bp.get("/<uuid:cohort_id>/other-dates")
@signed_in
def other_dates(cohort_id: UUID) -> ResponseReturnValue:
    """What happened, what the trainer wrote, and the dates I can take."""
    return _page(cohort_id, OtherDateForm())


def _page(cohort_id: UUID, form: OtherDateForm) -> ResponseReturnValue:
    actor = current_actor()
    cohort = queries.get(actor, cohort_id)
    own = queries.booking_of(actor.id, cohort)
    if own is None or cohort.is_draft or not cohort.other_dates:
        raise NotFound
    others = moving.offered_instead(actor, cohort)
    rooms = queries.rooms(others)
    seats = {one.id: policy.open_seat(actor, one) for one in others}
    left = {id_: rooms[id_].left_for(seat.agency_id) for id_, seat in seats.items() if seat}
    page = render_template("cohorts/other_dates.html", cohort=cohort, others=others, left=left, form=form)
    return page, form.status


@bp.post("/<uuid:cohort_id>/other-dates")
@signed_in
def take(cohort_id: UUID) -> ResponseReturnValue:
    """Take a place on another date instead."""
    form = OtherDateForm()
    if form.submitted():
        with form.showing_refusals():
            made = moving.take(current_actor(), cohort_id, form.chosen)
            cohort = queries.get(current_actor(), made.cohort_id)
            sentence = booking.standing(made, queries.room(cohort), cohort)
            return done(sentence, "cohorts.show", cohort_id=made.cohort_id)
    return _page(cohort_id, form)
