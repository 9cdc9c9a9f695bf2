"""A page or form that takes too long is given up: nothing is changed, and its visitor is told to try again.

No statement begins after that; one that is running has a limit of its own (`lms/core/limits.py`). Tasks of the worker
and commands have neither.
"""

import time
from threading import get_ident

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import Engine, event

from lms.config import Settings
from lms.core.db import db

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
        _limit(db.engine)


def longest_running() -> float:
    """For how many seconds the oldest page has been worked on in this process; 0 when there is none."""
    now = time.monotonic()
    return max((now - since for since in list(_running.values())), default=0.0)


def passed() -> bool:
    """Whether this request's time is over."""
    return has_request_context() and time.monotonic() > g.get("deadline", float("inf"))


def _limit(engine: Engine) -> None:
    def check(*_told: object) -> None:
        if passed():
            raise TookTooLong

    event.listen(engine, "before_cursor_execute", check)
