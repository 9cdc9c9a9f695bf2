"""The real worker: it delivers, runs the jobs, and ends without cutting a mail off."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.core.db import db
from lms.jobs.models import ClockRun, Worker
from tests.notifications.conftest import put_in, state
from tests.notifications.test_dying import environment
from tests.support.mail_server import MailServer, mail_server

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _text(app, monkeypatch):
    monkeypatch.setattr("lms.notifications.actions.render_template", lambda _n, **_g: "Subject\n\nBody\n")


def worker(settings, port):
    line = [sys.executable, "-m", "lms.cli", "worker"]
    return subprocess.Popen(line, cwd=PROJECT, env=environment(settings, port))


def wait_until(done, seconds=60):
    until = time.monotonic() + seconds
    while not done():
        db.session.rollback()
        assert time.monotonic() < until
        time.sleep(0.1)
    db.session.rollback()


def test_a_worker_told_to_end_finishes_the_mail_it_has_in_hand_and_begins_no_other(settings, make):
    told = threading.Event()

    def slowly(_text):
        told.wait(20)
        return MailServer.GOOD["text"]

    ids = [put_in(make.person()) for _ in range(20)]
    with mail_server(text=slowly) as server:
        running = worker(settings, server.port)
        wait_until(lambda: len(server.texts) >= 4)
        running.terminate()
        time.sleep(1)  # for the signal, before the server answers
        begun = len(server.texts)  # four lanes, or eight when a job has queued mails of its own
        told.set()
        assert running.wait(30) == 0
        assert len(server.texts) == begun
        arrived = {re.search(rb"Message-ID: <(.+)@", text)[1].decode() for text in server.texts}
    assert {str(one): state(one).state for one in ids} == {
        str(one): "sent" if str(one) in arrived else "waiting" for one in ids
    }
    assert db.session.scalar(select(func.count()).select_from(Worker)) == 0


def test_two_workers_side_by_side_run_every_job_and_send_every_mail_once(settings, make):
    ids = [put_in(make.person()) for _ in range(20)]
    with mail_server() as server:
        both = [worker(settings, server.port) for _ in range(2)]
        try:
            wait_until(lambda: len(server.texts) >= 20)
            wait_until(lambda: db.session.scalar(select(func.count()).select_from(ClockRun)) >= 9)
            wait_until(lambda: db.session.scalar(select(func.count(ClockRun.went_well_at))) >= 9)
        finally:
            for one in both:
                one.send_signal(signal.SIGTERM)
            assert [one.wait(30) for one in both] == [0, 0]
        arrived = Counter(re.search(rb"Message-ID: <(.+)@", text)[1].decode() for text in server.texts)
    assert {str(one) for one in ids} <= set(arrived), "and what the jobs themselves have queued, such as reminders"
    assert set(arrived.values()) == {1}
    assert set(db.session.scalars(select(ClockRun.failures))) == {0}
