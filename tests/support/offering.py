"""Programmes over the real modules, and people who finish modules by the real actions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from uuid import uuid4

from flask import Flask

from lms.catalogue import shelf
from lms.catalogue.content import Part, Programme
from lms.core import clock
from lms.core.db import db, writing
from lms.core.events import announce
from lms.learning import actions as learning
from lms.learning import queries
from lms.people import queries as people
from lms.people.models import Person
from lms.quizzes.events import QuizPassed

LEAD, TIERS, ELEYS = "lead-professional", "tiers-of-need", "leading-integrated-services"


def programme(slug: str, *required: str, optional: tuple[str, ...] = (), months: int | None = None) -> Programme:
    """A programme, version 3, of these modules."""
    parts = (*(Part(one, required=True) for one in required), *(Part(one, required=False) for one in optional))
    return Programme(slug, f"Programme {slug}", f"What {slug} is for.", f"People of {slug}", 3, parts, months)


@contextmanager
def offering(app: Flask, *programmes: Programme) -> Iterator[None]:
    """Let the application offer these programmes and no others."""
    before = app.extensions["library"]
    app.extensions["library"] = replace(before, programmes=programmes)
    yield
    app.extensions["library"] = before


def finish(person: Person, *modules: str, on: date | None = None) -> None:
    """Study modules to the end (again, when they were finished before), at noon of a day or now, each in a transaction
    of its own as its last page is.
    """
    at = clock.now() if on is None else datetime.combine(on, time(12), clock.PARTNERSHIP_ZONE)
    for slug in modules:
        db.session.rollback()
        module = shelf.library().module(slug)
        with clock.acting_at(at), writing():
            actor = people.actor(person)
            if queries.own_completions(actor, slug):
                learning.start_again(actor, module)
            for quiz in module.quizzes:
                announce(QuizPassed(person.id, quiz, slug, uuid4(), at))
            for page in module.pages:
                learning.read_page(actor, module, page.slug)
