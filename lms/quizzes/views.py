"""Pages for quizzes: the front of each, the questions of a check, the scenes of a scenario, and what came of it."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import NotFound
from lms.quizzes import actions, pages, queries, retelling
from lms.quizzes import scenario as engine
from lms.quizzes.forms import ChoiceForm, SeatForm, choice_form, question_form, seat_form, sent_answer, sent_place
from lms.quizzes.knowledge import AnswerRefused, DrawDoesNotFit
from lms.quizzes.models import Attempt
from lms.quizzes.quiz import KnowledgeCheck, Scenario
from lms.quizzes.scenario import NotThere, Play, PlayDoesNotFit, PlayTooLong
from lms.quizzes.shelf import Quiz, quizzes
from lms.quizzes.sitting import Sitting, in_words
from lms.web.access import current_actor, settles_repeats, signed_in
from lms.web.answers import done
from lms.web.forms import REFUSED

bp = Blueprint("quizzes", __name__, template_folder="templates")
bp.add_app_template_filter(in_words, "answer_in_words")

KEPT_BEFORE = "What you sent belongs to an earlier page, so nothing has changed. Here is where you are."


@bp.errorhandler(DrawDoesNotFit)
@bp.errorhandler(PlayDoesNotFit)
def rewritten(_error: Exception) -> ResponseReturnValue:
    """A go that was kept no longer fits the quiz: on to its front, which says so."""
    return redirect(url_for("quizzes.front", quiz=(request.view_args or {})["quiz"]), 303)


@bp.get("/quizzes/<quiz>/")
@signed_in
def front(quiz: str) -> ResponseReturnValue:
    """What a quiz asks for, what counts and who sees it; start or carry on."""
    found = _quiz(quiz)
    if isinstance(found, KnowledgeCheck):
        return render_template("quizzes/check.html", front=pages.check_front(current_actor(), found))
    return _table(found, _seats(found))


@bp.post("/quizzes/<quiz>/")
@signed_in
def start(quiz: str) -> ResponseReturnValue:
    """Start a check or take a seat; whoever has begun carries on."""
    found, actor = _quiz(quiz), current_actor()
    if isinstance(found, KnowledgeCheck):
        return _carry_on(actions.start_check(actor, found))
    form = _seats(found)
    if form.submitted():
        with form.showing_refusals():
            return _carry_on(actions.take_seat(actor, found, form.seat.data, form.left))
    return _table(found, form), form.status


def _seats(scenario: Scenario) -> SeatForm:
    return seat_form(retelling.seats_for(scenario, [seat.sector for seat in current_actor().seats]))


def _table(scenario: Scenario, form: SeatForm) -> str:
    return render_template("quizzes/table.html", front=pages.scenario_front(current_actor(), scenario), form=form)


def _carry_on(attempt: Attempt) -> ResponseReturnValue:
    return done(None, "quizzes.carry_on", quiz=attempt.quiz, attempt_id=attempt.id)


@bp.get("/quizzes/<quiz>/<uuid:attempt_id>/")
@signed_in
def carry_on(quiz: str, attempt_id: UUID) -> ResponseReturnValue:
    """On to the very place where this go stands."""
    found = _quiz(quiz)
    attempt = queries.attempt(current_actor(), quiz, attempt_id)
    if attempt.finished_at is not None:
        ended = "quizzes.front" if attempt.passed is None else "quizzes.result"
        return done(None, ended, quiz=quiz, **({"attempt_id": attempt_id} if attempt.passed is not None else {}))
    if isinstance(found, KnowledgeCheck):
        return _next_question(quiz, attempt_id, queries.open_sitting(current_actor(), found, attempt))
    number = retelling.decision_number(engine.from_json(found, attempt.state))
    return done(None, "quizzes.scene", quiz=quiz, attempt_id=attempt_id, number=number)


def _next_question(quiz: str, attempt_id: UUID, stands: Sitting) -> ResponseReturnValue:
    if stands.next_position is None:
        return done(None, "quizzes.result", quiz=quiz, attempt_id=attempt_id)
    return done(None, "quizzes.question", quiz=quiz, attempt_id=attempt_id, position=stands.next_position)


@bp.get("/quizzes/<quiz>/<uuid:attempt_id>/<int:position>")
@signed_in
def question(quiz: str, attempt_id: UUID, position: int) -> ResponseReturnValue:
    """One question to answer, or one answered before, to read."""
    check = _check(quiz)
    attempt = queries.attempt(current_actor(), quiz, attempt_id)
    stands = queries.open_sitting(current_actor(), check, attempt)
    drawn = stands.question(position)
    if drawn is None:
        raise NotFound
    if position in stands.given:
        return render_template("quizzes/answered.html", attempt=attempt, stands=stands, position=position)
    if attempt.finished_at is not None or position != stands.next_position:
        return _carry_on(attempt)
    form = question_form(drawn)
    return render_template("quizzes/question.html", attempt=attempt, stands=stands, position=position, form=form)


@bp.post("/quizzes/<quiz>/<uuid:attempt_id>/<int:position>")
@signed_in
@settles_repeats
def answer(quiz: str, attempt_id: UUID, position: int) -> ResponseReturnValue:
    """Answer a question and go on to the next, or to the result."""
    actor, check = current_actor(), _check(quiz)
    try:
        stands, is_kept = actions.answer(actor, check, attempt_id, position, sent_answer(request.form))
    except AnswerRefused as refusal:
        return _ask_again(check, attempt_id, position, refusal)
    if not is_kept:
        return done(KEPT_BEFORE, "quizzes.carry_on", quiz=quiz, attempt_id=attempt_id)
    return _next_question(quiz, attempt_id, stands)


def _ask_again(check: KnowledgeCheck, attempt_id: UUID, position: int, refusal: AnswerRefused) -> ResponseReturnValue:
    """The question once more, with what was chosen and what has to be mended."""
    attempt = queries.attempt(current_actor(), check.slug, attempt_id)
    stands = queries.sitting_of(check, attempt)
    form = question_form(stands.drawn.questions[position - 1])
    form.show(refusal)
    page = render_template("quizzes/question.html", attempt=attempt, stands=stands, position=position, form=form)
    return page, REFUSED


@bp.get("/quizzes/<quiz>/<uuid:attempt_id>/scene")
@signed_in
def scene_now(quiz: str, attempt_id: UUID) -> ResponseReturnValue:
    """On to the scene where the story stands."""
    _scenario(quiz)
    return _carry_on(queries.attempt(current_actor(), quiz, attempt_id))


@bp.get("/quizzes/<quiz>/<uuid:attempt_id>/scene/<int:number>")
@signed_in
def scene(quiz: str, attempt_id: UUID, number: int) -> ResponseReturnValue:
    """The scene of one decision: the present one to decide, an earlier one to read."""
    scenario = _scenario(quiz)
    attempt = queries.attempt(current_actor(), quiz, attempt_id)
    play = engine.from_json(scenario, attempt.state)
    if 1 <= number < retelling.decision_number(play):
        told = pages.earlier_scene(scenario, attempt, play, number)
        return render_template("quizzes/earlier.html", told=told)
    if attempt.finished_at is not None or number != retelling.decision_number(play):
        return _carry_on(attempt)
    return _scene(scenario, attempt, play, _choices(scenario, attempt, play))


def _choices(scenario: Scenario, attempt: Attempt, play: Play) -> ChoiceForm:
    here = retelling.scene_of(scenario, play)
    return choice_form(here.ask, engine.choices_in_order(here, attempt.seed))


def _scene(scenario: Scenario, attempt: Attempt, play: Play, form: ChoiceForm) -> str:
    return render_template("quizzes/scene.html", told=pages.scene(scenario, attempt, play), form=form)


@bp.post("/quizzes/<quiz>/<uuid:attempt_id>/scene/<int:number>")
@signed_in
@settles_repeats
def choose(quiz: str, attempt_id: UUID, number: int) -> ResponseReturnValue:
    """Choose, and see what happens."""
    actor, scenario = current_actor(), _scenario(quiz)
    try:
        is_made = actions.choose(actor, scenario, attempt_id, number, sent_place(request.form))
    except (NotThere, PlayTooLong) as refusal:
        attempt = queries.attempt(actor, quiz, attempt_id)
        play = engine.from_json(scenario, attempt.state)
        form = _choices(scenario, attempt, play)
        form.show(refusal)
        return _scene(scenario, attempt, play, form), REFUSED
    return done(None if is_made else KEPT_BEFORE, "quizzes.carry_on", quiz=quiz, attempt_id=attempt_id)


@bp.get("/quizzes/<quiz>/<uuid:attempt_id>/result")
@signed_in
def result(quiz: str, attempt_id: UUID) -> ResponseReturnValue:
    """What came of a go: the result, the next step, and what there is to learn from it."""
    found, actor = _quiz(quiz), current_actor()
    attempt = queries.attempt(actor, quiz, attempt_id)
    if attempt.passed is None:
        return _carry_on(attempt)
    if isinstance(found, KnowledgeCheck):
        return render_template("quizzes/result.html", result=pages.check_result(actor, found, attempt))
    return render_template("quizzes/ending.html", result=pages.scenario_result(actor, found, attempt))


def _quiz(slug: str) -> Quiz:
    """The quiz at this address. Raises NotFound."""
    found = quizzes().by_slug.get(slug)
    if found is None:
        raise NotFound
    return found


def _check(slug: str) -> KnowledgeCheck:
    found = _quiz(slug)
    if not isinstance(found, KnowledgeCheck):
        raise NotFound
    return found


def _scenario(slug: str) -> Scenario:
    found = _quiz(slug)
    if not isinstance(found, Scenario):
        raise NotFound
    return found
