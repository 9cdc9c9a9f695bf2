"""Invitations accepted at the same moment make one account, and whoever comes second reads why."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people import actions as joining
from lms.people.models import Membership, Person
from lms.signin import strength
from lms.signin.invitation_models import Invitation
from lms.signin.recovering import token_hash
from tests.support.browser import Page, Visitor

NEW = "new.colleague@trust.example"
PASSWORD = "pebble tractor lampshade"
AT_ONCE = 6


@pytest.fixture
def invite(make):
    def invited(token, agency=None):
        agency = agency or make.agency()
        ada = make.person(agency=agency, roles=((Role.ADMINISTRATOR, Scope.AGENCY),))
        with writing() as session:
            session.add(Invitation(email=NEW, agency_id=agency.id, job="Nurse", invited_by=ada.id,
                                   token_hash=token_hash(token), sent_at=clock.now()))  # fmt: skip

    return invited


@pytest.fixture
def accept_all(app, monkeypatch):
    """Accept by each of these links at the same moment: all have read that they may, before the first one writes."""

    def accepted(*tokens):
        ready, really = Barrier(len(tokens)), strength.check

        def check(*words):
            really(*words)
            ready.wait(timeout=20)

        monkeypatch.setattr(strength, "check", check)
        db.session.rollback()

        def accept(token):
            client = app.test_client()
            answer = client.post(f"/invitation/{token}", data={"name": "Nia New", "password": PASSWORD,
                                 "csrf_token": _token_on(client, token)})  # fmt: skip
            return Page(answer.status_code, answer.text, answer.location or "", answer.headers, answer.data)

        with ThreadPoolExecutor(len(tokens)) as pool:
            return sorted(pool.map(accept, tokens), key=lambda page: page.status)

    return accepted


def _token_on(client, token):
    answer = client.get(f"/invitation/{token}")
    page = Page(200, answer.text, "", answer.headers, answer.data)
    return page.all("//form//input[@name='csrf_token']/@value")[0]


def accounts():
    db.session.rollback()
    people = db.session.scalar(select(func.count()).where(Person.email == NEW))
    posts = db.session.scalar(
        select(func.count()).select_from(Membership).join(Membership.person).where(Person.email == NEW)
    )
    return people, posts


def test_the_same_link_many_times_at_once_makes_one_account(invite, accept_all):
    invite("one-link")
    first, *others = accept_all(*["one-link"] * AT_ONCE)
    assert (first.status, first.location) == (303, "/sign-in")
    assert {page.status for page in others} == {404}
    assert "works once" in others[0].words
    assert accounts() == (1, 1)


def test_two_invitations_of_one_address_at_once_make_one_account(invite, accept_all):
    invite("of-one-agency"), invite("of-another")
    first, second = accept_all("of-one-agency", "of-another")
    assert (first.status, first.location) == (303, "/sign-in")
    assert second.status == 422
    assert "There is an account with this address already" in second.words
    assert accounts() == (1, 1)


def test_somebody_who_was_given_an_account_meanwhile_reads_so(app, make, invite, monkeypatch):
    """As between the look whether there is an account and the making of one, on PostgreSQL."""
    invite("late")
    with writing():
        db.session.add(Person(email=NEW, name="Nia New", password_hash="none"))
    monkeypatch.setattr(joining, "checked_address", lambda email: email)
    visitor = Visitor(app, app.test_client())
    page = visitor.get("/invitation/late")
    told = visitor.send(page, page.forms()[0], {"name": "Nia New", "password": PASSWORD}, expect=422)
    assert "There is an account with this address already" in told.words
    assert accounts() == (1, 0)
