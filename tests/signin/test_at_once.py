"""Many tries at the same moment: no more are looked at than the limit, and each code lets in once."""

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import func, select

from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import Refusal
from lms.people import queries as people
from lms.signin import one_time, passwords, sealing, second_step, sessions
from lms.signin.actions import Browser
from lms.signin.models import RecoveryCode, SecondFactor, SignIn
from lms.signin.throttle import Limit, TooManyTries, take

AT_ONCE = 12


def together(app, work):
    """Do it in many threads, each with a context of its own; returns what each came to."""

    def alone(number):
        with app.app_context():
            try:
                return work(number)
            except Refusal as refusal:
                return type(refusal)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(alone, range(AT_ONCE)))


def test_no_more_tries_are_let_through_than_the_limit(app, database):
    came = together(app, lambda _: take(Limit("k" * 64, 5), Limit("a" * 64, 100)) and None)
    assert came.count(None) == 5
    assert came.count(TooManyTries) == AT_ONCE - 5


@pytest.fixture
def mo(make):
    return make.manager(agency=make.agency())


@pytest.mark.parametrize("kind", ["phone", "recovery"])
def test_a_code_given_many_times_at_once_lets_in_once(app, mo, kind, monkeypatch):
    monkeypatch.setattr(second_step, "limits_of", lambda *_: (Limit("c" * 64, 100), Limit("d" * 64, 100)))
    secret, spare = one_time.new_secret(), "abcdefghjk"
    with writing() as session:
        session.add(SecondFactor(person_id=mo.id, secret=sealing.sealed(mo.id, secret), set_up_at=clock.now()))
        session.add(RecoveryCode(person_id=mo.id, code_hash=passwords.hash_password(spare)))
        sessions.start(mo.id, "Tests")
    actor = people.actor(mo)
    code = pyotp.TOTP(secret).at(clock.now()) if kind == "phone" else spare
    db.session.rollback()

    def give(_):
        try:
            second_step.enter(actor, code, Browser())
            db.session.commit()
        finally:
            db.session.rollback()
        return "in"

    came = together(app, give)
    assert came.count("in") == 1
    assert db.session.scalar(select(func.count()).where(SignIn.second_step)) == 1
