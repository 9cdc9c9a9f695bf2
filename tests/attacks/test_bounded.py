"""A scanner takes no longer than it was given, and leaves nothing behind that runs (docs/attacks.md)."""

import json
import os
import sys
import time
from argparse import Namespace
from pathlib import Path

import pytest

from tests.attacks import scan
from tests.attacks.bounded import run_for, told_by

# It starts another, and neither listens when asked to end.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) == 2:
    subprocess.Popen([sys.executable, __file__, sys.argv[1], "child"])
open(f"{sys.argv[1]}/{len(sys.argv)}", "w").write(str(os.getpid()))
time.sleep(60)
"""


def test_one_that_goes_on_is_ended_with_all_that_it_started(tmp_path):
    program = tmp_path / "stubborn.py"
    program.write_text(STUBBORN)
    assert run_for([sys.executable, str(program), str(tmp_path)], tmp_path / "log", seconds=2, grace=0.2)
    numbers = [int((tmp_path / name).read_text()) for name in ("2", "3")]
    until = time.monotonic() + 10
    while any(map(_runs, numbers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(_runs, numbers))


def test_one_that_ends_by_itself_is_not_called_ended_early(tmp_path):
    log = tmp_path / "log"
    assert not run_for([sys.executable, "-c", "print('12 generated, 12 passed')"], log, seconds=60)
    assert "12 generated" in log.read_text()


def test_both_scanners_are_told_how_long_they_have(tmp_path, monkeypatch):
    monkeypatch.setattr(scan.Walk, "go", lambda self: None)
    given = Namespace(minutes=7.0, outside="http://127.0.0.1:1/", phases="fuzzing", examples=2)
    told = scan.schemathesis("it", "http://127.0.0.1:2", "", tmp_path, "nobody", given)
    assert told[told.index("--max-time") + 1] == "420"
    told = scan.wapiti("it", "http://127.0.0.1:2", "", tmp_path, "nobody", given)
    walk, module = (int(told[told.index(name) + 1]) for name in ("--max-scan-time", "--max-attack-time"))
    assert (walk, module) == (105, 15)
    assert walk + module * len(scan.MODULES.split(",")) <= 420


@pytest.mark.parametrize("wrong", ["0", "-1", "nan", "soon"])
def test_a_time_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match=wrong):
        scan._minutes(wrong)


def test_the_servers_log_tells_faults_and_slow_pages(tmp_path):
    log = tmp_path / "server.log"
    line = {"event": "request", "method": "GET", "route": "/help", "status": 200, "ms": 3.5}
    log.write_text("it starts\n" + json.dumps(line) + "\n")
    assert told_by(log) == "1 requests; 5xx: none; over a second: none"
    with log.open("a") as more:
        more.writelines(json.dumps({**line, **new}) + "\n" for new in ({"status": 503}, {"ms": 1_001}))
    assert told_by(log) == "3 requests; 5xx: GET /help 503; over a second: GET /help"


def _runs(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text() if Path("/proc").exists() else True
