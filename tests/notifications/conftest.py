"""Mails for tests: a text for kinds that have none, a carrier that keeps what it is given, and a clock to set."""

from datetime import datetime, time
from uuid import UUID

import pytest
from sqlalchemy import select, update

from lms.core import clock
from lms.core.db import db, writing
from lms.notifications import actions
from lms.notifications.models import OutboxMail

TITLE = "A place  for\tyou"


class Bag:
    """A carrier that keeps what it is given, or fails as often as it is told."""

    def __init__(self, failures=0, fault=ConnectionRefusedError):
        self.mails = []
        self.bodies = []
        self.failures = failures
        self.fault = fault

    def send(self, mail, let_go):
        if self.failures:
            self.failures -= 1
            raise self.fault
        let_go()
        self.mails.append(mail.subject)
        self.bodies.append(mail.body)


@pytest.fixture
def a_text(app, monkeypatch):
    """A mail text for these tests alone; digests keep theirs."""
    monkeypatch.setattr(
        actions,
        "render_template",
        lambda _name, **given: f"{given.get('title', TITLE)}\n\nHello {given['to'].name}.\n",
    )


@pytest.fixture
def leah(make):
    return make.person("Leah Stone")


@pytest.fixture
def at():
    """A moment on the partnership's clock: Thursday 26 November 2026 unless another day is named."""

    def moment(text, day=26, month=11, year=2026):
        return clock.from_local(datetime.combine(datetime(year, month, day), time.fromisoformat(text)))

    return moment


def put_in(person, kind="tests/hello", moment=None, **given) -> UUID:
    with clock.acting_at(moment or clock.now()), writing():
        return actions.queue(kind, to=person, **given).id


def mail(mail_id) -> OutboxMail:
    db.session.rollback()
    return db.session.get(OutboxMail, mail_id, populate_existing=True)


def state(mail_id):
    db.session.rollback()
    return db.session.execute(
        select(OutboxMail.state, OutboxMail.tries, OutboxMail.fault).where(OutboxMail.id == mail_id)
    ).one()


def make_due(mail_id):
    with writing():
        db.session.execute(update(OutboxMail).where(OutboxMail.id == mail_id).values(next_try_at=clock.now()))
