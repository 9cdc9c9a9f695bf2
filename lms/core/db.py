"""The database: connection settings, transaction modes, and the base of every table.

Two modes exist. A *reading* transaction never writes; a *writing* one takes the write lock with its first
statement (`BEGIN IMMEDIATE` on SQLite), because a transaction that starts by reading and then wants to write fails at
once with "database is locked" when another got there first. The mode is chosen before the first query of a request,
so before the signed-in person is loaded.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from importlib import import_module
from inspect import iscoroutinefunction
from threading import Lock
from typing import Any, ClassVar
from uuid import UUID

from flask import Flask, current_app, has_request_context
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    CompoundSelect,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    MetaData,
    Select,
    Uuid,
    event,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from lms.core import limits as limited
from lms.core import same_file
from lms.core.ids import new_id
from lms.core.limits import Limits

BUSY_SECONDS = 15
GIVE_WAY_SECONDS = 0.15  # longer than SQLite ever waits before it asks for the lock again, which is 0.1 s

db = SQLAlchemy(session_options={"expire_on_commit": False})

_HAS_TURN = "has turn to write"
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class WroteWhileReading(RuntimeError):
    """A page that only reads tried to change the database: a fault of ours, never of the visitor."""


class Moment(TypeDecorator[datetime]):
    """A moment in time: stored in UTC without a zone, always handed out with one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Store as UTC; a moment without a zone is refused, since nobody can know what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Hand out with the zone it was stored in."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The base of every table, with names for constraints so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Moment, UUID: Uuid}


class Row(Base):
    """A table row with an identity of its own."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


def install(app: Flask, url: str, limits: Limits) -> None:
    """Give the application its engine, with the settings that keep saved work safe."""
    # Hidden, because the log of a fault would otherwise hold what somebody typed: a note, a need, a password's hash.
    options: dict[str, Any] = {"url": url, "pool_pre_ping": not url.startswith("sqlite"), "hide_parameters": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": BUSY_SECONDS}
    else:
        options["connect_args"] = _postgres().arguments(limits)
    app.config["SQLALCHEMY_ENGINES"] = {"default": options}
    app.extensions["limits"] = limits
    db.init_app(app)
    # Flask starts an event loop on every request to run an async teardown; nothing here is async, and /healthz took
    # 3.3 ms with it and 0.5 ms without (measured in November 2026 through the test client).
    app.teardown_appcontext_funcs[:] = [end for end in app.teardown_appcontext_funcs if not iscoroutinefunction(end)]
    with app.app_context():
        prepare_engine(db.engine, limits)
        event.listen(db.sessionmaker, "before_flush", _refuse_unmarked_flush)
        event.listen(db.sessionmaker, "do_orm_execute", _refuse_unmarked_statement)


def _postgres() -> Any:
    """What only PostgreSQL needs, whose driver is not installed everywhere."""
    return import_module("lms.core.postgres")


def prepare_engine(engine: Engine, limits: Limits | None = None) -> None:
    """Make SQLite safe and strict on every connection, and PostgreSQL keep to the limits."""
    if engine.dialect.name != "sqlite":
        _postgres().prepare(engine, limits or Limits(lifted=True))
        return
    event.listen(engine, "connect", _sqlite_connected)
    event.listen(engine, "handle_error", _sqlite_failed)
    same_file.watch(engine)
    _let_one_write(engine)


def _sqlite_connected(connection: sqlite3.Connection, _record: object) -> None:
    """Foreign keys on, write-ahead log, and a sync to disk with every commit."""
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    limited.watch(connection)


def _sqlite_failed(context: ExceptionContext) -> None:
    """A connection opened while the file could only be read stays so for ever: it is let go for a new one."""
    if getattr(context.original_exception, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY:
        context.is_disconnect = True


def _let_one_write(engine: Engine) -> None:
    """Begin every transaction in its mode, and let the threads of this process queue for the write lock among
    themselves: SQLite's own waiting asks again after ever longer pauses, and one answer in twenty took 90 ms instead of
    35 (four people at once, November 2026).
    """
    turn = Lock()

    def begin(connection: Connection) -> None:
        if not _writing.get():  # said to the driver itself: it cannot fail, and every page that reads is 2 % quicker
            connection.connection.cursor().execute("BEGIN")
            return
        if not connection.info.get(_HAS_TURN):
            connection.info[_HAS_TURN] = turn.acquire(timeout=BUSY_SECONDS)
            if not connection.info[_HAS_TURN]:
                raise _busy()
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def end(_connection: sqlite3.Connection | None, record: ConnectionPoolEntry) -> None:
        if record.info.pop(_HAS_TURN, False):
            turn.release()

    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", end)


def _busy() -> OperationalError:
    """What SQLite would say after waiting as long again."""
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("BEGIN IMMEDIATE", None, busy)


def _refuse_unmarked_flush(session: Session, _context: object, _instances: object) -> None:
    if not _writing.get() and (session.new or session.deleted or any(map(session.is_modified, session.dirty))):
        raise WroteWhileReading("a reading transaction tried to save something")


def _refuse_unmarked_statement(state: ORMExecuteState) -> None:
    if not _writing.get() and (state.is_insert or state.is_update or state.is_delete):
        raise WroteWhileReading("a reading transaction tried to change rows")


def choose_mode(*, writing: bool) -> None:
    """Say what the next transaction of this thread is for. Called before the first query of a request."""
    _writing.set(writing)


def is_writing() -> bool:
    """Whether the present transaction may write."""
    return _writing.get()


def ask(statement: Select[Any] | CompoundSelect[Any], values: Mapping[str, Any]) -> CursorResult[Any]:
    """Ask what was built once, on plain tables, in the transaction of this request: straight on its connection, past
    what a session does for objects, which took 2 % of a page. What was added or changed before is sent first, as a
    session does.
    """
    if not isinstance(statement, Select | CompoundSelect):
        raise TypeError("only a select asks; what changes rows goes through the session, which watches it")
    if _writing.get():
        db.session.flush()
    return db.session.connection().execute(statement, values)


def start_writing() -> None:
    """End what was read so far and begin a writing transaction: for views that do slow work first, such as checking
    a password.
    """
    db.session.rollback()
    choose_mode(writing=True)
    if has_request_context():
        current_app.extensions["begins_to_write"]()


@contextmanager
def writing() -> Iterator[Session]:
    """A writing transaction for commands and the worker: commits at the end, rolls back on any error."""
    token = _writing.set(True)
    try:
        yield db.session
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.reset(token)


def give_way() -> None:
    """Between two portions of long work: let others have SQLite's write lock. Whoever waits for it asks again every
    tenth of a second, and would wait until it gives up were the lock taken up again at once.
    """
    if db.engine.dialect.name == "sqlite":
        time.sleep(GIVE_WAY_SECONDS)


@contextmanager
def separate() -> Iterator[Session]:
    """A short writing transaction of its own, which outlives a refusal or a page that only reads.

    For four uses only: sign-in throttling, audit of refused access, the log of who viewed whom and who took which file
    along (which closes one whose owner no longer sees what is in it), and how far the worker is with a file. Raises
    RuntimeError inside a transaction that may write: on SQLite the two would wait for each other.
    """
    if _writing.get() and db.session.in_transaction():
        raise RuntimeError("a separate transaction cannot begin while another one holds the write lock")
    token = _writing.set(True)
    session = db.sessionmaker()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
        _writing.reset(token)
