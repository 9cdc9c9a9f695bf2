"""A page or form that takes too long is given up: nothing is changed, and its visitor is told to try again.

No statement begins after that; one that is running has a limit of its own (`lms/core/limits.py`). Tasks of the worker
and commands have neither.
"""

import time

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import Engine, event

from lms.config import Settings
from lms.core.db import db

UNLIMITED = frozenset({"health.alive"})


class TookTooLong(Exception):
    """The time for this request is over."""


def install(app: Flask, settings: Settings) -> None:
    """Give every request its time."""
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


def passed() -> bool:
    """Whether this request's time is over."""
    return has_request_context() and time.monotonic() > g.get("deadline", float("inf"))


def _limit(engine: Engine) -> None:
    def check(*_told: object) -> None:
        if passed():
            raise TookTooLong

    event.listen(engine, "before_cursor_execute", check)
