"""Bringing the database to the present schema: four at once do it once, and one that is killed midway does no harm."""

import signal
import subprocess
import sys
import time
from datetime import date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import MetaData, Table, inspect

from lms.audit import triggers
from lms.audit.upgrading import upgrade
from lms.core import schema
from tests.faults.site import Site
from tests.support.server import PROJECT

# Each is built by the migrations that made it, which no later change has touched: tests/contracts/test_released.py.
RELEASED = ("0001", "0010", "0020", "0031", "0039")
PEOPLE = 3
LONGEST = 240


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
        before = people_of_then(connection)
    engine.dispose()
    assert schema.current(engine) == released
    upgrade(engine)
    with engine.connect() as connection:
        assert triggers.missing(connection) == []
    assert inspect(engine).has_table("stored_answers")
    rows = (
        "SELECT p.name, p.email, p.password_hash, m.job, a.name FROM people p JOIN memberships m ON m.person_id = p.id"
        " JOIN agencies a ON a.id = m.agency_id ORDER BY p.email"
    )
    assert [tuple(one) for one in empty.ask(rows)] == before
    engine.dispose()
    assert is_whole(empty)


def people_of_then(connection) -> list[tuple[str, ...]]:
    """Put an agency and people with posts in; what has to be there after the upgrade."""
    agency = put_in(connection, "agencies", name="Old trust", sector="health", partnership="Fernshire")
    found = []
    for n in range(PEOPLE):
        values = {"name": f"Zoë Müller {n}", "email": f"p{n}@old.example", "password_hash": f"hash {n}"}
        person = put_in(connection, "people", **values, active=True)
        put_in(connection, "memberships", person_id=person, agency_id=agency, job="Nurse", starts_on=date(2026, 1, 5))
        found.append((*values.values(), "Nurse", "Old trust"))
    return found


def put_in(connection, name: str, /, **values):
    """A row in a table as it was then; what is not given and must be something is nothing of its kind."""
    table = Table(name, MetaData(), autoload_with=connection)
    plain = {str: "", int: 0, bool: False, datetime: datetime(2026, 1, 5), date: date(2026, 1, 5)}
    row = {"id": uuid4() if connection.dialect.name == "postgresql" else uuid4().hex}
    for column in table.columns:
        if column.name not in row and not column.nullable and column.server_default is None:
            row[column.name] = values.get(column.name, plain.get(column.type.python_type))
    connection.execute(table.insert().values({**row, **values}))
    return row["id"]


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
