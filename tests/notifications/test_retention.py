"""How long mails are kept: the text some weeks, the row some months, what waits for somebody as long as it waits."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.core import clock
from lms.core.db import db, writing
from lms.notifications import actions, delivering, gathering, retention
from lms.notifications.models import OutboxMail
from tests.notifications.conftest import Bag, mail, put_in, state


@pytest.fixture(autouse=True)
def _text(a_text):
    """Every mail here has the same text."""


def later(**time):
    with clock.acting_at(clock.now() + timedelta(**time)):
        return retention.forget_old()


def test_a_text_is_emptied_thirty_days_after_the_mail_was_sent_and_the_row_stays(leah):
    event = actions.ForCalendar("REQUEST", "BEGIN:VCALENDAR")
    mail_id = put_in(leah, event=event, link="http://localhost/x")
    delivering.deliver_waiting(Bag())
    assert later(days=29) == 0
    assert mail(mail_id).body
    assert later(days=31) == 1
    found = mail(mail_id)
    assert (found.body, found.link, found.calendar) == ("", "", "")
    assert (found.subject, found.address, found.state) == ("A place for you", leah.email, "sent")
    assert later(days=31) == 0, "nothing is left to do"


def test_after_two_years_the_row_goes_too(leah):
    put_in(leah)
    delivering.deliver_waiting(Bag())
    later(days=725)
    assert len(db.session.scalars(select(OutboxMail)).all()) == 1
    later(days=735)
    assert db.session.scalars(select(OutboxMail)).all() == []


@pytest.mark.parametrize("kept", ["waiting", "parked", "sending"])
def test_what_may_still_leave_keeps_its_text(leah, kept):
    mail_id = put_in(leah)
    with writing():
        mail(mail_id).state = kept
    later(days=800)
    assert mail(mail_id).body


@pytest.mark.parametrize("ended", ["withdrawn", "dropped", "gathered", "unwanted"])
def test_what_was_given_up_is_emptied_too(leah, ended):
    mail_id = put_in(leah)
    with writing():
        mail(mail_id).state = ended
    later(days=31)
    assert (mail(mail_id).body, state(mail_id).state) == ("", ended)


def test_a_digest_goes_with_its_lines(leah):
    for _ in range(2):
        put_in(leah, "certificates/issued")
    gathering.gather_due()
    delivering.deliver_waiting(Bag())
    later(days=735)
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_many_are_done_in_parts(leah, monkeypatch):
    monkeypatch.setattr(retention, "AT_A_TIME", 2)
    for _ in range(5):
        put_in(leah)
    delivering.deliver_waiting(Bag())
    assert later(days=31) == 5
