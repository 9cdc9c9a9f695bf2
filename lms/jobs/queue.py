"""The queue that wakes the worker: a bell, not a book. What is to be done stands in the training database, so a queue
that is lost or away loses nothing; the next minute finds the work.
"""

from collections.abc import Callable
from typing import Any

import structlog
from huey import PostgresHuey, RedisHuey, SqliteHuey

from lms.config import Settings

NAME = "common-ground"
PATIENCE = 3  # seconds that a page waits for a queue elsewhere
MOST_RINGS = 100  # when so many calls wait, nobody is there to hear one more

log = structlog.get_logger()


def queue(settings: Settings) -> Any:
    """The queue of the settings: a SQLite file of its own, so that calls never wait for the training database, or
    PostgreSQL or Redis, which several machines share.
    """
    url = settings.queue_url
    if url.startswith("postgresql://"):
        return PostgresHuey(NAME, dsn=url, create_tables=False, connect_timeout=PATIENCE, utc=True, results=False)
    if url.startswith(("redis://", "rediss://")):
        return RedisHuey(NAME, connection_pool=_pool(url), utc=True, results=False)
    return SqliteHuey(NAME, filename=str(settings.data_dir / "queue.db"), utc=True, results=False)


def _pool(url: str) -> Any:
    from redis import ConnectionPool  # noqa: PLC0415 -- an extra, which most sites do without

    return ConnectionPool.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)


def prepare(huey: Any) -> None:
    """Make the queue's tables where it needs any; before the worker listens."""
    make = getattr(huey.storage, "initialize_schema", None)
    if make is not None:
        make()


def ring(huey: Any, task: Callable[..., object]) -> Callable[..., None]:
    """A call to a worker that can do no harm: when the queue is full or away, the work is found a minute later."""

    def call(*words: object) -> None:
        try:
            if huey.pending_count() < MOST_RINGS:
                task(*words)
        except Exception:  # whatever a queue elsewhere raises; what was saved is saved
            log.exception("the worker could not be called")

    return call
