"""Whether a knowledge check is asked whole, or only the questions on what changed since a person last passed it.

Who has finished what is known above quizzes, so the answer is supplied from there (`wiring.py`).
"""

from collections.abc import Callable, Collection
from dataclasses import replace

from flask import current_app

from lms.core.actor import Actor
from lms.quizzes.quiz import KnowledgeCheck

Narrowing = Callable[[Actor, str, str], frozenset[str]]
"""The actor, the quiz and its module -> the questions to ask; none for the whole quiz."""

_KEY = "narrowing"


def supply(extensions: dict[str, object], narrowing: Narrowing) -> None:
    """Say who answers."""
    extensions[_KEY] = narrowing


def narrowed(actor: Actor, check: KnowledgeCheck) -> KnowledgeCheck:
    """The check as this person is asked it now: whole, or only some of its questions, all of them drawn."""
    narrowing: Narrowing = current_app.extensions[_KEY]
    keys = narrowing(actor, check.slug, check.module)
    questions = tuple(question for question in check.questions if question.key in keys)
    return replace(check, questions=questions, draw=min(check.draw, len(questions))) if questions else check


def is_drawn_from(keys: Collection[str], asked: KnowledgeCheck) -> bool:
    """Whether a go with these questions answers what is asked: none of them from elsewhere, and none too few."""
    return len(keys) >= asked.draw and set(keys) <= {question.key for question in asked.questions}
