"""Figures for whoever watches the server, in Prometheus' form: how many of what, never whose."""

import hmac
import os
from collections.abc import Iterator

import structlog
from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from lms.audit.models import AuditChain
from lms.config import LOOPBACK, Settings
from lms.core import clock
from lms.core.db import db
from lms.notifications.models import Gather, OutboxMail, State
from lms.operating import backing_up, queries
from lms.web.access import public

bp = Blueprint("watching", __name__)

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")

log = structlog.get_logger()


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """What is counted, for a holder of the token, or on this machine when there is none; otherwise nothing is here."""
    settings: Settings = current_app.extensions["settings"]
    if not _may_look(settings):
        abort(404)
    return Response(generate_latest(_requests()) + generate_latest(_standing()), content_type=CONTENT_TYPE_LATEST)


def _may_look(settings: Settings) -> bool:
    if settings.metrics_token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.metrics_token.encode())
    through_a_proxy = any(name in request.headers for name in FORWARDED)
    return request.remote_addr in LOOPBACK and not through_a_proxy


def _requests() -> CollectorRegistry:
    """What this process counted, or all processes of this server together where gunicorn says where they write."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class _Standing(Collector):
    """How things stand at this moment, asked of the database: figures that no process keeps."""

    def collect(self) -> Iterator[Metric]:
        """Each figure once; whether the database answers comes first."""
        try:
            found = list(_asked())
        except SQLAlchemyError:
            log.warning("the database did not answer whoever watches")
            db.session.rollback()
            found = []
        yield GaugeMetricFamily("common_ground_database_up", "Whether the database answers", bool(found))
        for name, about, value in found:
            yield GaugeMetricFamily(f"common_ground_{name}", about, value)


def _standing() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Standing())
    return registry


def _asked() -> Iterator[tuple[str, str, float]]:
    numbers = queries.numbers()
    yield "mails_waiting", "Mails that wait to leave, those kept for a digest apart", numbers[State.WAITING.value]
    yield "mails_kept", "Mails kept for a digest", numbers["kept"]
    yield "mails_sending", "Mails that a worker holds", numbers[State.SENDING.value]
    yield "mails_parked", "Mails that wait for an administrator", numbers[State.PARKED.value]
    yield "mails_sent_last_day", "Mails sent within a day", numbers["sent"]
    yield "mail_lag_seconds", "For how long the oldest mail that could leave has waited", _lag()
    yield "workers", "Workers at work", queries.workers_at_work()
    jobs = queries.jobs()
    yield (
        "jobs_failing",
        "Tasks by the clock whose last run failed",
        sum(1 for one in jobs if one.row and one.row.failures),
    )
    pool = db.engine.pool
    if isinstance(pool, QueuePool):
        yield "database_connections_used", "Connections in use in the process that answers", pool.checkedout()
        yield "database_connections_most", "Connections that this process keeps", pool.size()
    for name, number in db.session.execute(select(AuditChain.name, AuditChain.number).order_by(AuditChain.name)):
        yield f"audit_rows_{name}", f"Rows in the record of {name}", number
    settings: Settings = current_app.extensions["settings"]
    made = backing_up.last(settings.data_dir)
    if made:
        yield "backup_age_seconds", "Since the last backup was made", (clock.now() - made[0]).total_seconds()


def _lag() -> float:
    now = clock.now()
    oldest = db.session.scalar(
        select(func.min(OutboxMail.next_try_at)).where(
            OutboxMail.state == State.WAITING.value,
            OutboxMail.gather == Gather.NO.value,
            OutboxMail.next_try_at <= now,
        )
    )
    return (now - oldest).total_seconds() if oldest else 0.0
