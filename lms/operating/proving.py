"""Proving a backup by opening it: not that a file is there, but that a database comes out of it with every row."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from lms.audit import checking, upgrading
from lms.core import schema
from lms.core.db import prepare_engine
from lms.operating import backing_up, manifest, postgres_tools
from lms.operating.manifest import BadBackup, Manifest


@dataclass(frozen=True)
class Proof:
    """What was proved of a backup, a sentence for each thing."""

    manifest: Manifest
    said: tuple[str, ...]


def prove(backup: Path, engine: Engine) -> Proof:
    """Open a backup, or restore it beside the database of `engine`, and compare it with its manifest. Changes nothing
    that was there. Raises BadBackup with the first thing that is wrong.
    """
    found = manifest.check_file(backup)
    try:
        said = _prove_sqlite(backup, found) if found.database == "sqlite" else _prove_postgresql(backup, found, engine)
    except DBAPIError as fault:
        raise BadBackup(f"{backup.name} cannot be opened: {_reason(fault)}.") from None
    except OSError as fault:
        raise BadBackup(f"{backup.name} cannot be tried: {fault.strerror or fault}.") from None
    return Proof(found, ("Its SHA-256 is that of its manifest.", *said))


def compare(connection: Connection, wanted: Manifest) -> str:
    """That a database has the rows a manifest speaks of, in words. Raises BadBackup."""
    rows = manifest.count(connection)
    for table in sorted({*rows, *wanted.rows}):
        if rows.get(table) != wanted.rows.get(table):
            raise BadBackup(
                f"The table {table} has {rows.get(table, 0):,} rows and should have {wanted.rows.get(table, 0):,}."
            )
    return f"It has {sum(rows.values()):,} rows in {len(rows)} tables, as its manifest says."


def check_sqlite(connection: Connection) -> None:
    """Have SQLite check every page and every reference. Raises BadBackup."""
    whole = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    if whole != ["ok"]:
        raise BadBackup(f"SQLite finds the file damaged: {whole[0]}.")
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise BadBackup(f"{len(broken)} rows point at rows that are not there, the first in {broken[0][0]}.")


def check_record(engine: Engine, wanted: Manifest) -> str:
    """That the record is as it was written, up to the ends in the manifest; in words. Raises BadBackup."""
    kept = [checking.End(name, end["number"], end["hash"]) for name, end in wanted.ends.items()]
    found = checking.check(engine, kept)
    if found.faults:
        raise BadBackup(f"The record was changed by hand. {found.faults[0]}")
    return f"The record of acts and looks is as it was written: {found.rows:,} rows read."


def _prove_sqlite(backup: Path, wanted: Manifest) -> tuple[str, ...]:
    engine = backing_up.copy_engine(backup)
    try:
        with engine.connect() as connection:
            check_sqlite(connection)
            compared = compare(connection, wanted)
        whole = "SQLite finds every page sound and every reference leading somewhere."
        if wanted.schema == schema.newest():
            return (whole, compared, check_record(engine, wanted))
    finally:
        engine.dispose()
    return (whole, compared, _upgraded(backup, wanted))


def _upgraded(backup: Path, wanted: Manifest) -> str:
    """Bring a copy of an older backup to the present schema, and check the record there."""
    _refuse_newer(wanted)
    with tempfile.TemporaryDirectory(prefix=".proving-", dir=backup.parent) as folder:
        copy = Path(folder) / "copy.db"
        shutil.copyfile(backup, copy)
        engine = create_engine(f"sqlite:///{copy}")
        prepare_engine(engine)
        try:
            upgrading.upgrade(engine)
            return f"A copy was brought from schema {wanted.schema} to the present. {check_record(engine, wanted)}"
        finally:
            engine.dispose()


def _refuse_newer(wanted: Manifest) -> None:
    if wanted.schema not in schema.known():
        raise BadBackup(f"It is of schema {wanted.schema}, which this version does not know. Use the newer version.")


def _prove_postgresql(backup: Path, wanted: Manifest, engine: Engine) -> tuple[str, ...]:
    listed = postgres_tools.run("pg_restore", ["--list", str(backup)])
    tables = sum(" TABLE DATA " in line for line in listed.splitlines())
    only = f"pg_restore reads its list, with the rows of {tables} tables."
    if engine.dialect.name != "postgresql":
        return (only, "It was not restored for a trial: LMS_DATABASE_URL does not name a PostgreSQL server.")
    _refuse_newer(wanted)
    try:
        with _scratch(engine) as trial:
            postgres_tools.run("pg_restore", [*RESTORING, postgres_tools.where(trial.url), str(backup)], trial.url)
            with trial.connect() as connection:
                compared = compare(connection, wanted)
            before = ""
            if wanted.schema != schema.newest():
                upgrading.upgrade(trial)
                before = f"The trial was brought from schema {wanted.schema} to the present. "
            record = before + check_record(trial, wanted)
    except MayNotCreate:
        return (only, "It was not restored for a trial: this account may not create databases (CREATEDB).")
    return ("It was restored in a database of its own, which is gone again.", compared, record)


RESTORING = ("--no-owner", "--no-privileges", "--exit-on-error", "--dbname")


class MayNotCreate(Exception):
    """The account may not create databases."""


@contextmanager
def _scratch(engine: Engine) -> Iterator[Engine]:
    """A database of its own beside the one in use, dropped at the end. Raises MayNotCreate."""
    name = f"lms_trial_{token_hex(6)}"
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        except DBAPIError as fault:
            if "permission denied" in str(fault.orig):
                raise MayNotCreate from None
            raise
        trial = create_engine(engine.url.set(database=name))
        try:
            yield trial
        finally:
            trial.dispose()
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _reason(fault: DBAPIError) -> str:
    return str(fault.orig).partition("\n")[0].rstrip(".")
