"""PostgreSQL's connections: limits for what one may take, and no waiting for ever for one that was cut off."""

from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from sqlalchemy import Engine, ExceptionContext, event

from lms.core.limits import Limits

PING_SECONDS = 3.0
GRACE = 5.0  # seconds after the server should have stopped a statement by itself
LONGEST_COMMAND = 3600.0
Value = TypeVar("Value")


def arguments(limits: Limits) -> dict[str, Any]:
    """What to connect with: how long to try, and how soon to notice that the other end is gone."""
    return {
        "connect_timeout": limits.connect,
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    }


class Patient(psycopg.Connection[Any]):
    """A connection that gives up when the other end stays silent: a line that was cut off says nothing, for hours."""

    longest: float = LONGEST_COMMAND

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        """Wait for an answer, and close the connection when it takes too long. Raises OperationalError."""
        try:
            return super().wait(gen, interval, self.longest if timeout is None else timeout)
        except errors._WaitTimeout:  # noqa: SLF001 -- there is no public name
            if timeout is not None:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError("the database does not answer") from None


def prepare(engine: Engine, limits: Limits) -> None:
    """Let every connection of this engine keep to the limits."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, words: list[Any], given: dict[str, Any]) -> Patient:
        made = Patient.connect(*words, **given)
        made.longest = LONGEST_COMMAND if limits.lifted else limits.statement + GRACE
        return made

    @event.listens_for(engine, "connect")
    def connected(connection: Patient, _record: object) -> None:
        statement, lock, idle = (0, 0, 0) if limits.lifted else (limits.statement, limits.lock, limits.idle)
        connection.execute(
            f"SET statement_timeout = '{statement}s'; SET lock_timeout = '{lock}s';"
            f"SET idle_in_transaction_session_timeout = '{idle}s'"
        )
        connection.commit()

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, errors.ReadOnlySqlTransaction):
            context.is_disconnect = True  # it was told so when it was opened, and may no longer be so for a new one

    engine.dialect.do_ping = _quick(engine.dialect.do_ping)  # type: ignore[method-assign, assignment]


def _quick(ping: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def asked(connection: Any) -> bool:
        longest, connection.longest = connection.longest, PING_SECONDS
        try:
            return ping(connection)
        finally:
            connection.longest = longest

    return asked
