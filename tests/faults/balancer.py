"""A proxy in front of several web machines, as docs/operating.md wants one: each request goes to the next machine, one
that does not listen is passed over, and the address of whoever asks is passed on.
"""

import socket
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import count

LONGEST_HEAD = 65_536
LONGEST_ANSWER = 60
BROKEN = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Balancer:
    """One request to a connection. `at_work` says how many are being answered by each machine, `asked` how many each
    was given, `broken` how many of them ended without an answer.
    """

    def __init__(self, port: int, machines: Sequence[int]) -> None:
        self.port, self.machines = port, list(machines)
        self.at_work: Counter[int] = Counter()
        self.asked: Counter[int] = Counter()
        self.broken: Counter[int] = Counter()
        self._turns = count()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, end = self._listener.accept()
                threading.Thread(target=self._forward, args=(near, end[0]), daemon=True).start()

    def _forward(self, near: socket.socket, end: str) -> None:
        with suppress(OSError), near:
            near.settimeout(LONGEST_ANSWER)
            head, body = self._request(near, end)
            if not head:
                return
            far, machine = self._next()
            if far is None:
                near.sendall(BROKEN)
                return
            with far:
                answered = self._carry(far, machine, head + body, near)
            if not answered:
                near.sendall(BROKEN)

    def _request(self, near: socket.socket, end: str) -> tuple[bytes, bytes]:
        got = b""
        while b"\r\n\r\n" not in got and len(got) < LONGEST_HEAD:
            if not (more := near.recv(LONGEST_HEAD)):
                return b"", b""
            got += more
        head, _, body = got.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"x-forwarded"))]
        length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            if not (more := near.recv(LONGEST_HEAD)):
                return b"", b""
            body += more
        lines += [f"X-Forwarded-For: {end}".encode(), b"Connection: close"]
        return b"\r\n".join(lines) + b"\r\n\r\n", body

    def _next(self) -> tuple[socket.socket | None, int]:
        """A line to the next machine that listens."""
        for _ in self.machines:
            with self._lock:
                machine = self.machines[next(self._turns) % len(self.machines)]
            try:
                far = socket.create_connection(("127.0.0.1", machine), timeout=LONGEST_ANSWER)
            except OSError:
                continue
            with self._lock:
                self.at_work[machine] += 1
                self.asked[machine] += 1
            return far, machine
        return None, 0

    def _carry(self, far: socket.socket, machine: int, request: bytes, near: socket.socket) -> bool:
        """Send the request and the answer on; says whether anything came back."""
        answered = False
        try:
            far.sendall(request)
            while data := far.recv(LONGEST_HEAD):
                near.sendall(data)
                answered = True
        except OSError:
            pass
        finally:
            with self._lock:
                self.at_work[machine] -= 1
                self.broken[machine] += not answered
        return answered

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
