"""What is asked of me: people who would like to come to a joint day and need my approval."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.cohorts import approvals, covering
from lms.cohorts.actions import approving as actions
from lms.cohorts.answering import ApprovalForm
from lms.cohorts.cover import AtLimit
from lms.cohorts.covering import Going
from lms.cohorts.models import Booking
from lms.cohorts.states import BookingState
from lms.web.access import current_actor, signed_in
from lms.web.answers import done

bp = Blueprint("approvals", __name__, url_prefix="/cohorts/approvals")


@bp.get("/")
@signed_in
def asked() -> ResponseReturnValue:
    """Who asks, for what, and since when."""
    return _page()


def _page(form: ApprovalForm | None = None) -> ResponseReturnValue:
    found = approvals.asked_of(current_actor())
    page = render_template(
        "cohorts/approvals.html",
        asked=found,
        managed=approvals.are_asked(found),
        over=_over(found),
        form=form or ApprovalForm(),
    )
    return page, form.status if form else 200


def _over(found: Sequence[Booking]) -> dict[UUID, list[AtLimit]]:
    """By entry: the days on which letting the person go takes their team over its limit."""
    going = {one.id: Going(one.person_id, one.agency_id, one.cohort) for one in found}
    strained = covering.strained(going.values())
    return {id_: strained[one] for id_, one in going.items() if one in strained}


@bp.post("/<uuid:booking_id>")
@signed_in
def answer(booking_id: UUID) -> ResponseReturnValue:
    """Approve or decline."""
    form = ApprovalForm(booking_id)
    approvals.get(current_actor(), booking_id)
    if form.submitted():
        act = actions.approve if form.do.data == "approve" else actions.decline
        with form.showing_refusals():
            booking = act(current_actor(), booking_id, form.note.data or "", form.reason.data or "")
            return done(_said(booking), "approvals.asked")
    return _page(form)


def _said(booking: Booking) -> str:
    became = {
        BookingState.BOOKED: "Approved. {} has a place.",
        BookingState.WAITING: "Approved. {} is on the waiting list.",
        BookingState.DECLINED: "Declined. {} is told.",
    }
    return became[BookingState(booking.state)].format(booking.person.name)
