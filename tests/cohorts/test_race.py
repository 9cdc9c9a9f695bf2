"""Many people book at the same moment: every place is given once, and nobody gets an error."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from lxml import html

from lms.core.db import writing
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
