"""Knowing on this machine whether a server or a worker runs on a data folder: each holds its lock file while it lives.

The lock goes with the process, however it ends. Processes on other machines are not seen by it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

FILE = "running.lock"

_held: list[IO[str]] = []


class SomebodyRuns(Exception):
    """A server or a worker runs on this data folder."""


class BeingRestored(Exception):
    """A backup is just being restored on this data folder."""


def hold(folder: Path) -> None:
    """Be known as running until this process and those it forks have ended. Raises BeingRestored."""
    opened = (folder / FILE).open("a")
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        opened.close()
        raise BeingRestored from None
    _held.append(opened)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep everybody from starting meanwhile. Raises SomebodyRuns."""
    with (folder / FILE).open("a") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SomebodyRuns from None
        yield
