"""Many requests at the same moment, from a nervous finger or two devices: one go, one row, one announcement."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lms.core.db import db, writing
from lms.quizzes.models import Answer, Attempt
from lms.signin import sessions
from tests.quizzes.checks import asked, begin, filled_in, four_kinds, reply
from tests.quizzes.stories import who_leads
from tests.support.browser import Visitor, settle, sign_in_directly

CHECK, STORY = four_kinds(), who_leads()
TIMES, THREADS = 40, 16


@pytest.fixture
def learner(make, shelve):
    shelve(CHECK, STORY)
    return make.person()


@pytest.fixture
def visitor(app, learner, as_user):
    return as_user(learner)


def at_once(app, learner, address, *forms):
    """Send each of these forms from a browser of its own, all at the same moment; returns the statuses."""
    with writing():
        token = sessions.start(learner.id, "Tests")
    visitor = Visitor(app, app.test_client())
    sign_in_directly(visitor.client, token)
    csrf = visitor.token()
    cookies = visitor.client.get_cookie("common-ground").value
    settle()

    def send(data):
        client = app.test_client()
        client.set_cookie("common-ground", cookies)
        return client.post(address, data={"csrf_token": csrf, **data}).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(send, forms))


def rows(table):
    settle()
    db.session.expire_all()
    return db.session.query(table).all()


def test_two_starts_at_the_same_moment_make_one_go(app, learner):
    assert set(at_once(app, learner, f"/quizzes/{CHECK.slug}/", *[{}] * THREADS)) == {303}
    assert len(rows(Attempt)) == 1
    seats = [{"seat": seat} for seat in ("charity", "school", "health") * 5]
    assert set(at_once(app, learner, f"/quizzes/{STORY.slug}/", *seats)) == {303}
    assert len(rows(Attempt)) == 2


def test_the_same_answer_sent_forty_times_at_once_is_one_row(app, learner, visitor):
    page = begin(visitor, CHECK.slug)
    (form,) = page.forms("data-question")
    data = filled_in(asked(CHECK, page), page)
    assert set(at_once(app, learner, form.get("action"), *[data] * TIMES)) == {303}
    assert [(row.position, row.right) for row in rows(Answer)] == [(1, True)]


def test_different_answers_at_once_leave_the_first_and_only_that(app, learner, visitor):
    page = begin(visitor, STORY.slug, seat="charity")
    (form,) = page.forms("data-scene")
    choices = [{"choice": str(number % 3)} for number in range(TIMES)]
    assert set(at_once(app, learner, form.get("action"), *choices)) == {303}
    (kept,) = rows(Answer)
    (attempt,) = rows(Attempt)
    assert [step["choice"] for step in attempt.state["steps"]] == [kept.given["choice"]]


def test_the_last_answer_sent_forty_times_at_once_is_announced_once(app, learner, visitor, passes):
    page = begin(visitor, CHECK.slug)
    for _ in range(3):
        page = reply(visitor, CHECK, page)
    (form,) = page.forms("data-question")
    data = filled_in(asked(CHECK, page), page)
    assert set(at_once(app, learner, form.get("action"), *[data] * TIMES)) == {303}
    assert len(passes) == 1
    assert len(rows(Answer)) == 4
    assert rows(Attempt)[0].passed
