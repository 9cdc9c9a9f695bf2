"""The real server for tests: the web line of the Procfile with the demo's people, on a free port of this machine."""

import os
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from threading import Thread

from flask import Flask
from sqlalchemy import create_engine, text
from werkzeug.serving import make_server

PROJECT = Path(__file__).resolve().parents[2]
SECRET = "journeys-only-0123456789-abcdefghijklmnop"
LONGEST_START = 60
LONGEST_STOP = 40
NOTED = "database-address"


@contextmanager
def serving(folder: Path, app: str = "lms.app:create_app()") -> Iterator[str]:
    """Serve the demo from an empty folder, on PostgreSQL where the tests run on it, in a database of its own; hands out
    the address, and ends what it started.
    """
    with _database_of(folder):
        yield from _served(folder, app)


def _served(folder: Path, app: str) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {**environment(folder, address), "HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "2"}
    loaded = subprocess.run(
        [sys.executable, "-m", "lms.cli", "demo"],
        check=False,
        cwd=PROJECT,
        env=settings,
        capture_output=True,
        text=True,
    )
    assert loaded.returncode == 0, f"lms demo failed:\n{loaded.stdout}{loaded.stderr}"
    log = folder / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen([*web_line()[:-1], app], cwd=PROJECT, env=settings, stdout=out, stderr=out)
        try:
            wait_until_ready(server, address, log)
            yield address
        finally:
            server.terminate()
            server.wait(LONGEST_STOP)


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """The tests' own application, with what it holds just now, for a real browser on this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def environment(folder: Path, address: str) -> dict[str, str]:
    """The settings of a server for tests, whose data lies in this folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    awake = {"LMS_QUIET_HOURS": "none", "LMS_QUIET_WEEKENDS": "no"}  # tests run at any hour
    awake |= dict.fromkeys(("LMS_LIMIT_PERSON", "LMS_LIMIT_ADDRESS", "LMS_LIMIT_COSTLY"), "0")  # and in a hurry
    where = {"LMS_DATA_DIR": str(folder), "LMS_DATABASE_URL": database_address(folder), "LMS_BASE_URL": address}
    return {**inherited, **awake, **where, "LMS_SECRET_KEY": SECRET}


def database_address(folder: Path) -> str:
    """The database of the server whose data lies in this folder."""
    noted = folder / NOTED
    return noted.read_text() if noted.exists() else f"sqlite:///{folder / 'common-ground.db'}"


@contextmanager
def _database_of(folder: Path) -> Iterator[None]:
    """Where the tests run on PostgreSQL, a database for the server of this folder, which goes with it."""
    address = os.environ.get("LMS_TEST_POSTGRES_URL")
    if not address:
        yield
        return
    name = f"served_{token_hex(6)}"
    around = create_engine(address, isolation_level="AUTOCOMMIT")
    with around.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    (folder / NOTED).write_text(around.url.set(database=name).render_as_string(hide_password=False))
    try:
        yield
    finally:
        with around.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        around.dispose()


@contextmanager
def working(folder: Path, address: str) -> Iterator[None]:
    """Run the worker beside a server that serves from this folder; ends what it started."""
    line = [sys.executable, "-m", "lms.cli", "worker"]
    with (folder / "worker.log").open("w") as out:
        worker = subprocess.Popen(line, cwd=PROJECT, env=environment(folder, address), stdout=out, stderr=out)
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(LONGEST_STOP)


def web_line() -> list[str]:
    """How the Procfile starts the web server, with this Python."""
    lines = dict(line.split(": ", 1) for line in (PROJECT / "Procfile").read_text().splitlines())
    program, *words = shlex.split(lines["web"])
    return [sys.executable, "-m", program, *words]


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    """Wait for /readyz; fails with the server's own words when it ends or takes too long."""
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not get ready:\n{log.read_text()}")
