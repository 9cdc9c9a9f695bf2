"""Joint days, for staff: which there are, one of them, booking and cancelling."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.catalogue.shelf import library
from lms.cohorts import approvals, contests, covering, policy, preparing, queries
from lms.cohorts.actions import arranging
from lms.cohorts.actions import booking as actions
from lms.cohorts.covering import Going
from lms.cohorts.forms import BookingForm
from lms.cohorts.models import Cohort
from lms.cohorts.states import IN_THE_ROOM
from lms.core import clock
from lms.core.actor import Actor, Seat
from lms.learning import queries as learning
from lms.web.access import current_actor, signed_in
from lms.web.answers import done

bp = Blueprint("cohorts", __name__, template_folder="../templates", url_prefix="/cohorts")


@bp.get("/")
@signed_in
def joint_days() -> ResponseReturnValue:
    """My joint days, and those open to my agency; and whether anybody needs my approval."""
    actor = current_actor()
    asked = approvals.asked_of(actor) if approvals.may_decide(actor) else []
    manages = bool(actor.managed_agencies or actor.managed_teams)
    return render_template("cohorts/joint_days.html", days=queries.joint_days(actor), asked=len(asked), manages=manages)


@bp.get("/<uuid:cohort_id>/")
@signed_in
def show(cohort_id: UUID) -> ResponseReturnValue:
    """One joint day: when, where, what to prepare, and how I stand."""
    actor = current_actor()
    return _page(actor, queries.get(actor, cohort_id), BookingForm())


def _page(actor: Actor, cohort: Cohort, form: BookingForm) -> ResponseReturnValue:
    on_it = queries.people_on(cohort)
    own, seat = on_it.own(actor), policy.open_seat(actor, cohort)
    room = on_it.room(cohort, seat) if seat else on_it.room(cohort)
    in_the_room = own is not None and own.state in IN_THE_ROOM and not cohort.is_cancelled
    if own and not form.problems:
        form.say(own)
    page = render_template(
        "cohorts/show.html",
        cohort=cohort,
        form=form,
        own=own,
        room=room,
        seat=seat,
        over=bool(seat and not own and _goes_over(actor, seat, cohort)),
        obstacle=room.obstacle(seat.agency_id) if seat else None,
        standing=actions.standing(own, room, cohort) if own else "",
        left=preparing.unfinished(cohort, [actor.id]).get(actor.id, []),
        prepared_late=preparing.has_closed(cohort),
        before=on_it.before(own) if own in on_it.waiting else 0,
        # Somebody who has left keeps their day, and not the names of those who were there.
        others=on_it.by_agency() if in_the_room and cohort.partnership in actor.partnerships() else [],
        agencies=() if cohort.all_agencies else queries.open_to(cohort),
        modules=[module for one in cohort.modules if (module := library().module(one.module))],
        completed={one.module for one in learning.completed([actor.id], [one.module for one in cohort.modules])},
        attendance=queries.own_attendance(own),
        contested=contests.own(actor.id, [one.id for one in cohort.sessions]) if own else {},
        contestable={one.id for one in cohort.sessions if contests.can_be_contested(one)} if in_the_room else set(),
        today=clock.today(),
        runs=policy.is_run_by(actor, cohort),
    )
    return page, form.status


def _goes_over(actor: Actor, seat: Seat, cohort: Cohort) -> bool:
    """Whether coming would take a team of theirs over the limit it has set."""
    if not any(one.team_id for one in actor.seats if one.agency_id == seat.agency_id):
        return False
    return bool(covering.strained([Going(actor.id, seat.agency_id, cohort)], only_set=True))


@bp.post("/<uuid:cohort_id>/book")
@signed_in
def book(cohort_id: UUID) -> ResponseReturnValue:
    """Book a place, or join the waiting list. The answer says which, also to a client that does not follow it."""
    actor, form = current_actor(), BookingForm()
    if form.submitted():
        with form.showing_refusals():
            outcome = actions.book(actor, cohort_id, form.access_needs.data or "", form.needs.data or ())
            answer = done(outcome.sentence, "cohorts.show", cohort_id=cohort_id)
            answer.set_data(render_template("cohorts/booked.html", outcome=outcome, cohort_id=cohort_id))
            return answer
    return _page(actor, queries.get(actor, cohort_id), form)


@bp.post("/<uuid:cohort_id>/cancel")
@signed_in
def cancel(cohort_id: UUID) -> ResponseReturnValue:
    """Give up my place, an offer, my line on the waiting list, a request, or an invitation."""
    actor, form = current_actor(), BookingForm()
    if form.submitted():
        with form.showing_refusals():
            actions.cancel(actor, cohort_id)
            return done("Cancelled. You are not on this joint day any more.", "cohorts.joint_days")
    return _page(actor, queries.get(actor, cohort_id), form)


@bp.post("/<uuid:cohort_id>/needs")
@signed_in
def needs(cohort_id: UUID) -> ResponseReturnValue:
    """Say what I need on the day."""
    actor, form = current_actor(), BookingForm()
    if form.submitted():
        arranging.say_needs(actor, cohort_id, form.access_needs.data or "", form.needs.data or ())
        return done("Saved. Only the trainers of this joint day read it.", "cohorts.show", cohort_id=cohort_id)
    return _page(actor, queries.get(actor, cohort_id), form)
