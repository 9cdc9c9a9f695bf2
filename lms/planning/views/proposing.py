"""The proposal: having it worked out, looking at it, changing it, and publishing it."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.core.actor import Actor
from lms.core.permissions import Permission
from lms.planning import building, clearing, queries, showing
from lms.planning.actions import proposing as actions
from lms.planning.actions import publishing
from lms.planning.actions.proposing import RuleBroken
from lms.planning.building import Loaded
from lms.planning.forms import PlanForm, PublishForm, SolveForm
from lms.planning.looking import differences
from lms.planning.models import Proposal
from lms.planning.states import ProposalState
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.forms import PageForm
from lms.web.limits import costly

MOST_WAYS_OUT = 3

bp = Blueprint("proposing", __name__, url_prefix="/cohorts/programmes", template_folder="../templates")


@bp.get("/<uuid:programme_id>/plan")
@requires(Permission.COHORT_EDIT)
def plan(programme_id: UUID) -> ResponseReturnValue:
    """Who goes where and why, who waits and why."""
    return _plan(current_actor(), programme_id)


def _plan(
    actor: Actor, programme_id: UUID, form: PageForm | None = None, *, broken: bool = False
) -> ResponseReturnValue:
    programme = queries.get_run(actor, programme_id)
    last = queries.latest(programme)
    proposal = queries.latest_with_plan(programme)
    best = last if last and last.is_at_work and last.assignment else proposal
    loaded = building.load(programme)
    sent = form if isinstance(form, PlanForm) else None
    page = render_template(
        "planning/plan.html",
        programme=programme,
        last=last,
        proposal=proposal,
        shown=showing.show(loaded, best, request.args.get("date")) if best else None,
        loaded=loaded,
        form=form or PageForm(None),
        ticked=set(sent.person.data or ()) if sent else set(),
        to=(sent.to.data or "") if sent else "",
        reason=(sent.reason.data or "") if sent else "",
        did=(sent.do.data or "") if sent else "",
        asks_reason=broken,
        changed=_changed(proposal) if proposal else 0,
        stuck=_stuck(loaded, last) if last else None,
    )
    return page, form.status if form else 200


def _changed(proposal: Proposal) -> int:
    before = queries.before(proposal)
    return len(differences(before.assignment, proposal.assignment)) if before else 0


def _stuck(loaded: Loaded, last: Proposal) -> tuple[list[str], list[clearing.WayOut]] | None:
    """Why the last try found no plan, and what would help."""
    if last.state != ProposalState.INFEASIBLE:
        return None
    conflicts = [one["rules"] for one in last.plan.get("conflicts", ())]
    said = [clearing.conflict(loaded.problem, rules, loaded.words) for rules in conflicts]
    ways = clearing.ways_out(loaded.problem, last.plan.get("relaxations", ()), loaded.words, conflicts)
    return list(dict.fromkeys(said)), ways[:MOST_WAYS_OUT]


@bp.get("/<uuid:programme_id>/changes")
@requires(Permission.COHORT_EDIT)
def compare(programme_id: UUID) -> ResponseReturnValue:
    """Who moves, from where and to where, since the plan before and since what people were told."""
    programme = queries.get_run(current_actor(), programme_id)
    proposal = queries.latest_with_plan(programme)
    if proposal is None:
        return done("There is no plan yet.", "proposing.plan", programme_id=programme_id)
    loaded = building.load(programme)
    before, told = queries.before(proposal), queries.published(programme)
    return render_template(
        "planning/changes.html",
        programme=programme,
        proposal=proposal,
        since_plan=showing.moves(loaded, before.assignment, proposal.assignment) if before else None,
        since_told=showing.moves(loaded, told.assignment, proposal.assignment) if told else None,
    )


@bp.post("/<uuid:programme_id>/solve")
@requires(Permission.COHORT_EDIT)
@costly("plans")
def solve(programme_id: UUID) -> ResponseReturnValue:
    """Have a plan worked out."""
    actor, form = current_actor(), SolveForm()
    if form.submitted():
        with form.showing_refusals():
            actions.start(actor, programme_id, form.version.data or 0, form.people)
            return done("Working out the plan. It takes a minute at most.", "proposing.plan", programme_id=programme_id)
    return _plan(actor, programme_id, form)


@bp.post("/<uuid:programme_id>/stop")
@requires(Permission.COHORT_EDIT)
def stop(programme_id: UUID) -> ResponseReturnValue:
    """Stop and keep the best so far."""
    actions.stop(current_actor(), programme_id)
    return done("Stopping. The best so far is kept.", "proposing.plan", programme_id=programme_id)


@bp.post("/<uuid:programme_id>/adjust")
@requires(Permission.COHORT_EDIT)
def adjust(programme_id: UUID) -> ResponseReturnValue:
    """Pin, move, leave out, let go or undo; the figures answer at once."""
    actor, form, broken = current_actor(), PlanForm(), False
    if form.submitted():
        with form.showing_refusals():
            try:
                said = actions.adjust(actor, programme_id, form.version.data or 0, form.step)
            except RuleBroken:
                broken = True
                raise
            return done(said, "proposing.plan", programme_id=programme_id, date=request.args.get("date"))
    return _plan(actor, programme_id, form, broken=broken)


@bp.get("/<uuid:programme_id>/publish")
@requires(Permission.COHORT_EDIT)
def check(programme_id: UUID) -> ResponseReturnValue:
    """The last look before people are told."""
    return _check(current_actor(), programme_id)


def _check(actor: Actor, programme_id: UUID, form: PageForm | None = None) -> ResponseReturnValue:
    programme = queries.get_run(actor, programme_id)
    proposal = queries.latest_with_plan(programme)
    if proposal is None:
        return done("There is no plan yet.", "proposing.plan", programme_id=programme_id)
    loaded = building.load(programme)
    found, names, dates = publishing.changes(loaded, proposal), loaded.words.people, loaded.words.dates
    page = render_template(
        "planning/publish.html",
        programme=programme,
        proposal=proposal,
        found=found,
        moved=[
            f"{names[one]}: from {dates[old]} to {dates.get(new, 'a date called off')}"
            for one, (old, new) in found.moved.items()
        ],
        loaded=loaded,
        broken=showing.show(loaded, proposal, None).board.broken(loaded.words),
        overrides=queries.overrides(programme),
        form=form or PageForm(None),
    )
    return page, form.status if form else 200


@bp.post("/<uuid:programme_id>/publish")
@requires(Permission.COHORT_EDIT)
def publish(programme_id: UUID) -> ResponseReturnValue:
    """Publish: seats, waiting lists, mails."""
    actor, form = current_actor(), PublishForm()
    if form.submitted():
        with form.showing_refusals():
            said = publishing.publish(actor, programme_id, form.version.data or 0)
            return done(said, "planning.show", programme_id=programme_id)
    return _check(actor, programme_id, form)
