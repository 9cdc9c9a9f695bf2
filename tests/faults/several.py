"""Three web machines and two workers on one PostgreSQL, one Redis and one shared folder for files, behind a proxy, as
docs/operating.md describes them. Each has a data folder of its own.
"""

import time
from pathlib import Path
from typing import Any

from tests.faults.balancer import Balancer
from tests.faults.site import Site
from tests.support.redis_server import Redis
from tests.support.server import free_port, wait_until_ready

MACHINES = 3
WORKERS = 2
LONGEST = 60


class Several:
    """`sites` are the machines; `port` is the proxy's, and `cookies` are those of the first machine's people."""

    def __init__(self, folder: Path, url: str, redis: Redis, machines: int = MACHINES, **more: str) -> None:
        self.port = free_port()
        together = {
            "LMS_BASE_URL": f"http://127.0.0.1:{self.port}",
            "LMS_QUEUE_URL": redis.url,
            "LMS_PROXIES": "1",
            "WEB_CONCURRENCY": "1",
            **more,
        }
        shared = folder / "shared-exports"
        shared.mkdir(mode=0o700)
        self.sites = [self._machine(folder / f"machine-{n + 1}", url, shared, together) for n in range(machines)]
        self.balancer = Balancer(self.port, [one.port for one in self.sites])
        self.workers = self.sites[:WORKERS]

    @staticmethod
    def _machine(folder: Path, url: str, shared: Path, together: dict[str, str]) -> Site:
        folder.mkdir()
        made = Site(folder, url, **together)
        made.folder.mkdir(mode=0o700)
        (made.folder / "exports").symlink_to(shared)
        return made

    def prepare(self, model: Site) -> None:
        for one in self.sites:
            one.prepare(model)

    @property
    def people(self) -> dict[str, list[str]]:
        return self.sites[0].people

    def start(self) -> None:
        """All at once, and then wait for each."""
        begun = [one.launch() for one in self.sites]
        for one in self.workers:
            one.join()
        for one, web in zip(self.sites, begun, strict=True):
            wait_until_ready(web, one.address, one.log)

    def said(self) -> str:
        """What all of them wrote into their logs."""
        return "".join(one.log.read_text() for one in self.sites if one.log.exists())

    def ask(self, statement: str, **values: Any) -> list[Any]:
        return self.sites[0].ask(statement, **values)

    def settle(self) -> None:
        """Wait for a moment in which nobody is in the middle of anything."""
        at_work = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle'"
        )
        until = time.monotonic() + LONGEST
        while self.ask(at_work)[0][0]:
            assert time.monotonic() < until, "somebody is at work without end"
            time.sleep(0.1)

    def kill(self) -> None:
        for one in self.sites:
            one.kill()
        self.balancer.close()
