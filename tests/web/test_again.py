"""A database in trouble: the whole request is done again where that helps, and otherwise a plain page says what was
saved and gives back what was typed.
"""

import sqlite3
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm.exc import StaleDataError

from lms.audit.models import AuditEntry
from lms.cohorts.actions import building
from lms.cohorts.models import Cohort
from lms.core import clock, faults
from lms.core.db import db
from lms.core.faults import Trouble, trouble
from tests.web.test_once import KEY, browser, days, trainer, typed

__all__ = ["browser", "trainer"]


class Other(Exception):
    """What a driver raises."""

    def __init__(self, sqlstate: str | None = None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def sqlite_says(code: int) -> OperationalError:
    said = sqlite3.OperationalError("trouble")
    said.sqlite_errorcode = code
    return OperationalError("COMMIT", None, said)


def postgres_says(sqlstate: str | None) -> OperationalError:
    return OperationalError("COMMIT", None, Other(sqlstate))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (postgres_says("40001"), Trouble.CONFLICT),
        (postgres_says("40P01"), Trouble.CONFLICT),
        (StaleDataError("0 were matched"), Trouble.CONFLICT),
        (postgres_says("57014"), Trouble.TOO_LONG),
        (postgres_says("55P03"), Trouble.TOO_LONG),
        (postgres_says("57P01"), Trouble.AWAY),
        (postgres_says("53100"), Trouble.AWAY),
        (postgres_says(None), Trouble.AWAY),
        (NoConnectionFree(), Trouble.AWAY),
        (sqlite_says(sqlite3.SQLITE_BUSY), Trouble.AWAY),
        (sqlite_says(sqlite3.SQLITE_FULL), Trouble.AWAY),
        (sqlite_says(sqlite3.SQLITE_IOERR_FSYNC), Trouble.AWAY),
        (sqlite_says(sqlite3.SQLITE_INTERRUPT), Trouble.TOO_LONG),
        (sqlite_says(sqlite3.SQLITE_ERROR), None),
        (ProgrammingError("SELECT", None, Other("42P01")), None),
        (ValueError(), None),
    ],
)
def test_what_is_the_matter(error, kind):
    assert trouble(error) is kind


@pytest.fixture
def failing(monkeypatch):
    """Let making a cohort fail, after it has written, so many times."""
    goes = Counter()

    def let(times, error):
        real = building.create

        def create(*given):
            goes["in all"] += 1
            made = real(*given)
            db.session.flush()
            if goes["in all"] <= times:
                raise error
            return made

        monkeypatch.setattr(building, "create", create)
        return goes

    return let


@pytest.mark.parametrize("keyed", [{}, {"once": KEY}])
def test_an_act_that_another_was_in_the_way_of_is_done_again_whole(browser, failing, keyed):
    goes = failing(2, postgres_says("40P01"))
    answer = browser.post("building.new", typed(**keyed))
    assert goes["in all"] == 3
    assert days() == 1, "with all that was typed, sent once"
    assert "Created as a draft" in browser.follow(answer).words
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "cohort.created")) == 1


def test_after_three_goes_it_says_that_nothing_was_saved_and_keeps_what_was_typed(browser, failing):
    goes = failing(3, postgres_says("40001"))
    page = browser.post("building.new", typed(once=KEY), expect=503)
    assert (goes["in all"], days()) == (3, 0)
    assert "Nothing was saved" in page.words
    assert int(page.headers["Retry-After"]) > 0
    kept = {one.get("name"): one.get("value") for one in page.all("//input[@type='hidden']")}
    assert (kept["about"].replace("\r", ""), kept["once"]) == (typed()["about"], KEY)
    browser.send(page, page.forms()[0])
    assert days() == 1


def test_a_page_that_took_too_long_is_not_tried_again(browser, failing):
    goes = failing(1, sqlite_says(sqlite3.SQLITE_INTERRUPT))
    assert "took too long" in browser.post("building.new", typed(), expect=503).words
    assert (goes["in all"], days()) == (1, 0)


def _commit_once(monkeypatch, error, *, before):
    """Let the first commit of a request fail, before it is done or after."""
    real, goes = type(db.session).commit, Counter()

    def commit(session):
        goes["in all"] += 1
        if goes["in all"] == 1 and before:
            raise error
        real(session)
        if goes["in all"] == 1:
            raise error

    monkeypatch.setattr(type(db.session), "commit", commit)
    return goes


def test_who_does_not_hear_whether_it_was_saved_sends_it_again_and_it_is_done_once(browser, monkeypatch):
    _commit_once(monkeypatch, postgres_says(None), before=False)
    answer = browser.post("building.new", typed(once=KEY))
    assert days() == 1
    assert answer.headers["Idempotency-Replayed"] == "true"
    assert "Created as a draft" in browser.follow(answer).words


def test_without_a_key_it_says_that_nobody_knows(browser, monkeypatch):
    goes = _commit_once(monkeypatch, postgres_says(None), before=False)
    assert "It is not known whether" in browser.post("building.new", typed(), expect=503).words
    assert (goes["in all"], days()) == (1, 1)


def test_a_commit_that_fails_for_another_reason_is_a_fault_with_a_reference(browser, monkeypatch):
    _commit_once(monkeypatch, ProgrammingError("COMMIT", None, Other("42P01")), before=True)
    page = browser.post("building.new", typed(once=KEY), expect=500)
    assert "quote" in page.words
    assert days() == 0


def test_a_password_never_comes_back_in_a_page(nobody, monkeypatch):
    def away(*_args, **_given):
        raise postgres_says(None)

    monkeypatch.setattr("lms.signin.views.entering.actions.sign_in", away)
    data = {"email": "sam@agency.example", "password": "the-secret-words"}
    page = nobody.post("signin.sign_in", data, expect=503)
    assert "the-secret-words" not in page.text
    assert page.forms() == []


def test_a_command_does_its_work_again(make, monkeypatch):
    monkeypatch.setattr(faults, "SHORTEST_PAUSE", 0)
    goes = Counter()

    def work():
        goes["in all"] += 1
        db.session.add(AuditEntry(action="tried"))
        db.session.flush()
        if goes["in all"] < 3:
            raise postgres_says("40001")
        return "done"

    assert faults.written(work) == "done"
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "tried")) == 1
    goes["in all"] = -9
    with pytest.raises(OperationalError):
        faults.written(work)
    assert goes["in all"] == -6
    assert db.session.scalar(select(func.count()).select_from(Cohort)) == 0


def test_a_statement_without_end_is_stopped(app, browser, monkeypatch):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL stops it by itself: see tests/faults")
    monkeypatch.setattr(app.extensions["limits"], "statement", 0.3)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    def listed(*_args):
        return db.session.connection().exec_driver_sql(endless).all()

    monkeypatch.setattr("lms.signin.views.entering.second_step.standing", listed)
    assert "took too long" in browser.get("signin.me", expect=503).words


def test_a_clock_that_is_put_back_signs_nobody_out(browser):
    data = {"csrf_token": browser.token(), **typed()}
    with time_machine.travel(clock.now() - timedelta(hours=3)):
        assert browser.client.post("/cohorts/new", data=data).status_code == 303
    assert days() == 1


def test_a_cookie_that_is_not_ours_is_nobody(app, nobody):
    nobody.client.set_cookie(app.config["SESSION_COOKIE_NAME"], "made.up.here")
    nobody.get("signin.me", expect=303)
