"""People kept apart never have places on one joint day, whichever way they come; and nothing says so."""

import pytest
from flask import current_app
from sqlalchemy import select

from lms.cohorts import queries
from lms.cohorts.actions import booking as actions
from lms.cohorts.actions import filling, substituting
from lms.core.db import db, writing
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from tests.cohorts.conftest import states

SENTENCE = "You are on the waiting list"


def book(cohort, *persons):
    for person in persons:
        with writing():
            actions.book(people.actor(person), cohort.id)


@pytest.fixture
def pair(partnership, monkeypatch):
    """Two people kept apart, of two agencies."""
    both = partnership.person(1, name="Ann First"), partnership.person(2, name="Bob Second")
    ids = both[0].id, both[1].id
    monkeypatch.setitem(current_app.extensions, "apart_pairs", lambda found: [ids] if set(ids) <= set(found) else [])
    return both


@pytest.mark.slow
def test_the_second_of_a_pair_waits_and_reads_no_reason(partnership, as_user, pair):
    cohort, (first, second) = partnership.cohort(), pair
    book(cohort, first, second)
    assert states(cohort) == {"Ann First": "booked", "Bob Second": "waiting"}
    (said,) = db.session.scalars(select(OutboxMail).where(OutboxMail.person_id == second.id)).all()
    assert "cannot be placed on this joint day for now" in " ".join(said.body.split())
    assert first.name not in said.body
    page = as_user(second).get("cohorts.show", cohort_id=cohort.id)
    assert SENTENCE in page.words
    assert "apart" not in page.words
    trainer = as_user(partnership.trainer).get("building.manage", cohort_id=cohort.id)
    assert "cannot be placed in this session" in trainer.words
    assert "apart" not in trainer.words


def test_they_are_not_moved_up_beside_each_other_but_when_the_other_goes(partnership, pair):
    first, second = pair
    cohort, other = partnership.cohort(capacity=2), partnership.person(3, name="Cat Third")
    book(cohort, first, other, second)
    with writing():
        actions.cancel(people.actor(other), cohort.id)
    assert states(cohort)["Bob Second"] == "waiting"
    with writing():
        actions.cancel(people.actor(first), cohort.id)
    assert states(cohort)["Bob Second"] == "booked"


def test_two_places_at_once_do_not_go_to_both(partnership, pair):
    first, second = pair
    others = [partnership.person(3, name="Cat Third"), partnership.person(0, name="Dan Fourth")]
    cohort = partnership.cohort(capacity=2)
    book(cohort, *others, first, second)
    with writing():
        locked = queries.lock_known(cohort.id)
        locked.capacity = 5
        filling.fill(None, locked)
    assert sorted(states(cohort)[name] for name in ("Ann First", "Bob Second")) == ["booked", "waiting"]


def test_a_colleague_kept_apart_from_somebody_there_is_not_sent(make, partnership, monkeypatch):
    team = make.team(partnership.agencies[1])
    sam, ben = make.person("Sam Sender", team=team), make.person("Ben Whitlock", team=team)
    there = partnership.person(2, name="Bob Second")
    pairs = [(ben.id, there.id)]
    monkeypatch.setitem(current_app.extensions, "apart_pairs", lambda _: pairs)
    cohort = partnership.cohort()
    book(cohort, sam, there)
    with pytest.raises(substituting.NotThisOne), writing():
        substituting.send(people.actor(sam), cohort.id, ben.id)
    pairs[:] = [(ben.id, sam.id)]
    with writing():
        substituting.send(people.actor(sam), cohort.id, ben.id)
    assert states(cohort)["Ben Whitlock"] == "booked"
