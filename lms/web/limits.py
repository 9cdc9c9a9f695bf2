"""How often one person, or one remote end, may ask: enough for anybody at work, too little for a program gone wild.

Counts are kept for a minute, in this process, or in Redis where the queue is there and several processes share it.
When Redis is away nobody is kept out: a limit guards the service and must not be what stops it.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from lms.config import Settings
from lms.web.access import actor_or_none

TOO_MANY = 429
UNCOUNTED = frozenset({"health.alive", "health.ready", "watching.metrics"})
REST_SECONDS = 30.0  # after a fault of the store, it is left alone for so long

View = TypeVar("View", bound=Callable[..., Any])
log = structlog.get_logger()


def costly(kind: str) -> Callable[[View], View]:
    """This view is dear to answer (a file, a search, a plan), so each person may ask for fewer of its kind."""

    def mark(view: View) -> View:
        view.costly = kind  # type: ignore[attr-defined]
        return view

    return mark


class Counts:
    """Who asked how often in this minute."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = FixedWindowRateLimiter(_store(settings.queue_url))
        self._rests_until = 0.0

    def forget(self) -> None:
        """Begin from nothing."""
        self._limiter.storage.reset()

    def wait(self, most: int, *name: str) -> int:
        """Count one more under this name; returns how many seconds to wait, 0 when there is no need to."""
        if not most or time.monotonic() < self._rests_until:
            return 0
        limit = RateLimitItemPerMinute(most)
        try:
            if self._limiter.hit(limit, *name):
                return 0
            return max(1, int(self._limiter.get_window_stats(limit, *name).reset_time - time.time()) + 1)
        except Exception:  # whatever a store elsewhere raises
            self._rests_until = time.monotonic() + REST_SECONDS
            log.warning("nothing is counted for a while, because the store of counts is away")
            return 0


def _store(queue_url: str) -> Any:
    if urlsplit(queue_url).scheme in ("redis", "rediss"):
        return storage_from_string(queue_url, socket_connect_timeout=1, socket_timeout=1)
    return storage_from_string("memory://")


def install(app: Flask, settings: Settings) -> None:
    """Refuse what comes too often with 429, before the view runs. After `access.install`, which finds the person."""
    if not (settings.limit_person or settings.limit_address or settings.limit_costly):
        return
    counts = app.extensions["counts"] = Counts(settings)

    @app.before_request
    def count() -> ResponseReturnValue | None:
        if request.endpoint in UNCOUNTED:
            return None
        end, actor = request.remote_addr or "unknown", actor_or_none()
        who = f"person {actor.id}" if actor else f"end {end}"
        kind = getattr(current_app.view_functions.get(request.endpoint or ""), "costly", "")
        wait = max(
            counts.wait(settings.limit_address, "end", end),
            counts.wait(settings.limit_person, "all", who) if actor else 0,
            counts.wait(settings.limit_costly, kind, who) if kind else 0,
        )
        return _later(wait) if wait else None


def _later(seconds: int) -> Response:
    response = make_response(render_template("later.html", seconds=seconds), TOO_MANY)
    response.headers["Retry-After"] = str(seconds)
    return response
