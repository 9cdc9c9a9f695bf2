"""Putting a backup in the place of the database, when nobody uses it."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from lms.core import clock, running
from lms.operating import manifest, postgres_tools, proving
from lms.operating.manifest import BadBackup, Manifest

PEOPLE = "people"
TRIES, PAUSE = 10, 0.2
SIDES = ("", "-wal", "-shm")
_OURS = """JOIN pg_namespace n ON n.oid = {} WHERE nspname = current_schema()
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e')"""
TABLES = f"""SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE;', nspname, relname) FROM pg_class o
    {_OURS.format("relnamespace")} AND relkind IN ('r', 'p') AND relname NOT LIKE 'huey%'"""  # noqa: S608 -- ours
FUNCTIONS = f"""SELECT format('DROP FUNCTION IF EXISTS %s CASCADE;', cast(o.oid AS regprocedure)) FROM pg_proc o
    {_OURS.format("pronamespace")} AND prokind = 'f'"""  # noqa: S608 -- ours


class Refused(Exception):
    """A restore is not done; the sentence says why, and what to do."""


@contextmanager
def with_nobody_else(engine: Engine, data_dir: Path) -> Iterator[None]:
    """Keep servers and workers of this machine from starting meanwhile. Raises Refused when one runs, or, on
    PostgreSQL, when anybody else is connected to the database, from whichever machine.
    """
    try:
        with running.alone(data_dir):
            others = _others(engine)
            if others:
                raise Refused(
                    f"{others} other connections to the database are open. "
                    "Stop every server and worker, on every machine, and whatever else uses it."
                )
            yield
    except running.SomebodyRuns:
        raise Refused("A server or a worker runs on this data folder. Stop them first.") from None


def _others(engine: Engine) -> int:
    """How many others are connected, once this process has let go of its own connections and those have ended."""
    engine.dispose()
    for _ in range(TRIES):
        if not _connected(engine):
            return 0
        time.sleep(PAUSE)
    return _connected(engine)


def _connected(engine: Engine) -> int:
    if engine.dialect.name == "sqlite":
        return 0
    with engine.connect() as connection:
        return int(
            connection.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND coalesce(backend_type, 'client backend') = 'client backend'"
                )
            ).scalar_one()
        )


def has_people(engine: Engine) -> bool:
    """Whether a database holds anybody, so that a restore would take something away."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(PEOPLE):
            return False
        return connection.execute(text(f"SELECT 1 FROM {PEOPLE} LIMIT 1")).first() is not None  # noqa: S608 -- ours


def restore(backup: Path, wanted: Manifest, engine: Engine) -> str:
    """Put a backup, checked before, in the place of the database; says what became of the old one. On a fault the old
    one stays, or lies beside it under the name that says when. Raises BadBackup.
    """
    if wanted.database != engine.dialect.name:
        raise BadBackup(f"This is a backup of {wanted.database}, and LMS_DATABASE_URL names {engine.dialect.name}.")
    if wanted.database == "sqlite":
        return _restore_sqlite(backup, engine)
    return _restore_postgresql(backup, wanted, engine)


def _restore_sqlite(backup: Path, engine: Engine) -> str:
    place = Path(engine.url.database or "")
    was_empty = _is_empty(engine)
    engine.dispose()
    with manifest.fresh_file(place) as making:
        shutil.copyfile(backup, making)
        with closing(sqlite3.connect(making)) as copy:
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise BadBackup("The copy of the backup is damaged; is the disk full?")
        kept = _put_aside(place, clock.now())
    if was_empty:
        for side in SIDES:
            place.with_name(kept + side).unlink(missing_ok=True)
        return ""
    return f"The database that was there is kept as {kept}." if kept else ""


def _is_empty(engine: Engine) -> bool:
    """Whether a database holds no table: SQLite makes such a file when it is asked for one that is not there."""
    try:
        with engine.connect() as connection:
            return not inspect(connection).get_table_names()
    except DBAPIError:
        return False


def _put_aside(place: Path, at: datetime) -> str:
    """Rename a database with what SQLite keeps beside it. It may be damaged: it is not opened."""
    kept = place.with_name(f"{place.name}.before-{at:%Y%m%d-%H%M%S}")
    for side in SIDES:
        beside = place.with_name(place.name + side)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + side))
    return kept.name if kept.exists() else ""


def _restore_postgresql(backup: Path, wanted: Manifest, engine: Engine) -> str:
    """In one transaction: everything of ours out, the backup in."""
    with engine.connect() as connection:
        away = "\n".join(_drops(connection))
    engine.dispose()
    words = ["--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null"]
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=backup.parent) as folder:
        first, then = Path(folder) / "away.sql", Path(folder) / "in.sql"
        first.write_text(away)
        postgres_tools.run("pg_restore", ["--no-owner", "--no-privileges", "--file", str(then), str(backup)])
        files = ["--file", str(first), "--file", str(then)]
        postgres_tools.run("psql", [*words, *files, "--dbname", postgres_tools.where(engine.url)], engine.url)
    with engine.connect() as connection:
        proving.compare(connection, wanted)
    return ""


def _drops(connection: Connection) -> list[str]:
    """What takes away every table and function of the schema in use, but what wakes the worker and what belongs to an
    extension.
    """
    found = connection.execute(text(f"{TABLES} UNION ALL {FUNCTIONS}"))
    return list(found.scalars())
