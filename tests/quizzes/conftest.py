"""Quizzes of the tests' own on the shelf, and an ear for who has passed."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from lms.core.events import Listeners
from lms.quizzes import shelf
from lms.quizzes.events import QuizPassed
from lms.quizzes.shelf import Quiz


@pytest.fixture
def shelve(app: Flask, database: None) -> Iterator[Callable[..., None]]:
    """Put quizzes on the shelf beside the real ones, or in their place, as authors do between two starts."""
    before = app.extensions["quizzes"]

    def put(*quizzes: Quiz) -> None:
        shelf.put(app, [*app.extensions["quizzes"].by_slug.values(), *quizzes])

    yield put
    app.extensions["quizzes"] = before


@pytest.fixture
def passes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[QuizPassed]:
    """Every pass that was announced, in order."""
    heard: list[QuizPassed] = []
    announce = Listeners.announce

    def hear(listeners: Listeners, fact: object) -> None:
        if isinstance(fact, QuizPassed):
            heard.append(fact)
        announce(listeners, fact)

    monkeypatch.setattr(Listeners, "announce", hear)
    return heard
