"""Several web machines and two workers on PostgreSQL and Redis: the same journeys as on one, and what a kill costs."""

import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest

from tests.faults.clients import Client
from tests.faults.people import PASSWORD
from tests.faults.several import Several
from tests.faults.working import CHECK, OPTION, QUESTIONS, Load
from tests.support.mail_server import MailServer
from tests.support.redis_server import redis_running
from tests.support.server import PROJECT

WAITS = "WHERE state IN ('waiting', 'sending') AND gather = ''"
DAY = "The day of three machines"
SOON = 30  # seconds on a busy machine for what takes two or three on an idle one
LONGEST = 240
WITHIN_A_MINUTE = 60  # of one kind, see LMS_LIMIT_COSTLY


@pytest.fixture(scope="module")
def redis():
    with redis_running() as made:
        yield made


@pytest.fixture(scope="module")
def post():
    """A mail server that takes everything, each mail when its gate is open."""
    gate = threading.Event()
    gate.set()
    server = MailServer(MAIL=lambda _words: "250 ok" if gate.wait(LONGEST) else "451 later")
    server.gate = gate
    try:
        yield server
    finally:
        gate.set()
        server.close()


@pytest.fixture(scope="module")
def several(cluster, postgres_model, redis, post, tmp_path_factory):
    url = cluster.database(like=postgres_model.url.rpartition("/")[2])
    made = Several(tmp_path_factory.mktemp("several"), url, redis, LMS_MAIL="smtp", LMS_SMTP_PORT=str(post.port))
    try:
        made.prepare(postgres_model)
        made.start()
        yield made
    finally:
        made.kill()


def until(true, seconds: float = SOON, why: object = "") -> float:
    """Wait until it is so; how long that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, why or true
        time.sleep(0.05)
    return time.monotonic() - began


def listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def kept(several: Several, statement: str, **values) -> int:
    return several.ask(f"SELECT count(*) FROM {statement}", **values)[0][0]


def all_sent_once(several: Several, post: MailServer) -> None:
    """Every mail of the outbox that is not kept for a digest has left, as one message, which came once."""
    until(lambda: not kept(several, f"outbox_mails {WAITS}"), LONGEST)
    came = Counter(message_from_bytes(text)["Message-ID"] for text in post.texts)
    assert [one for one, times in came.items() if times > 1] == []
    assert len(came) == kept(several, "outbox_mails WHERE state = 'sent'")


def test_journeys_across_three_machines(several, post):
    a, b, c = several.sites
    # Signs in at one, reads at the next, goes at a quiz at all of them in turn.
    visitor = Client(a, "", keeps=True)
    answer = visitor.send("/sign-in", {"email": "s0@a.example", "password": PASSWORD})
    assert answer.status == 303, answer.text
    visitor = visitor.at(b).open()
    assert visitor.send("/learn/tiers-of-need/what-for", {}).status == 303
    go = visitor.at(c).send(CHECK, {}).location
    for position in range(1, QUESTIONS + 1):
        here, there = several.sites[position % 3], several.sites[(position + 1) % 3]
        options = {words: value for value, words in OPTION.findall(visitor.at(here).ask("GET", f"{go}{position}").text)}
        answer = visitor.at(there).send(f"{go}{position}", {"answer": options["The right one"]})
        assert answer.status == 303
    assert 'data-result="passed"' in visitor.at(a).ask("GET", f"{go}result").text

    # A trainer makes a day at one, opens it at the next; staff book, cancel and book again anywhere.
    trainer = Client(a, several.people["trainers"][0]).open()
    day = trainer.make(DAY).location.removesuffix("manage")
    assert trainer.at(b).send(f"{day}open", {}).status == 303
    for number, (site, what) in enumerate([(c, "book"), (a, "cancel"), (b, "book")]):
        assert visitor.at(site).send(f"{day}{what}", {}).status == 303, number
    # One key, sent to all three at the same time: one effect and one answer.
    other, answers = Client(a, several.people["staff"][1]).open(), []
    threads = [
        threading.Thread(target=lambda site=site: answers.append(other.at(site).send(f"{day}book", {}, "one key")))
        for site in several.sites
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {(one.status, one.location) for one in answers} == {(303, answers[0].location)}
    assert sum(one.replayed for one in answers) == 2
    places = "bookings b JOIN cohorts c ON c.id = b.cohort_id WHERE c.title = :title AND b.state = 'booked'"
    assert kept(several, places, title=DAY) == 2

    # The day has come: the register, written at one, is read at the next.
    now = datetime.now(UTC).replace(tzinfo=None)
    begins, ends = now - timedelta(minutes=5), now + timedelta(hours=2)
    of = "WHERE cohort_id = (SELECT id FROM cohorts WHERE title = :title)"
    move = f"UPDATE cohort_sessions SET starts_at = :begins, ends_at = :ends {of}"
    a.change(move, begins=begins, ends=ends, title=DAY)
    sessions = several.ask(f"SELECT id FROM cohort_sessions {of}", title=DAY)
    register = f"{day}sessions/{sessions[0][0]}/register"
    assert trainer.at(c).send(register, {"rest": "present"}).status == 303
    page = trainer.at(a).ask("GET", register).text
    assert "2 of 2 people marked" in page
    assert kept(several, "attendance WHERE attended") == 2

    # A long file is ordered at one, made by a worker, and fetched from a machine that did not make it.
    manager = Client(a, several.people["managers"][0]).open()
    ordered = manager.send("/exports/completion.csv", {}).location
    for site in (b, c):
        until(lambda site=site: manager.at(site).ask("GET", f"{ordered}file").status == 200)
    assert "Staff 0" in manager.at(c).ask("GET", f"{ordered}file").text

    # Signing out at one ends it at all.
    assert visitor.at(b).send("/sign-out", {}).status == 303
    assert [visitor.at(site).ask("GET", "/me/").status for site in several.sites] == [303] * 3
    all_sent_once(several, post)
    assert len(post.texts) > 0
    assert "Traceback" not in several.said()


def test_limits_are_counted_for_all_machines_together(several):
    anybody = Client(several, "")
    statuses = [anybody.ask("GET", "/verify/0000-0000").status for _ in range(WITHIN_A_MINUTE + 9)]
    assert 429 not in statuses[:WITHIN_A_MINUTE], statuses
    assert statuses[WITHIN_A_MINUTE:] == [429] * 9
    assert [anybody.at(site).ask("GET", "/verify/0000-0000").status for site in several.sites] == [429] * 3


def test_a_machine_killed_in_the_middle_costs_the_requests_it_was_answering(several, capsys):
    victim, balancer = several.sites[2], several.balancer
    load = Load(several)
    with load.at_work():
        time.sleep(3)
        until(lambda: balancer.at_work[victim.port] > 0)
        (web,) = victim.running
        before = balancer.at_work[victim.port], balancer.asked[victim.port]
        victim.kill_one(web)
        until(lambda: not listens(victim.port))
        cost = before[0] + balancer.asked[victim.port] - before[1]  # what came in before the last breath is in hand too
        done = load.done
        time.sleep(3)
        assert sum(load.done.values()) > sum(done.values()), "the others go on"
        statuses = [Client(several, several.people["trainers"][0]).ask("GET", "/me/").status for _ in range(6)]
        assert statuses == [200] * 6
        victim.start()
        until(lambda: balancer.asked[victim.port] > before[1] + cost, why="it is asked again")
    load.check()
    others = [balancer.broken[one.port] for one in several.sites if one is not victim]
    assert others == [0, 0]
    assert balancer.broken[victim.port] <= cost, f"{balancer.broken[victim.port]} broke, {cost} were at work"
    assert load.unanswered() <= cost, f"{load.unanswered()} had no answer, {cost} were at work"
    with capsys.disabled():
        sys.stdout.write(f"\nof {sum(load.done.values())} acts {load.unanswered()} had to be sent again\n")


def test_a_worker_killed_in_the_middle_of_its_mails(several, post):
    """The one that holds mails is killed while the mail server waits; the other takes them over. None comes twice."""
    all_sent_once(several, post)
    post.gate.clear()
    trainer = Client(several, several.people["trainers"][0]).open()
    day = trainer.make("A day with many mails").location.removesuffix("manage")
    assert trainer.send(f"{day}open", {}).status == 303
    for cookie in several.people["staff"][:6]:
        assert Client(several, cookie).open().send(f"{day}book", {}).status == 303
    holders = "SELECT DISTINCT w.process FROM outbox_mails m JOIN workers w ON w.id = m.claimed_by"
    until(lambda: several.ask(holders))
    holds = {process for (process,) in several.ask(holders)}
    (site, worker) = next((site, one) for site in several.workers for one in site.running if one.pid in holds)
    site.kill_one(worker)
    post.gate.set()
    all_sent_once(several, post)
    assert kept(several, "outbox_mails WHERE unsure > 0 OR fault <> ''") == 0
    site.join()


def test_redis_killed_hung_and_back(several, redis, post, capsys):
    """Pages and saves go on, mail too; when it is back calls go through it again."""
    trainer, staff = (Client(several, several.people[kind][9]).open() for kind in ("trainers", "staff"))
    day = trainer.make("A day without Redis").location.removesuffix("manage")
    assert trainer.send(f"{day}open", {}).status == 303
    all_sent_once(several, post)

    def mailed(what: str) -> tuple[float, float]:
        """Book or cancel, which brings a mail; how long the page took, and how long the mail."""
        before = len(post.texts)
        staff.seconds.clear()
        assert staff.send(f"{day}{what}", {}).status == 303
        return staff.seconds[0], until(lambda: len(post.texts) > before, LONGEST)

    with_it = mailed("book")
    redis.kill()
    without = mailed("cancel")
    assert [staff.ask("GET", "/me/").status for _ in range(6)] == [200] * 6
    redis.start()
    after = mailed("book")
    redis.hang()
    try:
        hung = mailed("cancel")
        assert [staff.ask("GET", "/me/").status for _ in range(6)] == [200] * 6
    finally:
        redis.go_on()
    back = mailed("book")
    figures = {"with": with_it, "killed": without, "back": after, "hung": hung, "and back": back}
    assert max(page for page, _ in figures.values()) < 10, figures
    assert max(mail for _, mail in figures.values()) < SOON, figures
    all_sent_once(several, post)
    assert "Traceback" not in several.said()
    with capsys.disabled():
        shown = ", ".join(f"{name} {page:.1f} and {mail:.1f}" for name, (page, mail) in figures.items())
        sys.stdout.write(f"\nseconds for the page and the mail: {shown}\n")


def test_four_machines_that_start_at_once_on_an_empty_database(cluster, redis, tmp_path):
    """They start, and say that they are not ready; two upgrades at once later they are, by themselves."""
    four = Several(tmp_path, cluster.database(), redis, machines=4)
    try:
        begun = [one.launch() for one in four.sites]
        not_yet = "The database is not at the present schema. Run: lms db upgrade\n"
        for one in four.sites:
            until(lambda one=one: one.get("/readyz")[0], LONGEST)
            assert one.get("/readyz") == (503, not_yet)
            assert one.get("/healthz")[0] == 200
        line = [sys.executable, "-m", "lms.cli", "db", "upgrade"]
        upgrades = [
            subprocess.Popen(line, cwd=PROJECT, env=one.environment(), stdout=-1, stderr=-1) for one in four.sites[:2]
        ]
        assert [one.communicate(timeout=LONGEST) and one.returncode for one in upgrades] == [0, 0]
        for one in four.sites:
            until(lambda one=one: one.get("/readyz") == (200, "ready\n"))
        assert [one.poll() for one in begun] == [None] * 4
        assert "Traceback" not in four.said()
    finally:
        four.kill()
