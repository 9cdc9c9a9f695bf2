"""How the people of the demo answer: mostly rightly, sometimes not, until they pass."""

from datetime import datetime, timedelta
from random import Random

from lms.core import clock
from lms.core.actor import Actor
from lms.quizzes import actions, queries
from lms.quizzes import scenario as engine
from lms.quizzes.knowledge import DrawnQuestion
from lms.quizzes.quiz import KnowledgeCheck, Matching, Ordering, Scenario
from lms.quizzes.shelf import quizzes

SURE = 0.92
A_MINUTE = timedelta(minutes=1)
MOST_GOES = 6


def play(actor: Actor, slug: str, at: datetime, chance: Random) -> datetime:
    """Try a quiz until it is passed, a minute an answer; returns when that was. From the third go on all is right."""
    quiz = quizzes().quiz(slug)
    for go in range(MOST_GOES):
        sure = 1.0 if go >= 2 else SURE
        if isinstance(quiz, KnowledgeCheck):
            at, passed = _sit(actor, quiz, at, chance, sure)
        else:
            at, passed = _act(actor, quiz, at, chance, sure)
        if passed:
            break
    return at


def right_answer(drawn: DrawnQuestion) -> dict[str, list[str]]:
    """The form values that answer a drawn question rightly."""
    question = drawn.question
    fields = drawn.fields()
    if isinstance(question, Ordering):
        return {field.name: [str(question.items.index(field.label) + 1)] for field in fields}
    if isinstance(question, Matching):
        sides = {pair.left: pair.right for pair in question.pairs}
        return {field.name: [value for value, text in field.choices if text == sides[field.label]] for field in fields}
    rights = {option.text for option in question.options if option.right}
    return {"answer": [value for value, text in fields[0].choices if text in rights]}


def _some_answer(drawn: DrawnQuestion, chance: Random, sure: float) -> dict[str, list[str]]:
    if chance.random() < sure or isinstance(drawn.question, Ordering | Matching):
        return right_answer(drawn)
    return {"answer": [chance.choice(drawn.fields()[0].choices)[0]]}


def _sit(actor: Actor, check: KnowledgeCheck, at: datetime, chance: Random, sure: float) -> tuple[datetime, bool]:
    with clock.acting_at(at):
        attempt = actions.start_check(actor, check)
        sitting = queries.sitting_of(check, attempt)
    while (position := sitting.next_position) is not None:
        drawn = sitting.question(position)
        assert drawn is not None
        at += A_MINUTE
        with clock.acting_at(at):
            sitting, _ = actions.answer(actor, check, attempt.id, position, _some_answer(drawn, chance, sure))
    return at, sitting.passed


def _act(actor: Actor, scenario: Scenario, at: datetime, chance: Random, sure: float) -> tuple[datetime, bool]:
    with clock.acting_at(at):
        attempt = actions.take_seat(actor, scenario, chance.choice(list(scenario.seats)).key)
    number = 1
    while attempt.finished_at is None:
        scene = scenario.scene(engine.from_json(scenario, attempt.state).at)
        assert scene is not None
        shown = engine.choices_in_order(scene, attempt.seed)
        best = next(place for place, choice in enumerate(shown) if choice.right)
        place = best if chance.random() < sure else chance.randrange(len(shown))
        at += 2 * A_MINUTE
        with clock.acting_at(at):
            actions.choose(actor, scenario, attempt.id, number, place)
        number += 1
    return at, bool(attempt.passed)
