"""A Redis of the tests' own, in a folder of its own, which they may kill, stop for a while and start again."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.needs import needs_program
from tests.support.server import free_port

SOON = 20


class Redis:
    """Keeps nothing on disk: the queue is a bell and no book."""

    def __init__(self) -> None:
        self._program = needs_program("redis-server")
        self._folder = Path(tempfile.mkdtemp(prefix="lms-redis-"))
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        line = [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        line += ["--save", "", "--appendonly", "no"]
        self._running = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + SOON
        while not self.answers():
            assert time.monotonic() < until, "Redis did not start"
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def kill(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.wait(SOON)
            self._running = None

    def hang(self) -> None:
        """Stay there, with every connection, and answer nobody."""
        assert self._running
        self._running.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._running
        self._running.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def redis_running() -> Iterator[Redis]:
    """A Redis that answers; it ends with the block, whatever was done to it."""
    made = Redis()
    try:
        made.start()
        yield made
    finally:
        made.remove()
