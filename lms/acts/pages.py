"""One page of a long list by key: where the next one begins, as it stands in an address. Pure.

The key is the moment of the last line that was shown and how many lines of that very moment were. It holds no number of
a line, which would tell how many there are of others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MOST_AT_ONCE = 100_000  # lines of one moment


@dataclass(frozen=True)
class Key:
    """Lines up to this moment, but for the first so many of it."""

    at: datetime
    skip: int = 0

    @property
    def text(self) -> str:
        """As it stands in an address."""
        return f"{(self.at - _BEGIN) // _MICROSECOND}-{self.skip}"


def read(written: str) -> Key | None:
    """What stands in an address; None where it is nothing that was handed out."""
    at, _, skip = written.partition("-")
    if not (written.isascii() and at.isdigit() and skip.isdigit()) or len(written) > 30:
        return None
    try:
        return Key(_BEGIN + int(at) * _MICROSECOND, min(int(skip), MOST_AT_ONCE))
    except OverflowError:
        return None


def after(shown: Sequence[datetime], before: Key | None) -> Key:
    """Where the page after these lines begins, whose own began at `before`."""
    last = shown[-1]
    same = sum(at == last for at in shown)
    return Key(last, same + before.skip if before and before.at == last else same)
