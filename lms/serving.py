"""Starting a server: which addresses it may listen on, and the demo server of `lms run`."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from secrets import token_urlsafe
from threading import Thread

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from lms.app import create_app
from lms.config import LOOPBACK, BadSetting, Settings
from lms.core import running, safety
from lms.core.db import db
from lms.people import queries as people
from lms.web import deadline

HERE = "127.0.0.1"
Address = tuple[str, int] | str

log = structlog.get_logger()


def has_demo_people(app: Flask) -> bool:
    """Whether the server's database holds invented accounts, whose password is printed in the README."""
    with app.app_context():
        return inspect(db.engine).has_table("people") and people.has_demo_people()


def refuse_demo_in_public(addresses: Iterable[Address]) -> None:
    """Check settings and content before a server starts. Raises SystemExit with one sentence when it may not start."""
    try:
        app = create_app()
    except BadSetting as bad:
        sys.exit(str(bad))
    try:
        be_known(app)
    except BadSetting as bad:
        sys.exit(str(bad))
    hosts = {address[0] for address in addresses if isinstance(address, tuple)}
    settings: Settings = app.extensions["settings"]
    if (hosts | {settings.host}) - LOOPBACK and has_demo_people(app):
        sys.exit(
            "This database holds demo accounts, whose password everybody knows, so the server listens on this machine "
            "only: set HOST=127.0.0.1 and leave LMS_BASE_URL alone, or use another database (LMS_DATABASE_URL or "
            "LMS_DATA_DIR)."
        )


def be_known(app: Flask) -> None:
    """Before a server or a worker starts: refuse a database that does not keep what it says is saved, and hold the lock
    by which a restore knows that somebody runs. A database that is away is no reason not to start: pages say so.

    Raises BadSetting.
    """
    with app.app_context():
        try:
            found = safety.faults(db.engine)
        except SQLAlchemyError:
            found = []
        finally:
            db.engine.dispose()
    if found:
        raise BadSetting(f"The database would not keep saved work safe. {' '.join(found)} See docs/operating.md.")
    settings: Settings = app.extensions["settings"]
    try:
        running.hold(settings.data_dir)
    except running.BeingRestored:
        raise BadSetting("A backup is just being restored. Start again when it is done.") from None


STUCK_SECONDS = 120.0  # several times what any page may take
LOOK_SECONDS = 5.0


def end_when_stuck(grace: float) -> None:
    """Watch this process from a thread of its own: when a page hangs where no limit of the database reaches, answer
    what else is being answered, within `grace` seconds, and end, so that a fresh process takes its place.
    """

    def watch() -> None:
        while deadline.longest_running() < STUCK_SECONDS:
            time.sleep(LOOK_SECONDS)
        log.error("a page hangs, so this process ends and another takes its place")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os._exit(1)

    Thread(target=watch, name="watch", daemon=True).start()


def kept_secret(folder: Path) -> str:
    """The secret key of a server on this machine only: made once, kept in the data folder, readable by its owner."""
    path = folder / "secret-key"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(token_urlsafe(48))
    return path.read_text().strip()


def refuse_taken_port(host: str, port: int) -> None:
    """Raise BadSetting when something already listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise BadSetting(
                f"Port {port} is taken by another program. Choose another, for example: make run PORT={port + 1}"
            ) from None


class LocalServer(BaseApplication):  # type: ignore[misc]
    """Gunicorn with one process and a few threads, for this machine."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._app = app
        self._bind = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """Say where to listen."""
        chosen = {
            "bind": self._bind,
            "worker_class": "lms.patience.PatientWorker",
            "threads": 8,
            "loglevel": "warning",
            "timeout": 60,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Hand over the application."""
        return self._app


def serve_here(app: Flask, host: str, port: int) -> None:
    """Serve until interrupted, with a worker beside it that delivers mail."""
    with app.app_context():
        db.engine.dispose()
    app.extensions["limits"].lifted = False
    worker = subprocess.Popen([sys.executable, "-m", "lms.cli", "worker"])
    try:
        LocalServer(app, host, port).run()
    finally:
        worker.terminate()
        worker.wait(timeout=20)
