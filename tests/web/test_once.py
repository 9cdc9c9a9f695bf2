"""What is sent twice is done once: double clicks, reloads, repeats after a lost reply, and many at the same time."""

import http.client
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
import time_machine
from sqlalchemy import event, func, select
from werkzeug.serving import make_server

from lms.audit.models import AuditEntry
from lms.cohorts.models import Cohort
from lms.core import clock
from lms.core.db import db, writing
from lms.people.sectors import Sector
from lms.web import once
from lms.web.once import StoredAnswer
from tests.cohorts.test_building import typed as any_typed

PROJECT = Path(__file__).resolve().parents[2]
KEY = "a-key-of-the-test"
MANY = 50


def typed(**changes):
    return any_typed(minimum_agencies="1", **changes)


@pytest.fixture
def trainer(make):
    return make.trainer(make.agency("Trust", Sector.HEALTH))


@pytest.fixture
def browser(as_user, trainer):
    return as_user(trainer)


def days(title=None) -> int:
    db.session.rollback()
    asked = select(func.count()).select_from(Cohort)
    return db.session.scalar(asked.where(Cohort.title == title) if title else asked)


def stored() -> list[StoredAnswer]:
    db.session.rollback()
    return list(db.session.scalars(select(StoredAnswer)))


def test_a_form_sent_twice_is_done_once_and_answered_the_same(browser):
    first = browser.post("building.new", typed(once=KEY))
    again = browser.post("building.new", typed(once=KEY))
    assert (days(), again.location) == (1, first.location)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert browser.follow(again).words.count("Created as a draft") == 1, "said once, though both answers say it"
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "cohort.created")) == 1


def test_who_lost_the_reply_reads_what_it_said(browser, as_user, trainer):
    browser.post("building.new", typed(once=KEY))
    browser.get("building.cohorts")  # the sentence is read
    again = browser.post("building.new", typed(once=KEY))
    assert "Created as a draft" in browser.follow(again).words


def test_a_program_sends_the_key_in_a_header(browser):
    data = {"csrf_token": browser.token(), **typed()}
    answers = [browser.client.post("/cohorts/new", data=data, headers={"Idempotency-Key": KEY}) for _ in range(2)]
    assert days() == 1
    assert answers[0].location == answers[1].location


def test_the_same_key_with_other_content_is_refused_and_what_was_typed_can_be_sent_as_well(browser):
    browser.post("building.new", typed(once=KEY, title="First"))
    browser.get("building.cohorts")
    refused = browser.post("building.new", typed(once=KEY, title="Second"), expect=422)
    assert days() == 1
    assert "was sent before" in refused.words
    assert "Created as a draft" in refused.words, "what was done already"
    browser.send(refused, refused.forms()[0])
    assert (days("First"), days("Second")) == (1, 1)


def test_a_program_is_refused_in_its_own_words(browser):
    browser.post("building.new", typed(once=KEY, title="First"))
    data = {"csrf_token": browser.token(), **typed(once=KEY, title="Second")}
    answer = browser.client.post("/cohorts/new", data=data, headers={"X-Requested-With": "draft"})
    assert (answer.status_code, list(answer.json)) == (422, ["problem"])


def test_what_was_refused_is_corrected_and_sent_with_the_same_key(browser):
    browser.post("building.new", typed(once=KEY, title=" "), expect=422)
    assert stored() == []
    browser.post("building.new", typed(once=KEY))
    assert days() == 1


def test_a_page_that_was_only_shown_gives_its_key_back(browser):
    browser.post("building.new", typed(once=KEY, usual="1", module=""), expect=200)
    assert stored() == []


def test_a_key_belongs_to_one_sign_in(browser, as_user, trainer):
    browser.post("building.new", typed(once=KEY))
    as_user(trainer).post("building.new", typed(once=KEY))
    assert days() == 2


def test_a_key_that_is_too_long_is_refused(browser):
    browser.post("building.new", typed(once="k" * 201), expect=400)
    assert days() == 0


def test_answers_are_forgotten_after_a_day(browser):
    browser.post("building.new", typed(once=KEY))
    for hours, left in ((23, 1), (25, 0)):
        with time_machine.travel(clock.now() + timedelta(hours=hours)), writing():
            once.forget_old()
        assert len(stored()) == left


def test_a_key_costs_two_statements(app, browser):
    seen, now = Counter(), ""

    def count(*_args):
        seen[now] += 1

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        token = browser.token()
        for now in ("before", "without", "with"):  # the first fills caches
            sent = typed(csrf_token=token, **({"once": KEY} if now == "with" else {}))
            assert browser.client.post("/cohorts/new", data=sent).status_code == 303
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert seen["with"] - seen["without"] == 2


@pytest.fixture
def port(app, database) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_many_at_the_same_time_have_one_effect_and_one_answer(app, browser, port):
    body = urlencode({"csrf_token": browser.token(), **typed(once=KEY)})
    cookie = browser.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    head = {"Cookie": f"{cookie.key}={cookie.value}", "Content-Type": "application/x-www-form-urlencoded"}
    db.session.rollback()

    def send(_number):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("POST", "/cohorts/new", body, head)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status, answer.headers["Location"]

    with ThreadPoolExecutor(MANY) as threads:
        answers = Counter(threads.map(send, range(MANY)))
    assert days() == 1
    assert [(status, number) for (status, _), number in answers.items()] == [(303, MANY)]


def test_every_form_that_changes_something_carries_a_key():
    """Its tokens come from one macro, which gives both. Joining by an invitation, a new password and
    getting in by a link have none: nobody is signed in yet, and the link is good for once.
    """
    without = [
        path.name
        for path in (PROJECT / "lms").rglob("templates/**/*.html")
        for form in path.read_text().split("<form")[1:]
        if 'method="post"' in form.partition(">")[0]
        and not any(macro in form.partition("</form>")[0] for macro in ("token()", "flag_fields("))
    ]
    assert sorted(without) == ["away.html", "break_glass.html", "join.html", "new_password.html"]


def test_each_form_of_a_page_has_a_key_of_its_own_and_they_share_most_of_it(browser):
    keys = browser.get("signin.me").all("//input[@name='once']/@value")
    assert len(set(keys)) == len(keys) > 1
    assert len({key.partition(".")[0] for key in keys}) == 1
    assert len(keys[0].partition(".")[0]) * 6 >= 128
