"""What a person does at quizzes: start one, answer a question, make a choice; finishing follows by rule."""

from collections.abc import Mapping, Sequence
from secrets import token_hex
from typing import cast
from uuid import UUID

from sqlalchemy import Table, insert, select
from sqlalchemy.exc import IntegrityError

from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.events import announce
from lms.quizzes import knowledge, policy, queries, sitting
from lms.quizzes import scenario as engine
from lms.quizzes.events import QuizPassed
from lms.quizzes.knowledge import DrawDoesNotFit
from lms.quizzes.models import Answer, Attempt
from lms.quizzes.narrowing import narrowed
from lms.quizzes.quiz import KnowledgeCheck, Question, Scenario, Scene
from lms.quizzes.scenario import NotThere, PlayDoesNotFit
from lms.quizzes.shelf import Quiz, quizzes, version_of
from lms.quizzes.sitting import Given, Sitting

CHECK, SCENARIO = "check", "scenario"
SEED_BYTES = 16
# Built once: nothing reads the row again, and as an object it made an answer take a tenth longer.
_ANSWER = insert(cast(Table, Answer.__table__))


def start_check(actor: Actor, check: KnowledgeCheck) -> Attempt:
    """A go at a knowledge check: the open one if there is one, else a fresh draw. An open one whose questions have
    been rewritten, or are no longer what is asked, is closed first.
    """
    open_one = _open(actor, check)
    if open_one is not None:
        try:
            queries.open_sitting(actor, check, open_one)
        except DrawDoesNotFit:
            _close(open_one)
        else:
            return open_one
    seed = token_hex(SEED_BYTES)
    drawn = sitting.begin(narrowed(actor, check), seed)
    return _begin(actor, check, CHECK, seed=seed, state=sitting.to_json(drawn))


def take_seat(actor: Actor, scenario: Scenario, seat: str, leaving: UUID | None = None) -> Attempt:
    """A go at a scenario from a seat: the open one if there is one, unless the actor says that they leave it. Asking
    twice to leave the same one leaves it once.

    Raises NotThere when the scenario has no such seat, and nothing is left then.
    """
    open_one = _open(actor, scenario)
    if open_one is not None and open_one.id != leaving:
        try:
            engine.from_json(scenario, open_one.state)
        except PlayDoesNotFit:
            pass
        else:
            return open_one
    play = engine.begin(scenario, seat)
    if open_one is not None:
        _close(open_one)
    return _begin(actor, scenario, SCENARIO, seed=token_hex(SEED_BYTES), seat=seat, state=engine.to_json(play))


def answer(
    actor: Actor, check: KnowledgeCheck, attempt_id: UUID, position: int, form: Mapping[str, Sequence[str]]
) -> tuple[Sitting, bool]:
    """Keep an answer, and finish the go with the last one. Returns how the go stands and whether this was kept: a
    question answered before, or not yet due, is left as it is.

    Raises NotFound, DrawDoesNotFit, and AnswerRefused when the form holds no whole answer.
    """
    attempt = queries.attempt(actor, check.slug, attempt_id, locked=True)
    before = queries.open_sitting(actor, check, attempt)
    drawn = before.question(position)
    if attempt.finished_at is not None or position != before.next_position or drawn is None:
        return before, False
    given = knowledge.read_answer(drawn.question, drawn, form)
    right = knowledge.mark(drawn.question, given).right
    _keep(attempt, position, drawn.question, given.to_json(), right=right)
    after = Sitting(check, before.drawn, {**before.given, position: Given(given, right)})
    if after.next_position is None:
        _finish(attempt, check, passed=after.passed, points=after.points, out_of=after.size)
    return after, True


def choose(actor: Actor, scenario: Scenario, attempt_id: UUID, number: int, place: int | None) -> bool:
    """Make the choice that stands at a place (counted from 0) of decision `number` (counted from 1), and finish the go
    if the story ends with it. Returns whether it was made: a decision that is not the present one is left as it is.

    Raises NotFound, PlayDoesNotFit, PlayTooLong, and NotThere when no choice stands at that place.
    """
    attempt = queries.attempt(actor, scenario.slug, attempt_id, locked=True)
    play = engine.from_json(scenario, attempt.state)
    scene = scenario.scene(play.at)
    if attempt.finished_at is not None or number != len(play.steps) + 1 or scene is None:
        return False
    shown = engine.choices_in_order(scene, attempt.seed)
    if place is None or not 0 <= place < len(shown):
        raise NotThere("Choose what you would do.", "choice")
    chosen = shown[place]
    play = engine.choose(scenario, play, chosen.key, scene=scene.key, decision=number - 1)
    _keep(attempt, number, scene, {"choice": chosen.key}, right=chosen.right)
    attempt.state = engine.to_json(play)
    if play.ended:
        result = engine.result(scenario, play)
        _finish(attempt, scenario, passed=result.passed, points=result.points, out_of=result.best)
    return True


def _open(actor: Actor, quiz: Quiz) -> Attempt | None:
    """The actor's go at a quiz that has not ended, held for this request."""
    wanted = select(Attempt).where(policy.visible(actor), Attempt.quiz == quiz.slug, Attempt.finished_at.is_(None))
    return db.session.scalar(wanted.with_for_update())


def _begin(actor: Actor, quiz: Quiz, kind: str, **given: object) -> Attempt:
    """A new go, or the one that a parallel request began in the meantime: the database lets only one be open."""
    last = db.session.scalar(
        select(Attempt.number)
        .where(policy.visible(actor), Attempt.quiz == quiz.slug)
        .order_by(Attempt.number.desc())
        .limit(1)
    )
    made = Attempt(
        person_id=actor.id,
        quiz=quiz.slug,
        module=quiz.module,
        kind=kind,
        content_hash=quizzes().hashes[quiz.slug],
        number=(last or 0) + 1,
        **given,
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        theirs = _open(actor, quiz)
        if theirs is None:
            raise
        return theirs
    return made


def _close(attempt: Attempt) -> None:
    """End a go without a result."""
    attempt.finished_at = clock.now()
    db.session.flush()


def _keep(attempt: Attempt, position: int, part: Question | Scene, given: dict[str, object], *, right: bool) -> None:
    values = {"attempt_id": attempt.id, "position": position, "key": part.key, "version": version_of(part)}
    db.session.connection().execute(_ANSWER, {**values, "given": given, "right": right})


def _finish(attempt: Attempt, quiz: Quiz, *, passed: bool, points: int, out_of: int) -> None:
    """End a go with its result, and tell whoever listens when it is a pass."""
    at = clock.now()
    attempt.finished_at, attempt.passed, attempt.points, attempt.out_of = at, passed, points, out_of
    attempt.content_hash = quizzes().hashes[quiz.slug]
    db.session.flush()
    if passed:
        announce(
            QuizPassed(
                person_id=attempt.person_id, quiz=attempt.quiz, module=attempt.module, attempt_id=attempt.id, at=at
            )
        )
