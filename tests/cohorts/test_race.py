"""Many people book at the same moment: every place is given once, and nobody gets an error."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from lxml import html
from sqlalchemy import event
from sqlalchemy.dialects import postgresql

from lms.cohorts.actions import booking as actions
from lms.core.db import db, writing
from lms.people import queries as people
from lms.signin import sessions
from tests.cohorts.conftest import Partnership, states
from tests.support.browser import settle, sign_in_directly

PEOPLE, THREADS, PLACES, ROUNDS = 40, 16, 5, 3


def clients(app, people):
    """A signed-in browser for each person, with the token its forms carry."""
    made = []
    for person in people:
        with writing():
            token = sessions.start(person, "Tests")
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
