"""Accounts that nobody uses: told by mail, closed a month later, erased where the site says so."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select

from lms.audit import checking as chain
from lms.config import BadSetting, Settings
from lms.core.db import db, writing
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.people.models import Person
from lms.rights import dormant, retention
from lms.rights.cli import person as command
from lms.rights.models import DormantAccount
from lms.signin import sessions
from lms.signin.models import SignIn
from lms.signin.passwords import hash_password
from tests.conftest import SECRET

PASSWORD = "a long enough password"
START = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def site(app, monkeypatch):
    settings = app.extensions["settings"]
    monkeypatch.setattr(settings, "dormant_months", 6)
    monkeypatch.setattr(settings, "erase_closed_months", 3)
    return settings


@pytest.fixture
def now():
    with time_machine.travel(START, tick=False) as travel:
        yield travel


@pytest.fixture
def gone(site, now, make):
    """Somebody who left in January and signed in for the last time then."""
    leah = make.person("Leah Stone", ends_on=date(2026, 1, 31), password_hash=hash_password(PASSWORD))
    with writing() as session:
        session.get_one(Person, leah.id).created_at = START - timedelta(days=200)
        sessions.start(leah.id, "Tests")
    return leah


def night():
    """What the clock does, beside what was said beforehand."""
    db.session.rollback()
    said = [one.number for one in retention.due()][-3:]
    db.session.rollback()
    done = [one.number for one in retention.apply()][-3:]
    assert said == done
    db.session.rollback()
    return done


def is_open(person):
    db.session.rollback()
    return db.session.scalar(select(Person.active).where(Person.email == person.email))


def mails():
    db.session.rollback()
    return db.session.scalars(select(OutboxMail).where(OutboxMail.kind == dormant.KIND)).all()


def later(now, days):
    now.shift(timedelta(days=days))


@pytest.mark.slow
def test_told_closed_and_erased_one_after_the_other(gone, now, nobody):
    address = gone.email
    assert night() == [0, 0, 0]
    later(now, 190)  # six months after the last sign-in
    assert night() == [1, 0, 0]
    (mail,) = mails()
    assert mail.subject == "Your account will be closed on 8 October 2026"
    assert mail.urgent
    later(now, 29)
    assert night() == [0, 0, 0]
    later(now, 1)
    assert night() == [0, 1, 0]
    assert not is_open(gone)
    nobody.post("signin.sign_in", {"email": address, "password": PASSWORD}, expect=422)
    later(now, 80)
    assert night() == [0, 0, 0]
    later(now, 15)
    assert night() == [0, 0, 1]
    assert people.by_email(address) is None
    assert chain.check(db.engine).faults == []
    assert night() == [0, 0, 0]


@pytest.mark.parametrize("why", ["signs in", "has a post again", "post to come"])
def test_whoever_comes_back_within_the_month_keeps_the_account(gone, now, make, nobody, why):
    later(now, 190)
    assert night() == [1, 0, 0]
    later(now, 20)
    if why == "signs in":
        nobody.post("signin.sign_in", {"email": gone.email, "password": PASSWORD})
    else:
        make.membership(gone, starts_on=date(2026, 9, 20) if why == "has a post again" else date(2027, 1, 4))
    later(now, 20)
    assert night() == [0, 0, 0]
    assert is_open(gone)
    assert db.session.scalar(select(DormantAccount.id)) is None  # another time they are told anew


@pytest.mark.parametrize("why", ["post", "lately made", "demo", "off"])
def test_who_is_left_alone(site, now, make, monkeypatch, why):
    leah = make.person("Leah Stone", ends_on=None if why == "post" else date(2026, 1, 31))
    with writing() as session:
        person = session.get_one(Person, leah.id)
        person.created_at = START - timedelta(days=200) if why != "lately made" else START + timedelta(days=150)
        person.demo = why == "demo"
    if why == "off":
        monkeypatch.setattr(site, "dormant_months", 0)
    later(now, 250)
    assert night() == [0, 0, 0]


def test_nobody_is_erased_unless_the_site_says_so(gone, now, site, monkeypatch):
    monkeypatch.setattr(site, "erase_closed_months", 0)
    later(now, 190)
    night()
    later(now, 31)
    assert night() == [0, 1, 0]
    later(now, 2000)
    assert night() == [0, 0, 0]


def test_a_closed_account_is_opened_again_for_thirty_days(gone, now, app):
    def reopen():
        done = CliRunner().invoke(command, ["reopen", "--email", gone.email], obj=lambda: app)
        db.session.rollback()
        return done

    assert reopen().exit_code == 1
    later(now, 190)
    night()
    later(now, 31)
    night()
    assert reopen().exit_code == 0
    assert is_open(gone)
    later(now, 29)
    assert night() == [0, 0, 0]
    later(now, 2)
    assert night() == [0, 1, 0]


def test_closing_ends_every_sign_in(gone, now):
    later(now, 190)
    night()
    later(now, 31)
    night()
    assert db.session.scalars(select(SignIn.ended_at)).all() != [None]


def test_a_site_cannot_forget_sign_ins_before_it_asks_for_them():
    with pytest.raises(BadSetting, match="LMS_DORMANT_MONTHS must not be more than"):
        Settings({"LMS_SECRET_KEY": SECRET, "LMS_DORMANT_MONTHS": "13"})
