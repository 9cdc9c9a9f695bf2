"""Limits: how often, how long, how large; and the plain pages that say so."""

import time

import pytest
import time_machine
from sqlalchemy import select, text

from lms.app import create_app
from lms.config import Settings
from lms.core.db import db
from lms.people.models import Agency
from lms.web import deadline
from lms.web.access import public, signed_in
from lms.web.limits import Counts, costly
from tests.conftest import SECRET
from tests.support.browser import ApartClient, Visitor, check_page, settle

PEOPLE = {"LMS_LIMIT_PERSON": "4", "LMS_LIMIT_ADDRESS": "9", "LMS_LIMIT_COSTLY": "2"}


@pytest.fixture(scope="module")
def strict(settings):
    """A second server on the same database, with limits that are soon reached."""
    wanted = {
        "LMS_SECRET_KEY": SECRET,
        "LMS_DATA_DIR": str(settings.data_dir),
        "LMS_DATABASE_URL": settings.database_url,
        "LMS_BASE_URL": "http://localhost",
        "LMS_MOST_BYTES": "2000",
        "LMS_MOST_FIELDS": "20",
        "LMS_REQUEST_SECONDS": "1",
        "LMS_LOG_REQUESTS": "no",
        **PEOPLE,
    }
    made = create_app(Settings(wanted))
    made.test_client_class = ApartClient
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.config["TESTING"] = True
    made.add_url_rule("/slow", view_func=public(_slow_statement), endpoint="slow")
    made.add_url_rule("/slow-twice", view_func=public(_slow_between), endpoint="slow_twice")
    made.add_url_rule("/dear", view_func=signed_in(costly("files")(lambda: "dear")), endpoint="dear")
    yield made
    with made.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _slow_statement():
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_sleep(20)"))
    else:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        db.session.execute(text(endless))
    return "done"


def _slow_between():
    time.sleep(1.1)
    return str(db.session.scalar(select(Agency.name)))


@pytest.fixture(autouse=True)
def _fresh(strict):
    """Each test counts from nothing."""
    strict.extensions["counts"].forget()


@pytest.mark.slow
def test_one_person_who_asks_too_often_waits_and_others_do_not(strict, as_user, make):
    one, other = (_moved(strict, as_user(make.person())) for _ in range(2))
    assert [one.get("/help").status_code for _ in range(5)] == [200] * 4 + [429]
    refused = one.get("/help")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "Too much at once" in refused.text
    assert other.get("/help").status_code == 200


def test_nobody_waits_longer_than_a_minute(strict, as_user, make):
    one = _moved(strict, as_user(make.person()))
    with time_machine.travel("2026-11-26 11:00:05+00:00", tick=False) as clock:
        while one.get("/help").status_code != 429:
            pass
        clock.shift(61)
        assert one.get("/help").status_code == 200


def test_what_is_dear_is_limited_sooner_and_apart(strict, as_user, make):
    one = _moved(strict, as_user(make.person()))
    assert [one.get("/dear").status_code for _ in range(3)] == [200, 200, 429]
    assert one.get("/help").status_code == 200


def test_one_remote_end_that_asks_too_often_waits_and_another_does_not(strict, database):
    end = strict.test_client()
    assert [end.get("/help").status_code for _ in range(10)] == [200] * 9 + [429]
    assert end.get("/help", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200
    forged = end.get("/help", headers={"X-Forwarded-For": "203.0.113.10"})
    assert forged.status_code == 429, "what a visitor says of their own address counts only behind a proxy"
    assert end.get("/healthz").status_code == 200


def test_a_form_that_comes_too_often_is_not_taken(strict, as_user, make):
    person = make.person()
    one = as_user(person)
    token = one.token()
    client = _moved(strict, one)
    while client.get("/help").status_code != 429:
        pass
    assert client.post("/me/theme", data={"csrf_token": token, "theme": "dark"}).status_code == 429
    settle()
    db.session.refresh(person)
    assert person.theme == ""


def test_the_page_of_a_limit_is_a_plain_page(app, strict, as_user, make):
    visitor = Visitor(strict, _moved(strict, as_user(make.person())))
    for _ in range(4):
        visitor.get("/help")
    page = visitor.get("/help", expect=429)
    check_page(page)
    assert page.headers["Cache-Control"] == "no-store"


def test_counts_that_cannot_be_reached_keep_nobody_out(monkeypatch):
    counts, asked = Counts(Settings({"LMS_SECRET_KEY": SECRET})), []

    def away(*what):
        asked.append(what)
        raise ConnectionError

    monkeypatch.setattr(counts._limiter, "hit", away)
    assert [counts.wait(1, "all", "somebody") for _ in range(3)] == [0, 0, 0]
    assert len(asked) == 1, "a store that is away is left alone for a while"


@pytest.mark.parametrize("address", ["/slow", "/slow-twice"])
def test_a_page_that_takes_too_long_is_given_up(strict, database, address):
    began = time.monotonic()
    answer = strict.test_client().get(address)
    assert answer.status_code == 503
    assert time.monotonic() - began < 10
    assert "took too long" in answer.text
    assert answer.headers["Retry-After"] in ("10", "60")  # stopped within a statement, or between two
    assert strict.test_client().get("/readyz").status_code == 200


def test_commands_and_tasks_have_all_the_time_they_need(app, database):
    assert not deadline.passed()


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"theme": "x" * 3_000}},
        {"data": {f"a{number}": (None, "1") for number in range(30)}, "content_type": "multipart/form-data"},
        {"data": {f"a{number}": "1" for number in range(30)}},
    ],
)
def test_a_form_beyond_the_settings_gets_a_plain_page(strict, as_user, make, sent):
    visitor = as_user(make.person())
    token = visitor.token()
    answer = _moved(strict, visitor).post("/me/theme", headers={"X-CSRFToken": token}, **sent)
    assert answer.status_code == 413
    assert "larger than we can take" in answer.text


def _moved(strict, visitor):
    """The same person's browser, at the strict server."""
    client = strict.test_client()
    cookie = visitor.client.get_cookie("common-ground")
    client.set_cookie("common-ground", cookie.value)
    return client
