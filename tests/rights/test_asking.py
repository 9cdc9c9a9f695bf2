"""Asking to be erased on a page: typed out, checked by one administrator and carried out by another."""

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.core.db import db
from lms.core.permissions import Role, Scope
from lms.notifications import delivering
from lms.people.models import Person
from lms.rights.models import Erasure, ErasureRequest
from tests.notifications.conftest import Bag
from tests.support.leaving import LOSSES

OVER_ALL = ((Role.ADMINISTRATOR, Scope.PARTNERSHIP),)


@pytest.fixture
def them(make):
    home = make.agency()
    return (
        make.person("Leah Stone", agency=home),
        make.person("First Admin", agency=home, roles=OVER_ALL),
        make.person("Second Admin", agency=home, roles=OVER_ALL),
    )


def asked(browser, leah):
    browser.post("rights.erase", {"address": leah.email.upper()})


def request_id():
    return db.session.scalar(select(ErasureRequest.id))


@pytest.mark.slow
def test_it_takes_two_administrators(them, as_user):
    leah, one, two = them
    leah_id = leah.id
    asked(as_user(leah), leah)
    first, second = as_user(one), as_user(two)
    assert "Leah Stone" in first.get("erasures.listed").words
    early = first.post("erasures.carry_out", request_id=request_id(), expect=422)
    assert "Another administrator has to check this request first." in early.words
    first.post("erasures.check", request_id=request_id())
    alone = first.post("erasures.carry_out", request_id=request_id(), expect=422)
    assert "another administrator has to carry it out" in alone.words
    page = second.get("erasures.listed")
    assert "Checked by First Admin" in page.words
    done = second.follow(second.send(page, page.forms("action")[-1]))
    assert "The person is erased." in done.words
    assert db.session.scalar(select(func.count()).select_from(Person).where(Person.id == leah_id)) == 0
    assert db.session.scalar(select(Erasure.reason)) == "request"
    wanted = select(AuditEntry.action).where(
        AuditEntry.action.like("erasure.%") | (AuditEntry.action == "person.erased")
    )
    assert set(db.session.scalars(wanted)) == {"erasure.asked", "erasure.checked", "person.erased"}


def test_another_address_asks_for_nothing(them, as_user):
    leah, *_ = them
    page = as_user(leah).post("rights.erase", {"address": "no@body.example"}, expect=422)
    assert "That is not the address you sign in with." in page.words
    assert request_id() is None


def test_a_request_can_be_taken_back(them, as_user):
    leah, *_ = them
    browser = as_user(leah)
    asked(browser, leah)
    asked(browser, leah)
    page = browser.get("rights.everything")
    assert "An administrator checks it next." in page.words
    browser.post("rights.withdraw")
    assert request_id() is None


def test_an_administrator_sees_to_nobody_of_another_partnership_and_not_to_themself(them, make, as_user):
    leah, one, _ = them
    asked(as_user(leah), leah)
    away = make.person(agency=make.agency(partnership="Westmark"), roles=OVER_ALL)
    as_user(away).post("erasures.check", request_id=request_id(), expect=404)
    as_user(leah).post("rights.withdraw")
    asked(as_user(one), one)
    own = as_user(one).post("erasures.check", request_id=request_id(), expect=422)
    assert "This is your own request." in own.words


@pytest.mark.parametrize("loss", [None, *LOSSES])
def test_who_is_no_administrator_any_more_is_not_told_of_a_request(them, as_user, loss):
    leah, one, _ = them
    asked(as_user(leah), leah)
    if loss:
        LOSSES[loss](one)
    delivering.deliver_waiting(bag := Bag())
    assert len(bag.mails) == (1 if loss else 2)
