"""The cases that joint training must get right, by name: those of building a cohort. The others stand with booking, the
engine and the tables.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.cohorts.actions import sparing
from lms.cohorts.cover import Limit
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from lms.planning import building, queries
from lms.planning.actions import programmes, proposing
from lms.planning.figures import CANNOT
from lms.planning.models import KeepApart, Nomination
from tests.planning.conftest import bookings, mails

pytestmark = pytest.mark.slow


def overdue(*persons):
    """Make a place most urgent for these people."""
    with writing() as session:
        for row in session.scalars(select(Nomination).where(Nomination.person_id.in_([one.id for one in persons]))):
            row.stored_band = 1


@pytest.fixture
def as_urgent_as_said(monkeypatch):
    """Let the bands stay as a test wrote them."""
    monkeypatch.setattr(proposing, "band_all", lambda _programme: None)


def test_thirty_social_workers_and_two_others_are_refused_with_the_agencies_that_are_missing(world, as_user):
    """Case 1."""
    care = [world.make.person(f"Social {n:02d}", agency=world.agencies[2]) for n in range(30)]
    others = [world.make.person(f"Other {n}", agency=world.agencies[n]) for n in range(2)]
    world.programme(dates=1)
    world.nominate(*care, *others)
    with pytest.raises(proposing.NothingCanRun) as refused:
        world.solve()
    said = refused.value.sentence
    assert "people of 3 agencies can come and you ask for 4" in said
    assert "Nobody who can come is from Homes, Lantern or Police." in said
    trainer = as_user(world.trainer)
    version = trainer.get("proposing.plan", programme_id=world.id).all("//input[@name='version']/@value")[0]
    page = trainer.post("proposing.solve", {"version": version}, programme_id=world.id, expect=422)
    assert said in page.words
    assert queries.latest(world.fresh()) is None


def test_the_only_police_officer_of_the_county_has_a_place_and_is_shown_as_alone(world, as_user):
    """Case 2."""
    world.crowd(24, per_team=2)
    police = [one for one in world.people if one.memberships[0].agency_id == world.agencies[3].id]
    world.people = [one for one in world.people if one not in police[1:]]
    world.programme(dates=1, cover_share=100)
    world.nominate()
    seats = world.solve().assignment
    assert seats[str(police[0].id)] == world.dates[0]
    words = as_user(world.trainer).get("proposing.plan", programme_id=world.id).words
    assert "Police comes with one person. Give them a partner at the table." in words


def pair_on_one_date(world, number=14):
    """Two people kept apart, both overdue, with others, for one date; a spectator cannot know which two."""
    world.crowd(number, per_team=1)
    first, second = world.people[0], world.people[1]
    world.programme(dates=1, cover_share=100)
    world.nominate()
    overdue(first, second)
    with writing():
        until = clock.today() + timedelta(days=90)
        programmes.keep_apart(people.actor(world.coordinator), first.email, second.email, until)
    return first, second


@pytest.mark.usefixtures("as_urgent_as_said")
def test_a_pair_kept_apart_with_one_date_left_is_kept_apart_and_nothing_tells(world, as_user, app):
    """Case 3: one of them has the place, the other is told of no reason; no page, mail or entry speaks of the pair."""
    first, second = pair_on_one_date(world)
    seats = world.solve().assignment
    placed, other = (first, second) if seats[str(first.id)] else (second, first)
    assert (seats[str(placed.id)], seats[str(other.id)]) == (world.dates[0], None)
    trainer = as_user(world.trainer)
    page = trainer.get("proposing.plan", programme_id=world.id)
    assert "1 person: cannot be placed in any session" in page.words
    sent = {"version": page.all("//input[@name='version']/@value")[0], "person": str(other.id), "do": "move"}
    refused = trainer.post("proposing.adjust", {**sent, "to": world.dates[0], "reason": "Must"}, expect=422,
                           programme_id=world.id)  # fmt: skip
    assert f"{other.name} {CANNOT}." in refused.words
    published = world.publish()
    assert "Published. 13 people have a place." in published
    assert str(other.id) not in bookings("booked") | bookings("waiting")
    told = {mail.person_id: mail for mail in mails()}
    assert told[other.id].kind == "planning/unplaced"
    trainer_pages = [
        trainer.get(name, programme_id=world.id).words
        for name in (
            "planning.show",
            "proposing.plan",
            "proposing.check",
            "proposing.compare",
            "nominating.nominations",
        )
    ]
    assert trainer.get("planning.apart").words.count(first.name) == 0
    assert as_user(world.coordinator).get("planning.apart").words.count(first.name) >= 1
    written = [*trainer_pages, *(f"{mail.subject} {mail.body}" for mail in told.values())]
    for text in written:
        assert not any(word in text.lower() for word in ("apart", "conflict", "together with", "because of"))
    for mail in told.values():
        assert not any(one.name in mail.body for one in world.people if one.id != mail.person_id)
    entries = [str(one.detail) for one in db.session.scalars(select(AuditEntry))]
    assert not any(str(first.id) in one and str(second.id) in one for one in entries)


@pytest.mark.usefixtures("as_urgent_as_said")
def test_with_another_date_the_second_of_a_pair_goes_there(world):
    """Case 3, once there is a next date."""
    world.crowd(36, per_team=1)
    first, second = world.people[0], world.people[1]
    world.programme(dates=2, cover_share=100)
    world.nominate()
    overdue(first, second)
    with writing():
        programmes.keep_apart(world.actor, first.email, second.email, clock.today() + timedelta(days=90))
    seats = world.solve().assignment
    assert {seats[str(first.id)], seats[str(second.id)]} == set(world.dates)


def test_tables_on_the_day_are_told_of_the_pair_until_it_ends(world, app):
    first, second = pair_on_one_date(world)
    everybody = [one.id for one in world.people]
    assert [set(pair) for pair in app.extensions["apart_pairs"](everybody)] == [{first.id, second.id}]
    assert app.extensions["apart_pairs"]([first.id]) == []
    pair = db.session.scalar(select(KeepApart.id))
    db.session.rollback()
    with writing():
        programmes.end_apart(people.actor(world.coordinator), pair)
    assert app.extensions["apart_pairs"](everybody) == []


def test_a_team_of_three_sends_one_person_a_day(world):
    """Case 4."""
    world.crowd(24, per_team=1)
    team = world.make.team(world.agencies[0], "Three of us")
    three = [world.make.person(f"Three {n}", team=team) for n in range(3)]
    world.programme(dates=2)
    world.nominate(*world.people, *three)
    seats = world.solve().assignment
    dates = [seats[str(one.id)] for one in three if seats[str(one.id)]]
    assert len(dates) == len(set(dates))
    assert building.load(world.fresh()).problem.cover[str(team.id)] == 1
    left = next((one for one in three if seats[str(one.id)] is None), three[0])
    taken = next(seats[str(one.id)] for one in three if one is not left and seats[str(one.id)])
    with pytest.raises(proposing.RuleBroken) as refused:
        world.adjust("move", left, to=taken)
    assert "Three of us would have 2 away on" in refused.value.sentence


def test_a_plan_keeps_to_the_limit_that_a_team_has_set(world):
    world.crowd(24, per_team=1)
    team = world.make.team(world.agencies[0], "Five of us")
    manager = world.make.manager(team=team)
    five = [manager, *(world.make.person(f"Five {n}", team=team) for n in range(4))]
    world.programme(dates=2)
    world.nominate(*world.people, *five)
    assert building.load(world.fresh()).problem.cover[str(team.id)] == 1
    with writing():
        sparing.set_limit(people.actor(manager), team.id, Limit(most=3))
    assert building.load(world.fresh()).problem.cover[str(team.id)] == 3


def test_two_trainers_change_a_plan_at_once_and_no_change_is_lost(crowd, as_user):
    """Case 10."""
    seats = crowd.solve().assignment
    one, other = as_user(crowd.trainer), as_user(crowd.coordinator)
    page = one.get("proposing.plan", programme_id=crowd.id)
    opened = page.all("//input[@name='version']/@value")[0]
    there = [str(person.id) for person in crowd.people if seats[str(person.id)] == crowd.dates[0]]
    first = {"version": opened, "person": there[0], "do": "leave", "reason": "Asked to"}
    other.post("proposing.adjust", first, programme_id=crowd.id)
    late = one.post("proposing.adjust", {**first, "person": there[1]}, programme_id=crowd.id, expect=422)
    assert "Rhys Maddox changed this plan at " in late.words
    assert "what you chose is not yet done" in late.words
    assert late.all("//input[@name='person'][@checked]/@value") == [there[1]]
    assert (crowd.seats()[there[0]], crowd.seats()[there[1]]) == (None, crowd.dates[0])
    again = {**first, "person": there[1], "version": late.all("//input[@name='version']/@value")[0]}
    one.post("proposing.adjust", again, programme_id=crowd.id)
    assert (crowd.seats()[there[0]], crowd.seats()[there[1]]) == (None, None)
