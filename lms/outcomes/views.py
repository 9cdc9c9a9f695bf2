"""Pages of outcomes: one's own questions, examples for a manager to co-sign, and what a cohort's answers add up to."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.cohorts import queries as cohorts
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.outcomes import actions, change, forms, items, queries
from lms.outcomes.items import Level, Seen, Wave
from lms.web.access import current_actor, requires, signed_in
from lms.web.answers import done

bp = Blueprint("outcomes", __name__, template_folder="templates", url_prefix="/outcomes")


@bp.get("/<uuid:cohort_id>/")
@signed_in
def mine(cohort_id: UUID) -> ResponseReturnValue:
    """My questions of one joint day: what to answer when, what I answered, and my example."""
    actor = current_actor()
    own = queries.own(actor, cohorts.get(actor, cohort_id))
    every = {one.key: one for wave in Wave for one in items.items(wave)}
    return render_template("outcomes/mine.html", own=own, waves=list(Wave), questions=every)


@bp.get("/<uuid:cohort_id>/<wave>")
@signed_in
def form(cohort_id: UUID, wave: str) -> ResponseReturnValue:
    """The questions of one time."""
    asked = _wave(wave)
    return _questions(cohort_id, asked, forms.of(asked))


@bp.post("/<uuid:cohort_id>/<wave>")
@signed_in
def send(cohort_id: UUID, wave: str) -> ResponseReturnValue:
    """Answer them."""
    actor, asked = current_actor(), _wave(wave)
    sent = forms.of(asked)
    if sent.submitted():
        with sent.showing_refusals():
            example = sent.example.data if asked is Wave.LATER else ""
            actions.answer(actor, cohort_id, asked, sent.given, example or "")
            return done("Thank you. Your answers are kept.", "outcomes.mine", cohort_id=cohort_id)
    return _questions(cohort_id, asked, sent)


def _wave(name: str) -> Wave:
    try:
        return Wave(name)
    except ValueError:
        raise NotFound from None


def _questions(cohort_id: UUID, wave: Wave, form: forms.QuestionsForm) -> ResponseReturnValue:
    actor = current_actor()
    own = queries.own(actor, cohorts.get(actor, cohort_id))
    page = render_template("outcomes/form.html", own=own, wave=wave, form=form, items=items, longest=forms.LONGEST)
    return page, form.status


@bp.post("/<uuid:cohort_id>/example/take-back")
@signed_in
def take_back(cohort_id: UUID) -> ResponseReturnValue:
    """Take my example back."""
    actions.take_back(current_actor(), cohort_id)
    return done("Your example is deleted.", "outcomes.mine", cohort_id=cohort_id)


@bp.get("/<uuid:cohort_id>/outcome")
@requires(Permission.COHORT_EDIT)
def outcome(cohort_id: UUID) -> ResponseReturnValue:
    """What the answers of a cohort I run add up to."""
    found = queries.outcome(cohorts.get_run(current_actor(), cohort_id))
    return render_template("outcomes/outcome.html", found=found, Wave=Wave, Level=Level, change=change)


@bp.get("/examples/")
@requires(Permission.REPORT_READ)
def examples() -> ResponseReturnValue:
    """Examples from practice that people I manage wrote for me."""
    return _examples(forms.CoSignForm())


@bp.post("/examples/<uuid:example_id>")
@requires(Permission.REPORT_READ)
def co_sign(example_id: UUID) -> ResponseReturnValue:
    """Say whether I have seen it."""
    form = forms.CoSignForm()
    queries.example(current_actor(), example_id)
    if form.submitted():
        with form.showing_refusals():
            actions.co_sign(current_actor(), example_id, Seen(form.seen.data or ""))
            return done("Your answer is kept, and they are told.", "outcomes.examples")
    return _examples(form)


def _examples(form: forms.CoSignForm) -> ResponseReturnValue:
    found = queries.to_co_sign(current_actor())
    return render_template("outcomes/examples.html", examples=found, form=form, answers=list(Seen)), form.status
