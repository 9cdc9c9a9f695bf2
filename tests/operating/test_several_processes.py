"""The real server in two processes: figures of both together, and a process in which a page hangs is replaced."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from tests.support.server import PROJECT, SECRET, free_port, wait_until_ready

pytestmark = pytest.mark.slow

HANGS = """
import gc
import time
from lms import serving
from lms.app import create_app
from lms.web.access import public
serving.STUCK_SECONDS, serving.LOOK_SECONDS = 2.0, 0.2

def make():
    app = create_app()
    app.add_url_rule("/hang", view_func=public(lambda: time.sleep(60) or "done"), endpoint="hang")
    app.add_url_rule("/left-out", view_func=public(lambda: str(gc.get_freeze_count())), endpoint="left-out")
    return app
"""


@contextmanager
def served(folder, **more):
    (folder / "hanging.py").write_text(HANGS)
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    environment |= {
        "LMS_SECRET_KEY": SECRET, "LMS_DATA_DIR": str(folder / "data"), "LMS_BASE_URL": f"http://127.0.0.1:{port}",
        "HOST": "127.0.0.1", "PORT": str(port), "PYTHONPATH": f"{folder}:{PROJECT}", **more,
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-m", "lms.cli", "db", "upgrade"],
        env=environment,
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    log = folder / "server.log"
    with log.open("w") as out:
        line = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "gunicorn.conf.py",
            "--graceful-timeout",
            "1",
            "hanging:make()",
        ]
        server = subprocess.Popen(line, cwd=PROJECT, env=environment, stdout=out, stderr=out)
        try:
            wait_until_ready(server, f"http://127.0.0.1:{port}", log)
            yield f"http://127.0.0.1:{port}", log
        finally:
            server.terminate()
            server.wait(30)


def read(address, **headers):
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
        return answer.read().decode()


def test_searches_for_rubbish_leave_out_what_was_loaded_at_the_start(tmp_path):
    with served(tmp_path, WEB_CONCURRENCY="1") as (address, _log):
        assert int(read(f"{address}/left-out")) > 100_000


def test_two_processes_count_together(tmp_path):
    with served(tmp_path, WEB_CONCURRENCY="2") as (address, log):
        for _ in range(40):
            read(f"{address}/help")
        figures = read(f"{address}/metrics")
        lines = [line for line in log.read_text().splitlines() if '"route": "/help"' in line]
    found = re.search(r'common_ground_answers_total{method="GET",route="/help",status="200"} (\d+)', figures)
    assert found
    assert figures.count("# TYPE common_ground_database_up") == 1
    assert "pid=" not in figures
    assert int(found[1]) == 40
    assert len(lines) == 40, "each is one line of the log, at once"


def test_a_process_in_which_a_page_hangs_is_replaced(tmp_path):
    with served(tmp_path, WEB_CONCURRENCY="1") as (address, log):
        with pytest.raises((urllib.error.URLError, ConnectionError)):
            read(f"{address}/hang")
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                assert read(f"{address}/healthz") == "alive\n"
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        assert "a page hangs" in log.read_text()
        assert read(f"{address}/help")
