"""Bringing the database to the present schema: four at once do it once, and one that is killed midway does no harm."""

import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import inspect, text

from lms.core import schema
from tests.faults.site import Site
from tests.support.server import PROJECT

RELEASED = ("0001", "0010", "0020", "0031")  # the last is that of the version before this one
LONGEST = 120


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path) -> Site:
    """A site whose database holds nothing yet."""
    made = Site(tmp_path, request.getfixturevalue("cluster").database() if request.param == "postgresql" else "")
    made.folder.mkdir()
    return made


def upgrading(site: Site) -> "subprocess.Popen[str]":
    line = [sys.executable, "-m", "lms.cli", "db", "upgrade"]
    return subprocess.Popen(line, cwd=PROJECT, env=site.environment(), stdout=-1, stderr=-1, text=True)


def is_whole(site: Site) -> bool:
    engine = site.engine()
    try:
        return schema.current(engine) == schema.newest() and not schema.differences(engine)
    finally:
        engine.dispose()


def test_four_at_once_do_it_once(empty):
    begun = [upgrading(empty) for _ in range(4)]
    said = [one.communicate(timeout=LONGEST) for one in begun]
    assert [one.returncode for one in begun] == [0] * 4, said
    assert is_whole(empty)
    assert empty.ask("SELECT count(*) FROM alembic_version") == [(1,)]


def test_one_that_is_killed_midway_does_no_harm(empty):
    whole = LONGEST
    for wait in (0.0, 0.15, 0.4):  # seconds after the first sign of it; the last may be too late, which is as well
        begun, until = upgrading(empty), time.monotonic() + whole
        while begun.poll() is None and time.monotonic() < until and not _has_begun(empty):
            time.sleep(0.02)
        time.sleep(wait)
        begun.send_signal(signal.SIGKILL)
        begun.communicate(timeout=30)
    again = upgrading(empty)
    assert again.wait(LONGEST) == 0, again.communicate()
    again.communicate()
    assert is_whole(empty)


def _has_begun(site: Site) -> bool:
    """A file beside SQLite's database, or a lock in PostgreSQL, says that it is at work."""
    if site.url.startswith("sqlite"):
        return (site.folder / "common-ground.migrating").exists()
    return site.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")[0][0] > 0


@pytest.mark.parametrize("released", RELEASED)
def test_every_released_schema_comes_to_the_present_one_with_its_rows(empty, released):
    engine = empty.engine()
    schema.upgrade(engine, released)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO agencies (id, name, sector, partnership)"
                " VALUES ('00000000-0000-4000-8000-000000000001', 'Old trust', 'health', 'Fernshire')"
            )
        )
    engine.dispose()
    schema.upgrade(engine)
    assert inspect(engine).has_table("stored_answers")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM agencies")) == 1
    engine.dispose()
    assert is_whole(empty)


def test_four_processes_and_four_workers_that_start_at_once(site):
    site.start(worker=True, WEB_CONCURRENCY="4")
    for _ in range(3):
        site.join()
    assert site.get("/readyz") == (200, "ready\n")
    until = time.monotonic() + LONGEST
    while site.ask("SELECT count(*) FROM clock_runs WHERE went_well_at IS NOT NULL")[0][0] < 5:
        assert time.monotonic() < until, site.log.read_text()
        time.sleep(0.5)
    assert site.ask("SELECT count(*) FROM clock_runs WHERE failures > 0") == [(0,)]
    assert "Traceback" not in site.log.read_text()
