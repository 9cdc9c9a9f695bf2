"""Learning announces that the required modules of a programme are finished, in the transaction of the last of them."""

import pytest

from lms.core.db import db, writing
from lms.learning import actions
from lms.learning.events import ModuleCompleted, ProgrammeCompleted
from lms.learning.models import Completion
from tests.learning.reading import counting
from tests.support.offering import ELEYS, LEAD, TIERS, finish, offering, programme


@pytest.fixture
def heard(app, monkeypatch):
    """The facts that were announced, in their order."""
    facts: list[object] = []
    monkeypatch.setattr("lms.learning.actions.announce", facts.append)
    return facts


def test_it_is_announced_after_the_last_required_module_and_only_then(app, make, heard):
    leah = make.person()
    with offering(app, programme("core", LEAD, TIERS, optional=(ELEYS,)), programme("tiers", TIERS)):
        finish(leah, LEAD)
        assert [type(fact) for fact in heard] == [ModuleCompleted]
        finish(leah, TIERS)
        assert [type(fact) for fact in heard[1:]] == [ModuleCompleted, ProgrammeCompleted, ProgrammeCompleted]
        finish(leah, ELEYS)
    assert [type(fact) for fact in heard[4:]] == [ModuleCompleted], "an optional module completes nothing"
    done = db.session.query(Completion).filter_by(module=TIERS).one()
    assert heard[2:4] == [
        ProgrammeCompleted(leah.id, slug, done.completed_on, done.completed_at) for slug in ("core", "tiers")
    ]


def test_what_somebody_else_finished_does_not_count(app, make, heard):
    with offering(app, programme("core", LEAD, TIERS)):
        finish(make.person(), LEAD)
        finish(make.person(), TIERS)
    assert ProgrammeCompleted not in [type(fact) for fact in heard]


def test_where_no_programme_asks_for_the_module_nothing_is_asked_of_the_database(app, make):
    leah = make.person()
    with offering(app, programme("tiers", TIERS)):
        finish(leah, LEAD)
        done = db.session.query(Completion).one()
        with writing(), counting() as sent:
            actions._announce_programmes(done)
    assert sent == []
