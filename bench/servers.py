"""Starting and ending the two servers of the bench: one gunicorn process each, on a free port, held to one core."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.load import Call, answered

PROJECT = Path(__file__).resolve().parent.parent
LONGEST_START = 180
LONGEST_STOP = 30
BETWEEN_TRIES = 0.01


@dataclass(frozen=True)
class Program:
    """What a server runs, and the settings it finds in its environment."""

    name: str
    application: str
    environment: Mapping[str, str]
    first_page: Call


@dataclass(frozen=True)
class Server:
    """A server that answers. `start` is the seconds from its start to its first page."""

    program: Program
    port: int
    pid: int
    start: float

    @property
    def cpu(self) -> float:
        """Seconds of processor time its processes have used so far; 0 where the system does not tell."""
        return cpu(self.pids)

    @property
    def pids(self) -> list[int]:
        """The process that holds the port, then the one that answers."""
        return processes(self.pid)

    @property
    def memory(self) -> tuple[float, float]:
        """Megabytes (proportional share) of the process that answers, and of both; zeros where the system does not
        tell.
        """
        sizes = [_proportional(pid) for pid in self.pids]
        return sizes[-1], sum(sizes)


def processes(pid: int) -> list[int]:
    """A process and those it started; itself alone where the system does not tell."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *(map(int, children.read_text().split()) if children.exists() else ())]


def cpu(pids: Sequence[int]) -> float:
    """Seconds of processor time that processes have used so far; 0 where the system does not tell."""
    ticks = 0
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists():
            ticks += sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _proportional(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    if not rollup.exists():
        return 0.0
    line = next(line for line in rollup.read_text().splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024


def cores() -> tuple[int, int] | None:
    """A core for the servers and one for the load; None where they cannot be told apart."""
    if not hasattr(os, "sched_getaffinity") or shutil.which("taskset") is None:
        return None
    found = sorted(os.sched_getaffinity(0))
    return (found[0], found[1]) if len(found) > 1 else None


@contextmanager
def serving(program: Program, core: int | None, log: Path) -> Iterator[Server]:
    """Start a server, wait for its first page, and end it by its process id."""
    port = free_port()
    held = ["taskset", "--cpu-list", str(core)] if core is not None else []
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "bench/gunicorn_settings.py", program.application]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    environment |= {**program.environment, "BENCH_PORT": str(port)}
    began = time.perf_counter()
    with started([*held, *gunicorn], environment, port, program.first_page, log) as pid:
        yield Server(program, port, pid, time.perf_counter() - began)


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str], port: int, first_page: Call, log: Path
) -> Iterator[int]:
    """Start any server, wait for its first page, hand out its process id, and end it by that."""
    with log.open("a") as out:
        process = subprocess.Popen(  # noqa: S603 -- our own command
            command, cwd=PROJECT, env=environment, stdout=out, stderr=out
        )
        try:
            _wait(process, port, first_page, log)
            yield process.pid
        finally:
            process.terminate()
            process.wait(LONGEST_STOP)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int, first_page: Call, log: Path) -> None:
    until = time.perf_counter() + LONGEST_START
    while time.perf_counter() < until and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST_START)
        try:
            answered(connection, first_page)
        except (OSError, HTTPException):
            time.sleep(BETWEEN_TRIES)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")
