"""PostgreSQL is stopped, restarted, or behind a line that carries nothing any more."""

import time
from datetime import UTC, datetime
from secrets import token_hex

import pytest
from sqlalchemy import create_engine, text

from tests.faults.clients import Client
from tests.faults.proxy import Proxy
from tests.faults.site import Site
from tests.faults.test_disk import recovers

SOON = 10
PROCESSES = 2


def answers(site, status: int, seconds: float = SOON) -> None:
    """Readiness has this status within so many seconds."""
    until = time.monotonic() + seconds
    while (got := site.get("/readyz"))[0] != status:
        assert time.monotonic() < until, got
        time.sleep(0.1)


def test_it_is_stopped_and_comes_back(on_postgres, cluster):
    on_postgres.start()
    client, key = Client(on_postgres, on_postgres.cookies[0]).open(), token_hex(16)
    assert client.make("Before").status == 303
    cluster.stop()
    try:
        page = client.ask("GET", "/me/")
        assert (page.status, "does not answer" in page.text, "Traceback" in page.text) == (503, True, False)
        reply = client.make("A day", key)
        assert (reply.status, "Bring a case." in reply.text) == (503, True), "what was typed comes back"
        assert on_postgres.get("/readyz") == (503, "The database does not answer.\n")
        assert on_postgres.get("/healthz")[0] == 200
    finally:
        cluster.start()
    answers(on_postgres, 200)
    recovers(client, "A day", key)


def takes(cluster, name: str, *statements: str) -> None:
    """Say what a database takes from now on, from beside it."""
    beside = create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with beside.connect() as connection:
        for statement in statements:
            connection.execute(text(statement), {"name": name})
    beside.dispose()


def test_it_takes_nothing_for_a_while_and_then_does_again(on_postgres, cluster):
    on_postgres.start()
    client, key = Client(on_postgres, on_postgres.cookies[0]).open(), token_hex(16)
    name = on_postgres.url.rpartition("/")[2]
    alone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
    takes(cluster, name, f"ALTER DATABASE {name} SET default_transaction_read_only = on", alone)
    for _ in range(4):
        reply = client.make("A day", key)
        assert (reply.status, "Bring a case." in reply.text) == (503, True), "what was typed comes back"
        assert client.ask("GET", "/me/").status == 200, "what is there can be read"
    takes(cluster, name, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    recovers(client, "A day", key)


def test_a_restart_costs_at_most_one_request_of_each_process(on_postgres, cluster):
    on_postgres.start()
    client = Client(on_postgres, on_postgres.cookies[0]).open()
    for number in range(10):
        assert client.make(f"Before {number}").status == 303
    cluster.stop("fast")
    cluster.start()
    client.statuses.clear()
    for number in range(20):
        client.make(f"After {number}")
    assert client.statuses[303] >= 20 - PROCESSES, client.statuses


def test_the_worker_goes_on_after_it_was_away(on_postgres, cluster):
    on_postgres.start(worker=True)
    cluster.stop()
    time.sleep(3)
    cluster.start()
    began = datetime.now(UTC).replace(tzinfo=None)
    until = time.monotonic() + 120  # at once when idle: the clock looks every few seconds while the database is away
    done = "SELECT count(*) FROM clock_runs WHERE went_well_at > :began"
    while on_postgres.ask(done, began=began) == [(0,)]:
        assert time.monotonic() < until, on_postgres.log.read_text()[-3000:]
        time.sleep(0.5)


@pytest.fixture
def proxy(cluster):
    made = Proxy(cluster.port)
    yield made
    made.close()


def test_the_line_is_cut_and_mended(cluster, proxy, postgres_database, postgres_model, tmp_path):
    site = Site(
        tmp_path, postgres_database.replace(f":{cluster.port}/", f":{proxy.port}/"), LMS_DB_STATEMENT_SECONDS="2"
    )
    try:
        site.prepare(postgres_model)
        site.start()
        client, key = Client(site, site.cookies[0]).open(), token_hex(16)
        assert client.make("Before").status == 303
        proxy.carries.clear()
        began = time.monotonic()
        reply = client.make("A day", key)
        assert (reply.status, "Traceback" in reply.text) == (503, False)
        assert time.monotonic() - began < 19
        proxy.carries.set()
        recovers(client, "A day", key)
    finally:
        site.kill()
