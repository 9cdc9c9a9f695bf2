"""Whether a password stands on a list of leaked ones that whoever runs the server keeps beside it.

Two shapes of the list “Pwned Passwords” are read, both of SHA-1 hashes: one file, a hash and a count a line, ordered by
hash; or a folder of the ranges, a file for each five letters that a hash begins with. A file is searched by halves, so
one of 40 gigabytes costs some forty short reads. Nobody is asked over the network.
"""

import re
from collections.abc import Iterator
from hashlib import sha1
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

import structlog
from flask import Flask, current_app

from lms.config import BadSetting, Settings
from lms.operating.doctor import How

WHOLE, RANGE = 40, 5
LONGEST_LINE = 80
LINE = re.compile(rb"[0-9A-F]{40}(:\d+)?")
SUFFIX = re.compile(rb"[0-9A-F]{35}(:\d+)?")
LOOKED_AT = 200  # places in a file at which its order is checked
SETTING = "LMS_BREACHED_PASSWORDS"

log = structlog.get_logger()


class BadList(Exception):
    """The list cannot be read; the sentence says why."""


def install(app: Flask, settings: Settings) -> None:
    """Refuse to start with a list that cannot be used, and have the doctor look at it. Raises BadSetting."""
    try:
        check(settings.breached_passwords)
    except BadList as bad:
        raise BadSetting(f"{SETTING} names {settings.breached_passwords}, and {bad}") from None
    app.extensions.setdefault("examined", {})["passwords"] = _examine


def is_listed(password: str) -> bool:
    """Whether the password leaked. Where the list is away, nobody is kept from setting a password: the doctor and the
    log tell.
    """
    settings: Settings = current_app.extensions["settings"]
    if settings.breached_passwords is None:
        return False
    try:
        return holds(settings.breached_passwords, password)
    except (OSError, BadList) as fault:
        log.warning("the list of leaked passwords cannot be read", fault=type(fault).__name__)
        return False


def holds(path: Path, password: str) -> bool:
    """Whether the list holds the password. Raises OSError or BadList."""
    wanted = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    if path.is_dir():
        rest = wanted[RANGE:]
        with _range(path, wanted[:RANGE].decode()).open("rb") as opened:
            return any(line[: len(rest)].upper() == rest for line in opened)
    with path.open("rb") as opened:
        return _found(opened, wanted)


def _range(folder: Path, start: str) -> Path:
    with_end = folder / f"{start}.txt"
    return with_end if with_end.exists() else folder / start


def _found(opened: BinaryIO, wanted: bytes) -> bool:
    """Search by halves: the line wanted begins at `low` or later, and before `high`."""
    low, high = 0, opened.seek(0, SEEK_END)
    while low < high:
        middle = (low + high) // 2
        start, line = _line_at(opened, middle)
        if start >= high or not line:
            high = middle
        elif line[:WHOLE] == wanted:
            return True
        elif line[:WHOLE] < wanted:
            low = start + len(line)
        else:
            high = middle
    return False


def _line_at(opened: BinaryIO, place: int) -> tuple[int, bytes]:
    """The first line that begins at this place or behind it, and where it begins."""
    opened.seek(max(0, place - 1))
    if place:
        opened.readline(LONGEST_LINE)
    start = opened.tell()
    return start, opened.readline(LONGEST_LINE).upper()


def check(path: Path | None) -> None:
    """Look whether there is a list that can be used, at some hundred places of it. Raises BadList."""
    if path is None:
        return
    try:
        _check_folder(path) if path.is_dir() else _check_file(path)
    except OSError as fault:
        raise BadList(f"it cannot be read: {fault.strerror}.") from None


def _check_file(path: Path) -> None:
    with path.open("rb") as opened:
        size, before = opened.seek(0, SEEK_END), b""
        if not size:
            raise BadList("it is empty.")
        for part in range(LOOKED_AT):
            _, line = _line_at(opened, size * part // LOOKED_AT)
            if not line:
                continue
            if not LINE.fullmatch(line.strip()):
                raise BadList("a line of it is no SHA-1 hash of 40 letters with a count behind a colon.")
            if line[:WHOLE] < before:
                raise BadList("it is not ordered by hash. Take the file that is, or sort it: LC_ALL=C sort")
            before = line[:WHOLE]


def _check_folder(folder: Path) -> None:
    for start in ("00000", "7FFFF", "FFFFF"):
        one = _range(folder, start)
        if not one.exists():
            raise BadList(f"the folder has no file {start}.txt: the ranges are not all there.")
        with one.open("rb") as opened:
            if not SUFFIX.fullmatch(opened.readline(LONGEST_LINE).upper().strip()):
                raise BadList(f"{one.name} holds no ranges of SHA-1 hashes: 35 letters with a count behind a colon.")


def _examine(settings: Settings) -> Iterator[tuple[How, str]]:
    path = settings.breached_passwords
    if path is None:
        yield How.LOOK, f"There is no list: {SETTING} is not set. Passwords are compared with 30,000 frequent ones."
        return
    try:
        check(path)
    except BadList as bad:
        yield How.WRONG, f"{path} is no list that can be used: {bad}"
        return
    yield How.OK, f"The list is at {path}."
