"""The disk is full, or does not write: what could not be kept is not acknowledged, and the site recovers by itself."""

import os
import time
from secrets import token_hex

from tests.faults.clients import Client
from tests.faults.site import Site

SOON = 10
ACTS = 20


def recovers(client: Client, title: str, key: str) -> None:
    """The same act, with the same key, is done within ten seconds, and once."""
    until = time.monotonic() + SOON
    while (reply := client.make(title, key)).status != 303:
        assert time.monotonic() < until, reply
        time.sleep(0.2)
    assert client.site.ask("SELECT count(*) FROM cohorts WHERE title = :title", title=title) == [(1,)]


def test_a_full_disk(cramped, sqlite_model, tmp_path):
    site = Site(cramped)
    site.log = tmp_path / "site.log"
    try:
        site.prepare(sqlite_model)
        site.start()
        client = Client(site, site.cookies[0]).open()
        assert client.make("Before").status == 303
        filler = cramped / "filler"
        with filler.open("wb") as out:
            while os.statvfs(cramped).f_bavail:
                try:
                    out.write(b"x" * 4096)
                    out.flush()
                except OSError:
                    break
        key, made = token_hex(16), 0
        for number in range(200):  # what room the log of the database has left is used up
            reply = client.make(f"Day {number}", key if number == 199 else None)
            if reply.status != 303:
                break
            made += 1
        assert reply.status == 503
        assert "Nothing was saved" in reply.text
        assert "Traceback" not in reply.text
        assert client.ask("GET", "/help").status == 200
        filler.unlink()
        recovers(client, f"Day {made}", key)
        assert site.ask("SELECT count(*) FROM cohorts") == [(made + 2,)]
    finally:
        site.kill()


def test_a_disk_that_does_not_write_is_no_acknowledgement(on_sqlite, shim, tmp_path):
    on_sqlite.start(**shim)
    client = Client(on_sqlite, on_sqlite.cookies[0]).open()
    key = token_hex(16)
    (tmp_path / "fails").touch()
    reply = client.make("A day", key)
    assert (reply.status, "Traceback" in reply.text) == (503, False)
    (tmp_path / "fails").unlink()
    recovers(client, "A day", key)


def test_every_acknowledged_act_was_synced_to_disk(on_sqlite, shim, tmp_path):
    on_sqlite.start(**shim)
    client = Client(on_sqlite, on_sqlite.cookies[0]).open()
    for number in range(ACTS):
        before = os.path.getsize(tmp_path / "counts") if (tmp_path / "counts").exists() else 0
        assert client.make(f"Day {number}").status == 303
        assert os.path.getsize(tmp_path / "counts") > before


def test_a_database_that_another_program_holds(on_sqlite):
    on_sqlite.start()
    client = Client(on_sqlite, on_sqlite.cookies[0]).open()
    key = token_hex(16)
    engine = on_sqlite.engine()
    with engine.connect() as other:
        other.exec_driver_sql("SELECT 1")
        other.rollback()
        other.connection.cursor().execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        reply = client.make("A day", key)
        waited = time.monotonic() - began
        assert (reply.status, "Nothing was saved" in reply.text) == (503, True)
        assert waited < 19
        assert client.ask("GET", "/me/").status == 200, "who only reads waits for nobody"
        other.connection.rollback()
    engine.dispose()
    recovers(client, "A day", key)
