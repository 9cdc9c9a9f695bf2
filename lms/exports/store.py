"""Where the worker's files lie: in a folder of the data folder, readable by the server alone, under random names."""

import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO

from flask import current_app

from lms.config import Settings

UNFINISHED = ".part"
FORGOTTEN = 3600  # seconds after which a file that no row knows is nobody's any more


def folder() -> Path:
    """The folder, made when it is not there."""
    settings: Settings = current_app.extensions["settings"]
    found = settings.data_dir / "exports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def new_name(ending: str) -> str:
    """A name that nobody can guess."""
    return f"{token_hex(16)}.{ending}"


def path(name: str) -> Path:
    """Where the file of this name lies."""
    return folder() / Path(name).name


@contextmanager
def writing(name: str) -> Iterator[IO[bytes]]:
    """Write the file of this name. It appears under it whole, on disk, or not at all."""
    whole = path(name)
    part = whole.with_name(whole.name + UNFINISHED)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
            yield to
            to.flush()
            os.fsync(to.fileno())
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)


def remove(name: str) -> None:
    """Delete the file of this name, and what a killed worker left of it."""
    if name:
        whole = path(name)
        whole.unlink(missing_ok=True)
        whole.with_name(whole.name + UNFINISHED).unlink(missing_ok=True)


def sweep(known: Collection[str]) -> int:
    """Delete what no row knows and nobody has touched for an hour. Returns how many."""
    gone, before = 0, time.time() - FORGOTTEN
    for one in folder().iterdir():
        if one.name.removesuffix(UNFINISHED) not in known and one.stat().st_mtime < before:
            one.unlink(missing_ok=True)
            gone += 1
    return gone
