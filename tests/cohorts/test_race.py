"""Many people book at the same moment: every place is given once, and nobody gets an error."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from random import Random

import pytest
import time_machine
from lxml import html
from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql

from lms.cohorts import queries
from lms.cohorts.actions import booking as actions
from lms.cohorts.actions import filling, moving
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.places import MOST_PASSED_OVER
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from lms.signin import sessions
from tests.cohorts.conftest import Partnership, mails, states
from tests.support.browser import settle, sign_in_directly

PEOPLE, THREADS, PLACES, ROUNDS = 40, 16, 5, 3


def clients(app, people):
    """A signed-in browser for each person, with the token its forms carry."""
    made = []
    for person in people:
        with writing():
            token = sessions.start(person.id, "Tests", second_step=True)
        client = app.test_client()
        sign_in_directly(client, token)
        settle()
        page = html.document_fromstring(client.get("/me/").text)
        made.append((client, page.xpath("//input[@name='csrf_token']/@value")[0]))
    settle()
    return made


def at_once(acts):
    with ThreadPoolExecutor(THREADS) as pool:
        return [one.result() for one in [pool.submit(act) for act in acts]]


def post(client, token, address):
    response = client.post(address, data={"csrf_token": token})
    return response.status_code, response.text


@pytest.mark.slow
def test_forty_people_book_five_places_and_exactly_five_have_one(app, partnership: Partnership):
    people = [partnership.person(n % 4) for n in range(PEOPLE)]
    browsers = clients(app, people)
    for _ in range(ROUNDS):
        cohort = partnership.cohort(capacity=PLACES)
        address = f"/cohorts/{cohort.id}/book"
        settle()
        answers = at_once([partial(post, *browser, address) for browser in browsers])
        assert {status for status, _ in answers} == {303}
        booked = sum('data-booking="booked"' in text for _, text in answers)
        waiting = sum('data-booking="waiting"' in text for _, text in answers)
        assert (booked, waiting) == (PLACES, PEOPLE - PLACES)
        found = list(states(cohort).values())
        assert (found.count("booked"), found.count("waiting")) == (PLACES, PEOPLE - PLACES)


def test_one_person_clicking_many_times_has_one_place(app, partnership: Partnership):
    (browser,) = clients(app, [partnership.person(1, name="Sam")])
    cohort = partnership.cohort()
    address = f"/cohorts/{cohort.id}/book"
    settle()
    answers = at_once([partial(post, *browser, address)] * THREADS)
    assert {status for status, _ in answers} == {303}
    assert states(cohort) == {"Sam": "booked"}


def test_a_calendar_renewed_and_switched_off_at_the_same_moment_is_no_fault(app, partnership: Partnership):
    (browser,) = clients(app, [partnership.person(1, name="Sam")])
    ways = ("/cohorts/calendar/renew", "/cohorts/calendar/off") * THREADS
    answers = at_once([partial(post, *browser, way) for way in ways])
    assert {status for status, _ in answers} == {303}


@pytest.mark.slow
def test_places_freed_at_the_same_moment_go_to_as_many_people(app, partnership: Partnership):
    people = [partnership.person(n % 4) for n in range(16)]
    browsers = clients(app, people)
    cohort = partnership.cohort(capacity=8, largest_share=50)
    settle()
    at_once([partial(post, *browser, f"/cohorts/{cohort.id}/book") for browser in browsers])
    booked = [
        browser for browser, person in zip(browsers, people, strict=True) if states(cohort)[person.name] == "booked"
    ]
    assert len(booked) == 8
    settle()
    answers = at_once([partial(post, *browser, f"/cohorts/{cohort.id}/cancel") for browser in booked[:6]])
    assert {status for status, _ in answers} == {303}
    found = list(states(cohort).values())
    assert (found.count("booked"), found.count("cancelled"), found.count("waiting")) == (8, 6, 2)


def post_with(client, token, address, **data):
    response = client.post(address, data={"csrf_token": token, **data})
    return response.status_code, response.text


def holders(cohort):
    return [name for name, state in states(cohort).items() if state in ("booked", "offered")]


@pytest.mark.slow
def test_places_freed_at_once_are_offered_to_as_many_people_and_each_is_taken_once(app, partnership: Partnership):
    people_ = [partnership.person(n % 4) for n in range(16)]
    browsers = dict(zip((one.name for one in people_), clients(app, people_), strict=True))
    cohort = partnership.cohort(capacity=4, largest_share=25, offers_places=True)
    here = f"/cohorts/{cohort.id}"
    settle()
    at_once([partial(post, *browser, f"{here}/book") for browser in browsers.values()])
    at_once([partial(post, *browsers[name], f"{here}/cancel") for name in holders(cohort)])
    offered = [name for name, state in states(cohort).items() if state == "offered"]
    assert len(offered) == len(holders(cohort)) == 4
    assert sorted(name for name, _ in mails("offer")) == sorted(offered)
    settle()
    acts = [(name, act) for name in offered for act in ("take", "pass", "take", "pass")]
    answers = at_once([partial(post, *browsers[name], f"{here}/offer/{act}") for name, act in acts])
    assert {status for status, _ in answers} <= {303, 422}
    found = states(cohort)
    assert len(holders(cohort)) == 4
    assert {found[name] for name in offered} <= {"booked", "waiting"}
    assert len(mails("offer")) == 4 + sum(found[name] == "waiting" for name in offered)


@pytest.mark.slow
def test_requests_approved_at_the_same_moment_never_get_more_places_than_there_are(app, make, partnership: Partnership):
    team = make.team(partnership.agencies[1])
    managers = clients(app, [make.manager(team=team), make.manager(agency=partnership.agencies[1])])
    cohort = partnership.cohort(capacity=3, largest_share=100, needs_approval=True)
    with writing():
        for _ in range(8):
            asker = people.actor(make.person(team=team))
            actions.book(asker, cohort.id)
    asked = db.session.scalars(select(Booking.id).where(Booking.state == "asked")).all()
    settle()
    acts = [
        partial(post_with, *browser, f"/cohorts/approvals/{one}", do="approve") for one in asked for browser in managers
    ]
    answers = [status for status, _ in at_once(acts)]
    assert (answers.count(303), answers.count(422)) == (8, 8)
    found = list(states(cohort).values())
    assert (found.count("booked"), found.count("waiting")) == (3, 5)


def test_a_place_passes_to_one_colleague_however_many_are_sent(app, make, partnership: Partnership):
    team = make.team(partnership.agencies[1])
    sam, *colleagues = (make.person(team=team) for _ in range(9))
    (browser,) = clients(app, [sam])
    cohort = partnership.cohort(capacity=5)
    with writing():
        actions.book(people.actor(sam), cohort.id)
    settle()
    address = f"/cohorts/{cohort.id}/send"
    answers = at_once([partial(post_with, *browser, address, person=str(one.id)) for one in colleagues])
    assert [status for status, _ in answers].count(303) == 1
    assert len(holders(cohort)) == 1
    assert len(mails("sent")) == 1


def test_the_worker_and_its_double_release_held_places_once(app, partnership: Partnership):
    with time_machine.travel(clock.now()) as traveller:
        soon = clock.today() + timedelta(days=2)
        cohort = partnership.cohort(capacity=2, largest_share=100, held={"police": 2}, release_on=soon)
        with writing():
            for n in range(5):
                actions.book(people.actor(partnership.person(n % 3)), cohort.id)
        settle()
        traveller.shift(timedelta(days=3))

        def work():
            with app.app_context():
                filling.catch_up_all()

        at_once([work] * 8)
        assert len(holders(cohort)) == len(mails("moved_up")) == 2


@pytest.mark.slow
def test_people_change_dates_in_both_directions_at_once_and_nobody_waits_for_ever(app, partnership: Partnership):
    trainer = people.actor(partnership.trainer)
    one, two = (partnership.cohort(capacity=4, largest_share=100, title=title) for title in ("One", "Two"))
    there = [partnership.person(n % 4) for n in range(8)]
    with writing():
        for cohort, group, other in ((one, there[:4], two), (two, there[4:], one)):
            for person in group:
                actions.book(people.actor(person), cohort.id)
            moving.write(trainer, queries.lock_run(trainer, cohort.id), "", [other.id])
    browsers = clients(app, there)
    moves = [(browser, (one, two) if n < 4 else (two, one)) for n, browser in enumerate(browsers)]
    acts = [partial(post_with, *browser, f"/cohorts/{a.id}/other-dates", other=str(b.id)) for browser, (a, b) in moves]
    assert {status for status, _ in at_once(acts)} == {303}
    assert max(len(holders(one)), len(holders(two))) <= 4
    found = [*states(one).values(), *states(two).values()]
    assert found.count("cancelled") == 8
    assert found.count("booked") + found.count("waiting") == 8


@pytest.mark.slow
def test_whatever_sixteen_people_do_at_once_the_rules_hold(app, make, partnership: Partnership):
    """Books, cancels, offers, passes, colleagues and approvals, all mixed: checked after each round."""
    teams = [make.team(agency) for agency in partnership.agencies]
    crowd = [make.person(team=teams[n % 4]) for n in range(THREADS)]
    browsers = clients(app, crowd)
    (trainer,) = clients(app, [partnership.trainer])
    cohort = partnership.cohort(
        capacity=5, largest_share=40, offers_places=True, needs_approval=True, held={"police": 1}
    )
    here, chance = f"/cohorts/{cohort.id}", Random(2009)
    for _ in range(6):
        acts = [partial(post, *browser, f"{here}/{chance.choice(WAYS)}") for browser in browsers]
        acts += [
            partial(post_with, *browsers[n], f"{here}/send", person=str(chance.choice(crowd).id))
            for n in chance.sample(range(THREADS), 4)
        ]
        asked = db.session.scalars(select(Booking.id).where(Booking.state == "asked")).all()
        settle()
        acts += [partial(post_with, *trainer, f"/cohorts/approvals/{one}", do="approve") for one in asked] * 2
        chance.shuffle(acts)
        assert {status for status, _ in at_once(acts)} <= {303, 404, 422}
        settle()
        room = queries.room(db.session.get(Cohort, cohort.id, populate_existing=True))
        assert room.booked <= 5
        assert all(number <= 2 for number in room.taken.values())
        assert room.booked - room.of_sector("police") <= 4
        rows = db.session.scalars(select(Booking).execution_options(populate_existing=True)).all()
        assert all(row.approved_at for row in rows if row.state in ("booked", "offered", "waiting"))
        assert all(row.passed_over <= MOST_PASSED_OVER for row in rows)
        able = [row for row in rows if row.state == "waiting" and not row.sits_out]
        assert all(room.obstacle(row.agency_id) for row in able)
    assert room.booked
    assert {"offer", "sent", "place_booked"} <= {kind for _, kind in mails()}


WAYS = ("book", "book", "book", "cancel", "offer/take", "offer/pass")


@pytest.fixture
def read_by(app):
    """What an act asks of cohorts, in order, as PostgreSQL would be asked: seen on any machine, in the quick tests."""

    def asked(act) -> list[str]:
        sent = []

        def note(_connection, statement, *_rest) -> None:
            text = str(statement.compile(dialect=postgresql.dialect()))
            if "FROM cohorts" in text:
                sent.append(text)

        event.listen(db.engine, "before_execute", note)
        try:
            with writing():
                act()
        finally:
            event.remove(db.engine, "before_execute", note)
        return sent

    return asked


def test_whoever_gives_or_frees_a_place_first_locks_the_cohorts_row(partnership: Partnership, read_by):
    cohort, sam, eve = partnership.cohort(), partnership.person(1), partnership.person(2)
    trainer, booker = people.actor(partnership.trainer), people.actor(sam)
    made = []
    for act in (
        lambda: made.append(actions.book(booker, cohort.id).booking.id),
        lambda: actions.add(trainer, cohort.id, [eve.id]),
        lambda: actions.remove(trainer, cohort.id, made[0]),
        lambda: actions.cancel(people.actor(eve), cohort.id),
    ):
        assert read_by(act)[0].endswith("FOR UPDATE OF cohorts")
