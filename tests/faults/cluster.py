"""A PostgreSQL of the tests' own, in a folder of its own, which they may stop, restart and kill."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.support.server import free_port

USER = "postgres"
LONGEST = 60


class Cluster:
    """Runs as the user `postgres` when the tests run as root, which PostgreSQL refuses to."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lms-pg-"))
        self.port = free_port()
        self._numbers = count(1)
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        self._run("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")

    @staticmethod
    def program(name: str) -> str | None:
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        return str(found[-1]) if found else shutil.which(name)

    @classmethod
    def can_be(cls) -> bool:
        as_other = os.geteuid() != 0 or bool(shutil.which("setpriv"))
        return bool(as_other and cls.program("initdb") and cls.program("pg_ctl"))

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, name: str, *words: str) -> None:
        as_other = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.geteuid() == 0 else []
        with (self.folder / "said.log").open("a") as said:
            line = [*as_other, str(self.program(name)), *words]
            subprocess.run(line, check=True, stdout=said, stderr=said, timeout=LONGEST, cwd="/")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=60"
        self._run("pg_ctl", "-D", self._data, "-l", str(self.folder / "log"), "-o", options, "-w", "start")

    def stop(self, how: str = "immediate") -> None:
        self._run("pg_ctl", "-D", self._data, "-m", how, "-w", "stop")

    def url(self, database: str, port: int | None = None) -> str:
        return f"postgresql+psycopg://{USER}@127.0.0.1:{port or self.port}/{database}"

    def database(self, like: str = "template1") -> str:
        """The address of a new database: empty, or a copy of the one of this name, to which nobody is connected."""
        name = f"site_{next(self._numbers)}"
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
        engine.dispose()
        return self.url(name)

    def remove(self) -> None:
        with suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
