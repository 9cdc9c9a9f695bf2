"""Run a program of others, a scanner, for so long and no longer; and what the server's log says of that time."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

GRACE = 5.0  # seconds between asking to end and ending
SLOW = 1_000  # milliseconds


def run_for(command: list[str], log: Path, seconds: float, grace: float = GRACE) -> bool:
    """Whether it had to be ended early. Nothing that it started is left, however it ended."""
    with log.open("w") as out:
        program = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        try:
            program.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        finally:
            _end(program, grace)
    return False


def _end(program: "subprocess.Popen[bytes]", grace: float) -> None:
    """End the program and all that it started: they are one group, whose number is the program's."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(program.pid, kind)
        except ProcessLookupError:
            break
        _wait_for_nobody(program, grace)
    program.wait()


def _wait_for_nobody(program: "subprocess.Popen[bytes]", grace: float) -> None:
    until = time.monotonic() + grace
    while time.monotonic() < until:
        program.poll()
        try:
            os.killpg(program.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)


def told_by(server_log: Path) -> str:
    """How many requests the server answered, how many of them with a fault, and which pages took a second."""
    lines = [json.loads(line) for line in server_log.read_text().splitlines() if line.startswith("{")]
    asked = [line for line in lines if line.get("event") == "request"]
    faults = sorted({f"{line['method']} {line['route']} {line['status']}" for line in asked if line["status"] >= 500})
    slow = sorted({f"{line['method']} {line['route']}" for line in asked if line["ms"] > SLOW})
    return f"{len(asked)} requests; 5xx: {', '.join(faults) or 'none'}; over a second: {', '.join(slow) or 'none'}"
