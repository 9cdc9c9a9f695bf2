"""The load: a few people at once on open connections, who check that each answer is the page they asked for."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse

LONGEST_ANSWER = 30


class WrongAnswer(Exception):
    """An answer was not what was asked for, so its speed means nothing."""


@dataclass(frozen=True)
class Call:
    """One request, and how its answer is known: the status, and words of the body (or of the address it leads to)."""

    path: str
    cookie: str
    marker: str
    method: str = "GET"
    body: str = ""
    status: int = 200

    @property
    def headers(self) -> dict[str, str]:
        """Headers as a browser sends them, as far as they matter here."""
        form = {"Content-Type": "application/x-www-form-urlencoded"} if self.method == "POST" else {}
        return {"Cookie": self.cookie, "User-Agent": "Bench", **form}

    def check(self, status: int, location: str, body: bytes) -> None:
        """Raise WrongAnswer unless this is the answer that was asked for."""
        where = location.encode() if 300 <= status < 400 else body
        if status != self.status or self.marker.encode() not in where:
            wanted = f"{self.status} with “{self.marker}”"
            raise WrongAnswer(f"{self.method} {self.path} gave {status} {location or body[:300]!r} and not {wanted}")


@dataclass
class Measured:
    """What one run came to: seconds it took, seconds each answer took, and the part of a core the load itself used."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    own_share: float = 0.0

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, percent: int) -> float:
        """Milliseconds within which this part of the answers came."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


class Load:
    """Several people working at once, one thread and one connection each; `calls` has what each of them asks for."""

    def __init__(self, port: int, calls: Sequence[Iterator[Call]], seconds: float, rate: float | None = None) -> None:
        self._port = port
        self._calls = calls
        self._seconds = seconds
        self._gap = len(calls) / rate if rate else 0.0
        self._stop = threading.Event()
        self._failures: list[BaseException] = []
        self._measured = Measured()

    def run(self) -> Measured:
        """Ask until the time is over or one of them has nothing more to ask. Raises WrongAnswer.

        With a rate, requests start by the clock whether or not earlier ones were slow, and the time an answer takes
        counts from the moment it was due: a server that falls behind cannot hide it.
        """
        began, used = time.perf_counter(), time.process_time()
        workers = [threading.Thread(target=self._work, args=(n, began)) for n in range(len(self._calls))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self._measured.seconds = time.perf_counter() - began
        self._measured.own_share = (time.process_time() - used) / self._measured.seconds
        if self._failures:
            raise self._failures[0]
        return self._measured

    def _work(self, number: int, began: float) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=LONGEST_ANSWER)
        due = began + self._gap * number / len(self._calls)
        try:
            while not self._stop.is_set() and time.perf_counter() - began < self._seconds:
                call = next(self._calls[number], None)  # taken only when it is sent: answers must come in order
                if call is None:
                    break
                started = self._wait(due)
                answered(connection, call)
                self._measured.latencies.append(time.perf_counter() - started)
                due += self._gap
        except BaseException as failure:  # handed to the thread that waits
            self._failures.append(failure)
        finally:
            self._stop.set()
            connection.close()

    def _wait(self, due: float) -> float:
        """Wait until the request is due; returns the moment it counts from."""
        if not self._gap:
            return time.perf_counter()
        time.sleep(max(0.0, due - time.perf_counter()))
        return due


def answered(connection: HTTPConnection, call: Call) -> bytes:
    """Send one request and read its answer. Raises WrongAnswer."""
    connection.request(call.method, call.path, call.body or None, call.headers)
    response: HTTPResponse = connection.getresponse()
    body = response.read()
    call.check(response.status, response.getheader("Location") or "", body)
    return body
