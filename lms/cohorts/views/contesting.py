"""Saying that the register is wrong about oneself, and answering that."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.cohorts import contests, queries
from lms.cohorts.actions import contesting as actions
from lms.cohorts.answering import ContestAnswerForm, ContestForm
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires, signed_in
from lms.web.answers import done

bp = Blueprint("contesting", __name__, url_prefix="/cohorts")


@bp.route("/<uuid:cohort_id>/sessions/<uuid:session_id>/contest", methods=["GET", "POST"])
@signed_in
def contest(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Say that the register is wrong about me."""
    actor, form = current_actor(), ContestForm()
    if form.submitted():
        with form.showing_refusals():
            actions.contest(actor, cohort_id, session_id, form.sentence)
            return done("Sent. The answer comes to you by mail and stands here.", "cohorts.show", cohort_id=cohort_id)
    booking, session = actions.own_session(actor, cohort_id, session_id)
    page = render_template(
        "cohorts/contest.html",
        session=session,
        cohort=session.cohort,
        row=queries.own_attendance(booking).get(session_id),
        last=contests.own(actor.id, [session_id]).get(session_id),
        can=contests.can_be_contested(session),
        form=form,
    )
    return page, form.status


@bp.route("/<uuid:cohort_id>/contests/<uuid:contest_id>", methods=["GET", "POST"])
@requires(Permission.COHORT_EDIT)
def answer(cohort_id: UUID, contest_id: UUID) -> ResponseReturnValue:
    """Correct the register, or say why not, to somebody who says that it is wrong about them."""
    actor, form = current_actor(), ContestAnswerForm()
    if form.submitted():
        with form.showing_refusals():
            found = actions.answer(actor, cohort_id, contest_id, form.wanted, form.sentence)
            said = f"{found.outcome.words}. {found.booking.person.name} gets your answer by mail."
            return done(said, "attendance.register", cohort_id=cohort_id, session_id=found.session_id)
    cohort = queries.get_run(actor, cohort_id)
    found = contests.get(cohort, contest_id)
    row = queries.register(found.session).get(found.booking_id)
    page = render_template(
        "cohorts/contest_answer.html",
        cohort=cohort,
        one=found,
        row=row,
        form=form,
        answerer=contests.answerer(found),
    )
    return page, form.status
