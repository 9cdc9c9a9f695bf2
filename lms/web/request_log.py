"""One line a request in the log, and its share of the figures at /metrics, without anybody's data.

A line says what kind of page it was (the route's pattern, never the address), not whom it was about or who asked.
"""

import sys
import time
from functools import cache
from typing import Any

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram
from sqlalchemy import event

from lms.config import Settings
from lms.core.db import db

UNKNOWN = "no such address"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS"})
MUTE = frozenset({"health.alive", "health.ready", "watching.metrics"})

ANSWERS = Counter("common_ground_answers", "Answers by kind of page and status", ("method", "route", "status"))
SECONDS = Histogram("common_ground_answer_seconds", "Time to answer, by kind of page", ("route",), buckets=BUCKETS)
QUERIES = Counter("common_ground_queries", "Statements sent to the database, by kind of page", ("route",))
FAULTS = Counter("common_ground_faults", "Answers that were a fault of ours (each has a reference in the log)")

log = structlog.get_logger()


def configure() -> None:
    """Log as JSON lines on standard output, each with its time and level."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


def install(app: Flask, settings: Settings) -> None:
    """Measure every request. Before all else, so that its end is the last thing that happens."""

    @app.before_request
    def begin() -> None:
        g.began, g.queries = time.perf_counter(), 0

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        _count(response.status_code, seconds)
        if settings.log_requests and request.endpoint not in MUTE:
            _write(response.status_code, seconds)
        return response

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _one_more)


def route() -> str:
    """The pattern of the address that was asked for, with the names of its parts in place of them."""
    return request.url_rule.rule if request.url_rule else UNKNOWN


def _method() -> str:
    return request.method if request.method in METHODS else "other"


def _count(status: int, seconds: float) -> None:
    kind = route()
    _answers(_method(), kind, status).inc()
    took, asked = _of_kind(kind)
    took.observe(seconds)
    asked.inc(g.get("queries", 0))
    if "reference" in g:
        FAULTS.inc()


@cache
def _answers(method: str, kind: str, status: int) -> Counter:
    """The counter of these answers: of kinds of pages, methods and statuses there are few, and finding it is dear."""
    return ANSWERS.labels(method, kind, str(status))


@cache
def _of_kind(kind: str) -> tuple[Histogram, Counter]:
    return SECONDS.labels(kind), QUERIES.labels(kind)


def _write(status: int, seconds: float) -> None:
    said: dict[str, Any] = {"reference": g.reference} if "reference" in g else {}
    log.info(
        "request", method=_method(), route=route(), status=status, ms=round(seconds * 1000, 1),
        queries=g.get("queries", 0), **said,
    )  # fmt: skip
    if not sys.stdout.line_buffering:
        sys.stdout.flush()


def _one_more(*_told: object) -> None:
    if g:
        g.queries = g.get("queries", 0) + 1
