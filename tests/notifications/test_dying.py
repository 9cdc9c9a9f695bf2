"""Workers that are killed at each step of a mail, and two workers at once: every mail arrives, and arrives once."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.config import Settings
from lms.core.db import db
from lms.jobs import workers
from lms.jobs.models import Worker
from lms.notifications import delivering
from lms.notifications.carriers import SmtpCarrier
from lms.notifications.models import OutboxMail
from tests.conftest import SECRET
from tests.notifications.conftest import mail, put_in, state
from tests.support.mail_server import mail_server

PROGRAM = Path(__file__).with_name("dying.py")


@pytest.fixture(autouse=True)
def _text(a_text):
    """Every mail here has the same text."""


def environment(settings: Settings, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    return {**kept, "LMS_SECRET_KEY": SECRET, "LMS_DATA_DIR": str(settings.data_dir), "LMS_MAIL": "smtp",
            "LMS_DATABASE_URL": settings.database, "LMS_SMTP_PORT": str(port), "LMS_QUIET_HOURS": "none",
            "LMS_QUIET_WEEKENDS": "no", "PYTHONPATH": str(PROGRAM.parents[2])}  # fmt: skip


def begin(settings, port, *words):
    return subprocess.Popen([sys.executable, str(PROGRAM), *words], env=environment(settings, port))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "copies", "unsure"),
    [("claimed", 1, 0), ("connected", 1, 0), ("let go", 1, 1), ("half the text", 1, 1), ("answered", 2, 1)],
)
def test_a_worker_killed_at_any_step_leaves_a_mail_that_the_next_one_sends(settings, leah, step, copies, unsure):
    mail_id = put_in(leah)
    with mail_server() as server:
        assert begin(settings, server.port, step).wait(60) == -9
        assert state(mail_id).state == "sending"
        carrier = SmtpCarrier(Settings(environment(settings, server.port)))
        assert delivering.deliver_waiting(carrier) == 1, "at once: the process is seen to be gone"
        assert delivering.deliver_waiting(carrier) == 0
        texts = list(server.texts)
    assert len(texts) == copies
    assert len(set(texts)) == 1, "a copy is the same to the last letter"
    assert (state(mail_id)[:2], mail(mail_id).unsure) == (("sent", 2), unsure)
    assert db.session.scalar(select(func.count()).select_from(Worker)) == 0


@pytest.mark.slow
def test_two_workers_at_once_send_every_mail_once(settings, make):
    people = [make.person() for _ in range(6)]
    ids = [put_in(people[number % 6]) for number in range(48)]
    with mail_server() as server:
        both = [begin(settings, server.port, "", "4") for _ in range(2)]
        assert [one.wait(90) for one in both] == [0, 0]
        arrived = Counter(re.search(rb"Message-ID: <(.+)@", text)[1].decode() for text in server.texts)
    assert arrived == Counter(map(str, ids))
    assert {state(one)[:2] for one in ids} == {("sent", 1)}


def test_a_worker_elsewhere_is_dead_when_its_number_stands_still_on_ones_own_stopwatch(app, database):
    seconds = [0.0]
    watch = workers.Watch(lambda: seconds[0])
    other = workers.begin()
    with workers.writing() as session:
        session.get(Worker, other.id).place = "another machine"
    for waited, beats, buried in ((0, 0, 0), (59, 0, 0), (59.5, 1, 0), (119, 1, 0), (119.6, 1, 1)):
        seconds[0] = waited
        with workers.writing() as session:
            session.get(Worker, other.id, populate_existing=True).beat = beats
        assert workers.bury(watch) == buried, waited
    other.end()


def test_a_worker_is_alive_while_its_process_is_and_signs_off_at_the_end(app, database):
    worker = workers.begin()
    assert workers.bury() == 0
    worker.end()
    assert db.session.scalars(select(Worker)).all() == []
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert workers.is_alive(os.getpid())
    assert not workers.is_alive(gone.pid)


def test_what_was_being_sent_before_workers_had_rows_is_taken_up(leah):
    mail_id = put_in(leah)
    with workers.writing():
        delivering._set(OutboxMail.id == mail_id, state="sending", tries=1)
    with mail_server() as server:
        carrier = SmtpCarrier(Settings({"LMS_SECRET_KEY": SECRET, "LMS_SMTP_PORT": str(server.port)}))
        assert delivering.deliver_waiting(carrier) == 1
