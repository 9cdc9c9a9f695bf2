"""A page or form that takes too long is given up: nothing is changed, and its visitor is told to try again.

The database is asked to stop too, since most of what takes long is a statement: PostgreSQL by its own limit, SQLite by
a look at the clock every so many steps. Tasks of the worker and commands have no such limit.
"""

import time
from threading import get_ident
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import Engine, event

from lms.config import Settings
from lms.core.db import db

STEPS = 20_000  # of SQLite's machine, between two looks at the clock: about a millisecond
UNLIMITED = frozenset({"health.alive"})

_running: dict[int, float] = {}  # by thread: since when it has been working on a page


class TookTooLong(Exception):
    """The time for this request is over."""


def install(app: Flask, settings: Settings) -> None:
    """Give every request its time."""

    @app.before_request
    def working() -> None:
        _running[get_ident()] = time.monotonic()

    @app.after_request
    def answered(response: Response) -> Response:
        _running.pop(get_ident(), None)
        return response

    @app.teardown_request
    def ended(_error: BaseException | None) -> None:
        _running.pop(get_ident(), None)

    if not settings.request_seconds:
        return

    @app.before_request
    def begin() -> None:
        if request.endpoint not in UNLIMITED:
            g.deadline = time.monotonic() + settings.request_seconds

    @app.after_request
    def end(response: Response) -> Response:
        g.pop("deadline", None)  # what is sent in pieces takes as long as the visitor's line needs
        return response

    with app.app_context():
        _limit(db.engine, settings.request_seconds)


def longest_running() -> float:
    """For how many seconds the oldest page has been worked on in this process; 0 when there is none."""
    now = time.monotonic()
    return max((now - since for since in list(_running.values())), default=0.0)


def passed() -> bool:
    """Whether this request's time is over."""
    return has_request_context() and time.monotonic() > g.get("deadline", float("inf"))


def _limit(engine: Engine, seconds: int) -> None:
    def check(*_told: object) -> None:
        if passed():
            raise TookTooLong

    def connected(connection: Any, _record: object) -> None:
        if engine.dialect.name == "sqlite":
            connection.set_progress_handler(passed, STEPS)
        elif has_request_context():
            connection.execute(f"SET statement_timeout = {seconds * 1000}")
            connection.commit()

    event.listen(engine, "before_cursor_execute", check)
    event.listen(engine, "connect", connected)
