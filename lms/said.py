"""Reading what the text of a setting says. Each raises ValueError with what it must be."""

from collections.abc import Callable
from datetime import time
from pathlib import Path


def whole(text: str) -> int:
    """A whole number."""
    if not text.isdecimal():
        raise ValueError("must be a whole number")
    return int(text)


def up_to(most: int) -> Callable[[str], int]:
    """A whole number from 1 to the most."""

    def read(text: str) -> int:
        if not 1 <= whole(text) <= most:
            raise ValueError(f"must be from 1 to {most}")
        return int(text)

    return read


def yes_no(text: str) -> bool:
    """Yes or no."""
    if text not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text == "yes"


def mail_address(text: str) -> str:
    """A mail address, or nothing."""
    if text and (text.count("@") != 1 or text != "".join(text.split()) or text.startswith("@") or text.endswith("@")):
        raise ValueError("must be an e-mail address")
    return text


def hours(text: str) -> tuple[time, time] | None:
    """Two times of day, as in 19:00-08:00; none means no such hours."""
    if text == "none":
        return None
    try:
        begins, ends = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ValueError("must be two times such as 19:00-08:00, or none") from None
    return begins, ends


def folder(text: str) -> Path | None:
    """A file or a folder, or none."""
    return Path(text) if text else None


def folders(text: str) -> tuple[Path, ...]:
    """Folders, parted by colons."""
    return tuple(Path(part) for part in text.split(":") if part)
