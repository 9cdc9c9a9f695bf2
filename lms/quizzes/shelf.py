"""Where the running application keeps the quizzes it loaded at start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import Flask, current_app

from lms.quizzes.quiz import KnowledgeCheck, Scenario

_KEY = "quizzes"
Quiz = KnowledgeCheck | Scenario


@dataclass(frozen=True)
class Quizzes:
    """All knowledge checks and scenarios, by slug."""

    by_slug: Mapping[str, Quiz]

    def quiz(self, slug: str) -> Quiz:
        """The knowledge check or scenario at this address. Raises KeyError."""
        return self.by_slug[slug]


def put(app: Flask, quizzes: Iterable[Quiz]) -> None:
    """Let the application use these quizzes."""
    app.extensions[_KEY] = Quizzes({quiz.slug: quiz for quiz in quizzes})


def quizzes() -> Quizzes:
    """All quizzes, as loaded at start."""
    loaded: Quizzes = current_app.extensions[_KEY]
    return loaded
