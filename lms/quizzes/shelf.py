"""Where the running application keeps the quizzes it loaded at start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from flask import Flask, current_app

from lms.catalogue.shelf import library
from lms.config import Settings
from lms.quizzes import reader
from lms.quizzes.quiz import KnowledgeCheck, Question, Scenario, Scene

_KEY = "quizzes"
VERSION_LENGTH = 16
Quiz = KnowledgeCheck | Scenario


@dataclass(frozen=True)
class Quizzes:
    """All knowledge checks and scenarios by slug, each with a hash that changes whenever anything in it does."""

    by_slug: Mapping[str, Quiz]
    hashes: Mapping[str, str]

    def quiz(self, slug: str) -> Quiz:
        """The knowledge check or scenario at this address. Raises KeyError."""
        return self.by_slug[slug]


def install(app: Flask, settings: Settings) -> None:
    """Load all quizzes, after the modules they belong to. Raises ContentFaults."""
    more = [root / "quizzes" for root in settings.more_content]
    with app.app_context():
        put(app, reader.load(settings.quizzes_dir, library(), more).by_slug.values())


def put(app: Flask, quizzes: Iterable[Quiz]) -> None:
    """Let the application use these quizzes."""
    by_slug = {quiz.slug: quiz for quiz in quizzes}
    app.extensions[_KEY] = Quizzes(by_slug, {slug: content_hash(quiz) for slug, quiz in by_slug.items()})


def content_hash(quiz: Quiz) -> str:
    """A name for exactly this content. A frozen object's representation says all that is in it, in a fixed order."""
    return sha256(repr(quiz).encode()).hexdigest()


def version_of(part: Question | Scene) -> str:
    """A name for exactly this wording of a question or a scene, as `content_hash` for a whole quiz."""
    return sha256(repr(part).encode()).hexdigest()[:VERSION_LENGTH]


def quizzes() -> Quizzes:
    """All quizzes, as loaded at start."""
    loaded: Quizzes = current_app.extensions[_KEY]
    return loaded
