"""A zip file that is sent while it is made, so that memory holds one file of it at a time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zipfile import ZipFile, ZipInfo


class _Pipe:
    """What a zip is written into: it can be emptied, and never gone back in."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def write(self, data: bytes) -> int:
        """Take what comes."""
        self.kept += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """What has come since the last time."""
        taken = bytes(self.kept)
        self.kept.clear()
        return taken


def zipped(files: Iterable[tuple[str, bytes]], at: datetime) -> Iterator[bytes]:
    """The files as a zip, piece by piece; `at` is the moment that stands beside each. They are not made smaller: PDFs
    are packed as they are.
    """
    pipe = _Pipe()
    with ZipFile(pipe, "w") as made:  # type: ignore[call-overload] # it needs write and flush and no more
        for name, content in files:
            made.writestr(ZipInfo(name, at.timetuple()[:6]), content)
            yield pipe.take()
    yield pipe.take()
