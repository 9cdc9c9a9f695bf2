"""SQLite: what is saved goes into the file that has the database's name, or nothing is saved.

A file that is deleted or moved while the server runs stays open in it, and everything saved from then on would be told
saved and be gone with the process.
"""

import os
import sqlite3
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

_FILE = "file behind the connection"
NOWHERE = ("", ":memory:")


def watch(engine: Engine) -> None:
    """Hand out no connection to a file that is not there any more, and make no empty one in its place."""
    name = engine.url.database or ""
    if name in NOWHERE or name.startswith("file:"):
        return
    known = [True] if os.path.exists(name) else []  # a server's other processes made it before, or the upgrade did

    def connecting(_dialect: Dialect, _record: object, _args: Any, _kwargs: Any) -> None:
        if known and not os.path.exists(name):
            raise _gone()

    def connected(_connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info[_FILE] = _identity(name)
        known.append(True)

    def handed_out(_connection: sqlite3.Connection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info.get(_FILE) != _identity(name):
            raise DisconnectionError

    event.listen(engine, "do_connect", connecting)
    event.listen(engine, "connect", connected)
    event.listen(engine, "checkout", handed_out)


def _gone() -> sqlite3.OperationalError:
    """What SQLite itself says of a file that it may not make."""
    gone = sqlite3.OperationalError("unable to open database file")
    gone.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
    return gone


def _identity(name: str) -> tuple[int, int] | None:
    try:
        found = os.stat(name)
    except OSError:
        return None
    return found.st_dev, found.st_ino
