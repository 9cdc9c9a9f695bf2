"""The mail outbox: a mail leaves once, never for an act that was undone, and waits when the mail server is away."""

import socket
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select, update

from lms.config import Settings
from lms.core import clock
from lms.core.db import db, writing
from lms.notifications import actions, carriers, delivering
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.web.answers import done
from tests.notifications.conftest import Bag, put_in, state

SECRET = "tests-only-0123456789-abcdefghijklmnop"


@pytest.fixture(autouse=True)
def _text(a_text):
    """Every mail here has the same text."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def due_again(mail_id):
    with writing():
        db.session.execute(
            update(OutboxMail).where(OutboxMail.id == mail_id).values(next_try_at=clock.now() - timedelta(seconds=1))
        )


def test_the_first_line_of_the_text_is_the_subject(leah):
    mail = db.session.get(OutboxMail, put_in(leah))
    assert (mail.subject, mail.body) == ("A place for you", "Hello Leah Stone.\n")
    assert mail.address == leah.email


def test_a_mail_of_an_undone_act_never_exists(leah):
    def undo():
        with writing():
            actions.queue("tests/hello", to=leah)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undo()
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_a_mail_is_sent_once(leah):
    mail_id, bag = put_in(leah), Bag()
    assert delivering.deliver_waiting(bag) == 1
    assert delivering.deliver_waiting(bag) == 0
    assert bag.mails == ["A place for you"]
    assert state(mail_id) == ("sent", 1, "")


def test_a_mail_waits_when_the_server_is_away_and_is_tried_again(leah):
    mail_id, bag = put_in(leah), Bag(failures=1)
    assert delivering.deliver_waiting(bag) == 0
    assert state(mail_id) == ("waiting", 1, "ConnectionRefusedError")
    assert delivering.deliver_waiting(bag) == 0, "not before its time"
    due_again(mail_id)
    assert delivering.deliver_waiting(bag) == 1
    assert state(mail_id) == ("sent", 2, "")


def test_after_eight_tries_a_mail_is_parked_for_a_person_to_look_at(leah):
    mail_id, bag = put_in(leah), Bag(failures=99)
    for _ in range(delivering.MOST_TRIES):
        delivering.deliver_waiting(bag)
        due_again(mail_id)
    assert state(mail_id)[:2] == ("parked", delivering.MOST_TRIES)
    delivering.deliver_waiting(bag)
    assert state(mail_id)[1] == delivering.MOST_TRIES


def test_one_bad_mail_does_not_keep_the_others_waiting(make, leah):
    put_in(leah)
    put_in(make.person("Ben"))
    bag = Bag(failures=1)
    assert delivering.deliver_waiting(bag) == 1


def test_a_mail_that_cannot_be_written_is_set_aside_and_the_others_leave(make, leah, tmp_path):
    broken = put_in(leah)
    put_in(make.person("Ben"))
    with writing():
        db.session.execute(update(OutboxMail).where(OutboxMail.id == broken).values(address="a\nBcc: b@x.example"))
    assert delivering.deliver_waiting(carriers.FileCarrier(tmp_path, "training@localhost")) == 1
    assert state(broken) == ("parked", 1, "ValueError")


def test_mail_goes_out_by_smtp(leah):
    received = []

    class Taker:
        async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 -- the name aiosmtpd calls
            received.append(envelope)
            return "250 taken"

    server = Controller(Taker(), hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        port = server.port
        settings = Settings(
            {
                "LMS_SECRET_KEY": SECRET,
                "LMS_MAIL": "smtp",
                "LMS_SMTP_PORT": str(port),
                "LMS_MAIL_FROM": "T <t@x.example>",
            }
        )
        mail_id = put_in(leah)
        assert delivering.deliver_waiting(carriers.carrier(settings)) == 1
    finally:
        server.stop()
    assert received[0].rcpt_tos == [leah.email]
    message = message_from_bytes(received[0].content, policy=policy.default)
    assert message["Subject"] == "A place for you"
    assert message["Message-ID"] == f"<{mail_id}@common-ground>"
    assert message.get_content().strip() == "Hello Leah Stone."


def test_a_refusing_mail_server_leaves_the_mail_waiting(leah):
    settings = Settings({"LMS_SECRET_KEY": SECRET, "LMS_MAIL": "smtp", "LMS_SMTP_PORT": "1"})
    mail_id = put_in(leah)
    assert delivering.deliver_waiting(carriers.carrier(settings)) == 0
    assert state(mail_id)[0] == "waiting"


def test_the_demos_mail_becomes_files(leah, tmp_path):
    put_in(leah)
    assert delivering.deliver_waiting(carriers.FileCarrier(tmp_path / "mail", "T <t@x.example>")) == 1
    (path,) = (tmp_path / "mail").iterdir()
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["To"] == leah.email


def test_nobody_can_add_a_header_through_a_name(make):
    person = make.person("Eve\nBcc: all@agency.example")
    mail = db.session.get(OutboxMail, put_in(person))
    assert "Bcc" not in carriers.message(mail, "T <t@x.example>")


def test_a_commit_that_queued_mail_wakes_the_worker(app: Flask, as_user, leah, monkeypatch):
    woken = []
    monkeypatch.setitem(app.extensions, "wake_worker", lambda: woken.append(1))

    def queue_one():
        actions.queue("tests/hello", to=people.by_email(leah.email))
        return done(None, "signin.me")

    queue_one.access = app.view_functions["signin.sign_out"].access
    monkeypatch.setitem(app.view_functions, "signin.sign_out", queue_one)
    as_user(leah).post("signin.sign_out")
    assert woken == [1]
