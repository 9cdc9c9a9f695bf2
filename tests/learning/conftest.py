"""Readers, passed quizzes, and modules that change, for the tests of learning."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from lms.catalogue import shelf
from lms.core import clock
from lms.core.db import writing
from lms.core.events import announce
from lms.people.models import Person
from lms.quizzes.events import QuizPassed
from tests.learning.reading import MODULE
from tests.support.browser import Visitor


@pytest.fixture
def pages(app: Flask, database: None) -> list[str]:
    """The addresses of the module's pages, in order."""
    return [page.slug for page in shelf.library().module(MODULE).pages]


@pytest.fixture
def quizzes(app: Flask, database: None) -> list[str]:
    return list(shelf.library().module(MODULE).quizzes)


@pytest.fixture
def passing(database: None) -> Callable[..., None]:
    """Announce that a person has passed a quiz, as quizzes do in the transaction of the last answer."""

    def passed(person: Person, quiz: str, module: str = MODULE) -> None:
        with writing():
            announce(QuizPassed(person.id, quiz, module, uuid4(), clock.now()))

    return passed


@pytest.fixture
def finish(pages: list[str], quizzes: list[str], passing: Callable[..., None]) -> Callable[..., None]:
    """Finish the module: pass its quizzes, then read every page."""

    def finished(visitor: Visitor, person: Person) -> None:
        for quiz in quizzes:
            passing(person, quiz)
        for page in pages:
            visitor.post("learning.read_on", module=MODULE, page=page)

    return finished


@pytest.fixture
def revise(app: Flask, database: None) -> Iterator[Callable[..., None]]:
    """Change a module as its authors would between two starts of the server."""
    before = app.extensions["library"]

    def revised(slug: str = MODULE, **changes: Any) -> None:
        library = app.extensions["library"]
        modules = [replace(one, **changes) if one.slug == slug else one for one in library.modules]
        app.extensions["library"] = replace(library, modules=modules)
        app.extensions["outlines"] = {}

    yield revised
    app.extensions["library"] = before
    app.extensions["outlines"] = {}
