"""The queue that wakes the worker: a bell, not a book. What is to be done stands in the training database, so a queue
that is lost or away loses nothing; the next minute finds the work.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

import structlog
from huey import PostgresHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from lms.config import Settings

NAME = "common-ground"
PATIENCE = 2  # seconds that a page waits for a queue elsewhere; a worker listens for one second at a time
MOST_RINGS = 100  # when so many calls wait, nobody is there to hear one more
REST_SECONDS = 3.0  # after a fault of the queue, pages leave it alone for so long
REDIS = "Redis"
AWAY = frozenset({"ConnectionError", "TimeoutError", "BusyLoadingError", "OperationalError"})

log = structlog.get_logger()


def queue(settings: Settings) -> Any:
    """The queue of the settings: a SQLite file of its own, so that calls never wait for the training database, or
    PostgreSQL or Redis, which several machines share. Calls are pickles, so each is signed with the site's key: whoever
    else can write into the queue has no call of theirs opened.
    """
    url = settings.queue_url
    signed = SignedSerializer(secret=settings.secret_key, salt=NAME)
    common: dict[str, Any] = {"utc": True, "results": False, "serializer": signed}
    if url.startswith("postgresql://"):
        return PostgresHuey(NAME, dsn=url, create_tables=False, connect_timeout=PATIENCE, **common)
    if url.startswith(("redis://", "rediss://")):
        return RedisHuey(NAME, connection_pool=_pool(url), **common)
    return SqliteHuey(NAME, filename=str(settings.data_dir / "queue.db"), **common)


def kind(settings: Settings) -> str:
    """What the queue of the settings is, in a word or two."""
    if settings.queue_url.startswith("postgresql://"):
        return "PostgreSQL"
    return REDIS if settings.queue_url.startswith(("redis://", "rediss://")) else "The file of the queue"


def _pool(url: str) -> Any:
    """Connections to Redis that try once, whatever its library does by itself: a person who has just saved waits."""
    from redis import ConnectionPool  # noqa: PLC0415 -- an extra, which most sites do without
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    once = Retry(NoBackoff(), 0)
    return ConnectionPool.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=once)


def prepare(huey: Any) -> None:
    """Make the queue's tables where it needs any; before the worker listens."""
    make = getattr(huey.storage, "initialize_schema", None)
    if make is not None:
        make()
    for part in ("Worker", "Scheduler"):
        logging.getLogger(f"huey.consumer.{part}").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """A worker that finds the queue away says so once (see `ticking`), and not with five traces a second."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or kind.__name__ not in AWAY


def answers(huey: Any) -> bool:
    """Whether the queue can be reached."""
    try:
        huey.pending_count()
    except Exception:  # whatever a queue elsewhere raises
        return False
    return True


def ring(huey: Any, task: Callable[..., object]) -> Callable[..., None]:
    """A call to a worker that can do no harm: when the queue is full or away, the work is found a minute later."""
    rests_until = 0.0

    def call(*words: object) -> None:
        nonlocal rests_until
        if time.monotonic() < rests_until:
            return
        try:
            if huey.pending_count() < MOST_RINGS:
                task(*words)
        except Exception as fault:  # whatever a queue elsewhere raises; what was saved is saved
            rests_until = time.monotonic() + REST_SECONDS
            log.warning("the worker could not be called; the next minute finds the work", fault=type(fault).__name__)

    return call
