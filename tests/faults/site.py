"""The real web server and worker on a data folder and database of their own, to be killed and started again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from lms.core.db import choose_mode, prepare_engine
from tests.catalogue.tree import write
from tests.support.server import PROJECT, SECRET, free_port, wait_until_ready, web_line

PEOPLE = 40
LONGEST = 240


class Site:
    """Web server and worker; `people` are the cookies of those who are signed in, by what they do."""

    def __init__(self, folder: Path, url: str = "", **more: str) -> None:
        self.folder, self.port = folder / "data", free_port()
        self.modules, self.quizzes = write(folder)  # few, so that the server starts quickly
        self.address = f"http://127.0.0.1:{self.port}"
        self.url = url or f"sqlite:///{self.folder / 'common-ground.db'}"
        self.more = more
        self.people: dict[str, list[str]] = {}
        self.running: list[subprocess.Popen[bytes]] = []
        self.log = folder / "site.log"

    def environment(self, **more: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        own = {
            "LMS_SECRET_KEY": SECRET,
            "LMS_DATA_DIR": str(self.folder),
            "LMS_DATABASE_URL": self.url,
            "LMS_MODULES_DIR": str(self.modules),
            "LMS_QUIZZES_DIR": str(self.quizzes),
            "LMS_BASE_URL": self.address,
            "LMS_QUIET_HOURS": "none",
            "LMS_QUIET_WEEKENDS": "no",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "PYTHONPATH": str(PROJECT),
        }
        return {**inherited, **own, **self.more, **more}

    def prepare(self, like: "Site | None" = None) -> None:
        """Make the database and some people in it; or, on SQLite, copy those of another site, which nobody uses."""
        if like is not None:
            self.people = like.people
            if self.url.startswith("sqlite"):
                self.folder.mkdir(mode=0o700, exist_ok=True)
                shutil.copyfile(like.folder / "common-ground.db", self.folder / "common-ground.db")
            return
        line = [sys.executable, "-m", "tests.faults.people", str(PEOPLE)]
        done = subprocess.run(
            line, cwd=PROJECT, env=self.environment(), capture_output=True, text=True, timeout=LONGEST
        )
        assert done.returncode == 0, done.stderr
        self.people = json.loads(done.stdout.splitlines()[-1])

    @property
    def cookies(self) -> list[str]:
        """Those of trainers."""
        return self.people["trainers"]

    def start(self, *, worker: bool = False, before: tuple[str, ...] = (), **more: str) -> None:
        """Start the web server, and wait until it is ready."""
        web = self.launch(before=before, **more)
        if worker:
            self.join(**more)
        wait_until_ready(web, self.address, self.log)

    def launch(self, *, before: tuple[str, ...] = (), **more: str) -> "subprocess.Popen[bytes]":
        """Start the web server, without waiting for it."""
        return self._begin([*before, *web_line()], more)

    def join(self, **more: str) -> "subprocess.Popen[bytes]":
        """Let one more worker come to work."""
        return self._begin([sys.executable, "-m", "lms.cli", "worker"], more)

    def _begin(self, line: list[str], more: dict[str, str]) -> "subprocess.Popen[bytes]":
        with self.log.open("a") as out:
            begun = subprocess.Popen(
                line, cwd=PROJECT, env=self.environment(**more), stdout=out, stderr=out, start_new_session=True
            )
        self.running.append(begun)
        return begun

    def kill_one(self, begun: "subprocess.Popen[bytes]") -> None:
        """End one server or worker at once, with the processes it started."""
        with suppress(ProcessLookupError):
            os.killpg(begun.pid, signal.SIGKILL)
        begun.wait(30)
        self.running.remove(begun)

    def kill(self) -> None:
        """End everything of this site at once, as a power cut would: each tree by the number of its own group."""
        for one in self.running:
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
        for one in self.running:
            one.wait(30)
        self.running.clear()

    def engine(self) -> Engine:
        engine = create_engine(self.url)
        prepare_engine(engine)
        return engine

    def ask(self, statement: str, **values: Any) -> list[Any]:
        engine = self.engine()
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(statement), values).all())
        finally:
            engine.dispose()

    def change(self, statement: str, **values: Any) -> None:
        """Change rows behind the site's back."""
        engine = self.engine()
        choose_mode(writing=True)
        try:
            with engine.begin() as connection:
                connection.execute(text(statement), values)
        finally:
            choose_mode(writing=False)
            engine.dispose()

    def settle(self) -> None:
        """Wait until PostgreSQL has ended what those who were killed had begun."""
        until = time.monotonic() + 20
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        while self.url.startswith("postgresql") and self.ask(others)[0][0]:
            assert time.monotonic() < until, "the killed still hold connections"
            time.sleep(0.1)

    def get(self, path: str, timeout: float = 30) -> tuple[int, str]:
        """Open a page without signing in."""
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError as broken:
            return 0, str(broken)
