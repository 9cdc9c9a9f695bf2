"""Bringing the database to the present schema, and saying whether it is there."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from lms.core.db import Base

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"
POSTGRES_LOCK = 20_091_122
SEARCH_INDEX = "search_entries"
QUEUE = "huey_"


class BrokenReferences(Exception):
    """After a migration, rows point at rows that are not there. The migration was rolled back."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, pointing at this project's migrations."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def newest() -> str | None:
    """The revision the code expects."""
    return ScriptDirectory.from_config(config()).get_current_head()


def known() -> set[str]:
    """The revisions this code can upgrade from, and the newest."""
    return {one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()}


def current(engine: Engine) -> str | None:
    """The revision the database is at; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_modelled(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the models speak of a table. Of the search index they do not: each database has it in its own way, and
    SQLite keeps further tables behind it. Nor of the queue's, where that is in the same database.
    """
    return kind != "table" or not (name or "").startswith((SEARCH_INDEX, QUEUE))


def differences(engine: Engine) -> list[object]:
    """What the database has otherwise than the models say, as alembic puts it."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_modelled})
        return list(compare_metadata(context, Base.metadata))


def upgrade(engine: Engine, to: str = "head", then: Callable[[Connection], None] | None = None) -> None:
    """Migrate under a lock, so that several processes starting at once do it once; what is to be done `then` is done in
    the same transaction. Raises BrokenReferences.

    On SQLite foreign keys are off while tables are rebuilt (with them on, a rebuild empties child tables by
    cascade) and checked after.
    """
    with _one_at_a_time(engine), engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            _check_references(connection, "OFF")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRES_LOCK})
        command.upgrade(config(connection), to)
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                connection.rollback()
                raise BrokenReferences(f"{len(broken)} rows point nowhere, the first in {broken[0][0]}")
        if then:
            then(connection)
        connection.commit()
        if sqlite:
            _check_references(connection, "ON")


def _check_references(connection: Connection, state: str) -> None:
    """Turn SQLite's foreign keys on or off, said to the driver itself: within a transaction, and every statement of
    ours begins one, SQLite does not listen.
    """
    connection.connection.cursor().execute(f"PRAGMA foreign_keys={state}")


def draft(engine: Engine, subject: str) -> str:
    """Write the next numbered migration from the difference between the models and an up-to-date database; returns
    its path.

    A draft: read it, mend it, keep one subject to a file.
    """
    number = f"{len(list((MIGRATIONS / 'versions').glob('[0-9]*.py'))) + 1:04d}"
    with engine.connect() as connection:
        made = command.revision(config(connection), message=subject, rev_id=number, autogenerate=True)
    if made is None or isinstance(made, list):
        raise ValueError("alembic drafted nothing")
    return made.path


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _one_at_a_time(engine: Engine) -> AbstractContextManager[None]:
    place = engine.url.database
    if engine.dialect.name == "sqlite" and place and place != ":memory:":
        return _file_lock(Path(place).with_suffix(".migrating"))
    return nullcontext()
