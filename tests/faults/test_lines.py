"""Lines that break and clients that dawdle; clocks that jump; mail that hangs."""

import socket
import time
from secrets import token_hex
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.db import choose_mode
from lms.notifications.models import OutboxMail
from lms.people.models import Person
from tests.faults.clients import Client, a_day
from tests.support.mail_server import MailServer, mail_server

MANY = 40
SOON = 10


def head(client: Client, path: str, length: int) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{client.site.port}\r\nCookie: {client.cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def test_a_reply_that_nobody_hears_and_a_repeat_have_one_effect(site):
    site.start()
    client = Client(site, site.cookies[0]).open()
    for number in range(10):
        title, key = f"Day {number}", token_hex(16)
        body = urlencode({"csrf_token": client.token, "once": key, **a_day(title)}).encode()
        with socket.create_connection(("127.0.0.1", site.port)) as line:
            line.sendall(head(client, "/cohorts/new", len(body)) + body)
            if number % 2:  # half of them hang up when it is done, half at once
                until = time.monotonic() + SOON
                while site.ask("SELECT count(*) FROM cohorts WHERE title = :title", title=title) == [(0,)]:
                    assert time.monotonic() < until
                    time.sleep(0.05)
        reply = client.make(title, key)
        assert reply.status == 303
        if number % 2:
            assert reply.replayed
    assert site.ask("SELECT count(*), count(DISTINCT title) FROM cohorts") == [(10, 10)]


@pytest.mark.parametrize("half", ["head", "body"])
def test_clients_that_dawdle_keep_nobody_waiting(on_sqlite, half):
    on_sqlite.start()
    client = Client(on_sqlite, on_sqlite.cookies[0]).open()
    whole = head(client, "/cohorts/new", 5000)
    lines = [socket.create_connection(("127.0.0.1", on_sqlite.port)) for _ in range(MANY)]
    try:
        for line in lines:
            line.sendall(whole[:40] if half == "head" else whole + b"title=")
        began = time.monotonic()
        assert client.ask("GET", "/me/").status == 200
        assert time.monotonic() - began < SOON
    finally:
        for line in lines:
            line.close()


def test_a_clock_that_jumps_loses_nothing_and_does_nothing_twice(on_sqlite, shim, tmp_path):
    on_sqlite.start(**shim)
    client, key = Client(on_sqlite, on_sqlite.cookies[0]).open(), token_hex(16)
    first = client.make("A day", key)
    for jump in ("-10800", "18000", "-3600"):
        (tmp_path / "hands").write_text(jump)
        again = client.make("A day", key)
        assert (again.status, again.location, again.replayed) == (303, first.location, True)
        assert client.make(f"Day at {jump}").status == 303
    assert on_sqlite.ask("SELECT count(*) FROM cohorts") == [(4,)]
    spread = "SELECT max(julianday(created_at)) - min(julianday(created_at)) FROM cohorts"
    assert on_sqlite.ask(spread)[0][0] * 24 > 7, "the clock did jump"


def put_in_mails(site) -> None:
    engine = site.engine()
    choose_mode(writing=True)
    with Session(engine) as session:
        for person_id, address in session.execute(select(Person.id, Person.email)).all():
            mail = {"kind": "tests/hello", "subject": "Subject", "body": "Body", "urgent": True}
            session.add(OutboxMail(person_id=person_id, address=address, **mail))
        session.commit()
    choose_mode(writing=False)
    engine.dispose()


def test_pages_are_no_slower_while_the_mail_server_hangs(on_sqlite):
    def slowest(client) -> float:
        client.seconds.clear()
        for _ in range(20):
            assert client.ask("GET", "/me/").status == 200
        return sorted(client.seconds)[-2]

    with mail_server(greeting=MailServer.HANG) as server:
        by_smtp = {"LMS_MAIL": "smtp", "LMS_SMTP_PORT": str(server.port)}
        on_sqlite.start(**by_smtp)
        client = Client(on_sqlite, on_sqlite.cookies[0]).open()
        before = slowest(client)
        put_in_mails(on_sqlite)
        on_sqlite.join(**by_smtp)  # a worker looks what is due when it comes
        until = time.monotonic() + 90
        while "greeting" not in server.steps:
            assert time.monotonic() < until, "the worker never tried"
            time.sleep(0.2)
        assert slowest(client) < before * 3 + 0.5
