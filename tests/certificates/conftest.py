"""People who have completed modules, for the tests of certificates."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from lms.catalogue.shelf import library
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import db, writing
from lms.core.events import announce
from lms.learning.events import ModuleCompleted
from lms.learning.models import Completion, Study
from lms.people.models import Person

MODULE = "lead-professional"


@pytest.fixture
def complete(database: None) -> Callable[..., ModuleCompleted]:
    """Complete a module as learning does: rows first, then the fact is announced to whoever listens."""

    def completed(person: Person, module: str = MODULE, on: date | None = None, minutes: int = 50) -> ModuleCompleted:
        at = clock.now() if on is None else datetime.combine(on, time(12), clock.PARTNERSHIP_ZONE)
        with writing() as session:
            number = session.query(Study).filter_by(person_id=person.id, module=module).count() + 1
            study = Study(person_id=person.id, module=module, number=number, version=2, completed_at=at)
            session.add(study)
            session.flush()
            row = Completion(
                person_id=person.id,
                study_id=study.id,
                module=module,
                version=2,
                core_hash="9f2c41ab" * 8,
                minutes=minutes,
                completed_on=clock.local(at).date(),
                completed_at=at,
            )
            session.add(row)
            session.flush()
            fact = ModuleCompleted(
                person.id, module, 2, row.core_hash, row.id, row.completed_on, row.completed_at, minutes
            )
            announce(fact)
        return fact

    return completed


@pytest.fixture
def certified(complete: Callable[..., ModuleCompleted]) -> Callable[..., Certificate]:
    """The certificate that completing a module brings."""

    def issued(person: Person, **given: object) -> Certificate:
        fact = complete(person, **given)
        return db.session.query(Certificate).filter_by(completion_id=fact.completion_id).one()

    return issued


def title_of(module: str = MODULE) -> str:
    found = library().module(module)
    assert found is not None
    return found.title


def days_ago(days: int) -> date:
    return clock.today() - timedelta(days=days)
