"""What mail servers do to mails, and what becomes of them: each leaves once, and one that fails harms no other."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from lms.config import Settings
from lms.core import clock
from lms.core.db import db, writing
from lms.jobs import workers
from lms.notifications import actions, delivering
from lms.notifications.carriers import Patience, SmtpCarrier, dotted
from lms.notifications.models import OutboxMail
from tests.notifications.conftest import Bag, mail, make_due, put_in, state
from tests.support.mail_server import MailServer, mail_server

SECRET = "tests-only-0123456789-abcdefghijklmnop"
IMPATIENT = Patience(step=0.5, answer=0.5, whole=5)
HANG, DROP, DRIP = MailServer.HANG, MailServer.DROP, MailServer.DRIP


@pytest.fixture(autouse=True)
def _text(a_text):
    """Every mail here has the same text."""


def over(server, patience=IMPATIENT, **more):
    port = server if isinstance(server, int) else server.port
    given = {
        "LMS_SECRET_KEY": SECRET,
        "LMS_MAIL": "smtp",
        "LMS_SMTP_PORT": str(port),
        "LMS_MAIL_FROM": "T <t@x.example>",
    }
    return SmtpCarrier(Settings({**given, **more}), patience)


def many(make, number):
    return [put_in(make.person()) for _ in range(number)]


@pytest.mark.parametrize(
    ("says", "fault"),
    [
        ({"greeting": DROP}, "away: "),
        ({"greeting": HANG}, "away: "),
        ({"greeting": "554 no"}, "away: greeting 554"),
        ({"greeting": "421 later"}, "away: greeting 421"),
        ({"EHLO": DROP}, "away: "),
        ({"MAIL": "550 not you"}, "away: sender 550"),
        ({"RCPT": "421 closing"}, "away: recipient 421"),
    ],
)
def test_when_the_server_is_away_one_mail_tells_and_the_others_keep_their_tries(make, says, fault):
    ids = many(make, 3)
    with mail_server(**says) as server:
        began = time.monotonic()
        assert delivering.deliver_waiting(over(server)) == 0
        assert time.monotonic() - began < 3
    found = sorted(state(one) for one in ids)
    assert [one.tries for one in found] == [0, 0, 1]
    assert found[2].fault.startswith(fault)
    assert {one.state for one in found} == {"waiting"}


def test_a_connection_refused_is_a_server_that_is_away_and_when_it_is_back_all_leaves_at_once(make):
    (first,) = many(make, 1)
    with mail_server() as server:
        port = server.port
    assert delivering.deliver_waiting(over(port)) == 0
    assert state(first).fault == "away: ConnectionRefusedError"
    many(make, 1)
    with mail_server() as server:
        assert delivering.deliver_waiting(over(server)) == 2
    assert state(first) == ("sent", 2, "")


@pytest.mark.parametrize(
    ("says", "expected", "fault"),
    [
        ({"RCPT": "451 later"}, "waiting", "not now: recipient 451"),
        ({"text": "452 full"}, "waiting", "not now: text 452"),
        ({"DATA": "451 later"}, "waiting", "not now: data 451"),
        ({"RCPT": "550 leah@private.example unknown"}, "parked", "refused: recipient 550"),
        ({"text": "554 spam"}, "parked", "refused: text 554"),
        ({"RCPT": DROP}, "waiting", "SMTPServerDisconnected"),
        ({"RCPT": HANG}, "waiting", "SMTPServerDisconnected"),
    ],
)
def test_a_mail_that_is_refused_waits_or_is_parked_and_the_next_one_leaves(make, says, expected, fault):
    ids = many(make, 2)
    bad = mail(min(ids)).address

    def once(step):
        return lambda words: says[step] if bad in words else MailServer.GOOD[step]

    chosen = {step: (once(step) if step in ("RCPT", "text") else says[step]) for step in says}
    with mail_server(**chosen) as server:
        delivering.deliver_waiting(over(server))
        assert state(min(ids)) == (expected, 1, fault)
        if "DATA" not in says:
            assert state(max(ids)).state == "sent"


def test_retries_come_after_set_waits_without_chance(leah):
    waits, mail_id, bag = [], put_in(leah), Bag(failures=99)
    for _ in range(delivering.MOST_TRIES):
        delivering.deliver_waiting(bag)
        found = mail(mail_id)
        waits.append(round((found.next_try_at - found.tried_at).total_seconds() / 60))
        make_due(mail_id)
    assert waits[:7] == [1, 5, 15, 60, 240, 720, 1440]
    assert state(mail_id).state == "parked"


def test_when_the_line_breaks_after_the_text_the_same_message_comes_again(leah):
    event_text = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    mail_id = put_in(leah, event=actions.ForCalendar("REQUEST", event_text), title="Ünïcode ✓")
    with mail_server(text=DROP) as server:
        delivering.deliver_waiting(over(server))
        assert (mail(mail_id).unsure, state(mail_id).state) == (1, "waiting")
        make_due(mail_id)
        server.says["text"] = "250 taken"
        assert delivering.deliver_waiting(over(server)) == 1
        first, second = server.texts
    assert first == second, "to the last letter, so that a receiver can tell"
    assert f"Message-ID: <{mail_id}@common-ground>".encode() in first
    assert first.isascii()


@pytest.mark.slow
def test_a_server_that_takes_mails_and_never_answers_gets_a_mail_three_times_and_not_for_ever(leah):
    mail_id = put_in(leah)
    with mail_server(text=HANG) as server:
        for _ in range(6):
            delivering.deliver_waiting(over(server))
            make_due(mail_id)
        assert len(server.texts) == delivering.MOST_UNSURE
    assert state(mail_id)[0::2] == ("parked", "no answer: SMTPServerDisconnected")


@pytest.mark.parametrize("goodbye", [DROP, HANG, "421 closing", "nonsense"])
def test_what_the_server_has_taken_is_sent_however_it_says_goodbye(leah, goodbye):
    mail_id = put_in(leah)
    with mail_server(QUIT=goodbye) as server:
        assert delivering.deliver_waiting(over(server)) == 1
        make_due(mail_id)
        assert delivering.deliver_waiting(over(server)) == 0
        assert len(server.texts) == 1
    assert state(mail_id) == ("sent", 1, "")


def test_a_server_that_drips_is_cut_off_in_the_end(leah):
    mail_id = put_in(leah)
    with mail_server(greeting=DRIP) as server:
        began = time.monotonic()
        delivering.deliver_waiting(over(server, Patience(step=2, answer=2, whole=0.5)))
        assert time.monotonic() - began < 3
    assert state(mail_id).fault.startswith("away: ")


def test_without_tls_nothing_is_sent_where_tls_is_asked_for(leah):
    put_in(leah)
    with mail_server() as server:
        assert delivering.deliver_waiting(over(server, LMS_SMTP_TLS="yes")) == 0
        assert server.texts == []
        assert "MAIL" not in server.steps


@pytest.mark.slow
def test_one_mail_that_hangs_does_not_hold_up_the_others(make):
    ids = many(make, 12)
    slow = mail(min(ids)).address
    with mail_server(RCPT=lambda words: HANG if slow in words else "250 ok") as server:
        began = time.monotonic()
        delivering.deliver_waiting(over(server, Patience(step=10, answer=10, whole=10)), lanes=3, wait=4)
        assert time.monotonic() - began < 6
        assert len(server.texts) == 11
        assert state(min(ids)).state == "sending"
        server.close()
        wait_until(lambda: state(min(ids)).state == "waiting")
    wait_until(lambda: db.session.scalar(select(workers.Worker.id)) is None, "the last lane signs off")


def wait_until(done, why=""):
    until = time.monotonic() + 5
    while not done():
        db.session.rollback()
        assert time.monotonic() < until, why
        time.sleep(0.05)


@pytest.mark.slow
def test_no_more_lanes_hang_than_the_process_has(make, app, monkeypatch):
    monkeypatch.setattr(delivering, "_free_lanes", threading.BoundedSemaphore(2))
    many(make, 6)
    with mail_server(RCPT=HANG) as server:
        carrier = over(server, Patience(step=8, answer=8, whole=8))
        for _ in range(3):
            delivering.deliver_waiting(carrier, lanes=4, wait=0.3)
        assert server.steps.count("RCPT") == 2
        server.close()
        wait_until(lambda: db.session.scalar(select(workers.Worker.id)) is None)


@pytest.mark.slow
def test_pages_are_not_slower_while_the_mail_server_hangs(make, leah, as_user):
    many(make, 4)
    browser = as_user(leah)
    browser.get("notifications.choices")
    with mail_server(text=HANG) as server:
        carrier = over(server, Patience(step=8, answer=8, whole=8))
        delivering.deliver_waiting(carrier, lanes=4, wait=0.5)
        assert len(server.texts) == 4, "all hang"
        took = []
        for choice in ("daily", "weekly", "never") * 4:
            began = time.monotonic()
            browser.client.post("/me/notifications/", data={"csrf_token": browser.token(), **chosen(choice)})
            took.append(time.monotonic() - began)
        assert db.session.scalar(select(OutboxMail.id).where(OutboxMail.state == "sending")), "they still hang"
        assert sorted(took)[len(took) // 2] < 0.5
        server.close()
        wait_until(lambda: db.session.scalar(select(workers.Worker.id)) is None)


def chosen(choice):
    first = dict.fromkeys(("reminders", "invitations", "certificates", "answers"), choice)
    return {**first, "asked": "daily", "questions": "daily"}


def test_a_mail_taken_back_while_it_is_about_to_leave_does_not_leave(leah):
    mail_id = put_in(leah, terms=actions.Terms(about=leah.id))

    class Late(Bag):
        def send(self, mail, let_go):
            with writing():
                assert actions.withdraw(leah.id, mail.kind) == 1
            super().send(mail, let_go)

    bag = Late()
    assert delivering.deliver_waiting(bag) == 0
    assert (bag.mails, state(mail_id).state) == ([], "withdrawn")


def test_a_mail_whose_text_has_left_cannot_be_taken_back(leah):
    mail_id = put_in(leah, terms=actions.Terms(about=leah.id))

    class Later(Bag):
        def send(self, mail, let_go):
            super().send(mail, let_go)
            with writing():
                assert actions.withdraw(leah.id, mail.kind) == 0

    assert delivering.deliver_waiting(Later()) == 1
    assert state(mail_id).state == "sent"


def test_a_locked_database_does_not_make_a_mail_leave_twice(leah, monkeypatch):
    mail_id, bag, real, faults = put_in(leah), Bag(), delivering._set, [1, 1, 1]

    def locked(which, **values):
        if values.get("state") == "sent" and faults:
            faults.pop()
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return real(which, **values)

    monkeypatch.setattr(delivering, "_set", locked)
    monkeypatch.setattr(delivering, "MARK_PAUSES", (0, 0, 0, 0, 0))
    assert delivering.deliver_waiting(bag) == 1
    assert state(mail_id).state == "sent"
    assert faults == []


def test_no_transaction_is_open_while_a_mail_leaves(leah):
    put_in(leah)
    open_now = []
    event.listen(db.engine, "begin", began := lambda _connection: open_now.append(1))
    event.listen(db.engine, "commit", ended := lambda _connection: open_now.pop())
    event.listen(db.engine, "rollback", ended)

    class Looking(Bag):
        def send(self, mail, let_go):
            super().send(mail, let_go)
            assert open_now == []

    try:
        assert delivering.deliver_waiting(Looking()) == 1
    finally:
        for name, heard in (("begin", began), ("commit", ended), ("rollback", ended)):
            event.remove(db.engine, name, heard)


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400), timedelta(minutes=6)])
def test_a_clock_that_jumps_neither_frees_a_mail_that_is_being_sent_nor_keeps_one_whose_worker_died(leah, jump):
    mail_id, bag = put_in(leah), Bag()
    worker = workers.begin()
    with writing():
        delivering._set(OutboxMail.id == mail_id, state="sending", claimed_by=worker.id, tries=1)
    with clock.acting_at(clock.now() + jump):
        assert delivering.deliver_waiting(bag) == 0
        worker.end()
        assert delivering.deliver_waiting(bag) == 1
    assert state(mail_id).state == "sent"


def test_what_waits_for_a_time_that_a_wrong_clock_set_is_due_when_the_clock_is_right_again(leah):
    with clock.acting_at(clock.now() + timedelta(days=30)):
        mail_id = put_in(leah)
        delivering.deliver_waiting(Bag(failures=1))
    assert state(mail_id).state == "waiting"
    assert delivering.deliver_waiting(Bag()) == 1


def test_dots_at_the_beginning_of_lines_arrive_as_they_were():
    assert dotted(b"a\r\n.b\r\n..c\n\n") == b"a\r\n..b\r\n...c\r\n.\r\n"


def test_a_text_with_dots_and_long_lines_arrives_whole(leah):
    with writing():
        mail(put_in(leah)).body = ".\n.one dot\n" + "long " * 300 + "\nend\n"
    with mail_server() as server:
        assert delivering.deliver_waiting(over(server)) == 1
        text = server.texts[0]
    assert b"\r\n..\r\n..one dot\r\n" in text
    assert max(map(len, text.split(b"\r\n"))) <= 998
