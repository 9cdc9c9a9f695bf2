"""Faults on purpose, against the real server and worker. Run by `make test-faults`, never by `make test`."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster
from tests.faults.site import Site
from tests.support.needs import needs_program, unmet


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Left out unless they are asked for: -m fault."""
    return None if "fault" in (config.getoption("markexpr") or "") else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.fault)


@pytest.fixture(scope="session")
def kills() -> int:
    """How many times the server is killed in all."""
    return int(os.environ.get("LMS_FAULT_KILLS", "10"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of our own, which can be stopped."""
    if not Cluster.can_be():
        unmet("PostgreSQL's initdb is not installed, or may not run as this user")
    made = Cluster()
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with people in it, of which tests take copies: made once, since making it takes seconds."""
    made = Site(tmp_path_factory.mktemp("model"))
    made.prepare()
    return made


@pytest.fixture(scope="session")
def postgres_model(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same on PostgreSQL."""
    made = Site(tmp_path_factory.mktemp("model"), cluster.database())
    made.prepare()
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest) -> Site:
    """The site on a database of each kind."""
    made: Site = request.getfixturevalue("on_sqlite" if request.param == "sqlite" else "on_postgres")
    return made


@pytest.fixture
def on_sqlite(sqlite_model: Site, tmp_path: Path) -> Iterator[Site]:
    yield from _opened(Site(tmp_path), sqlite_model)


@pytest.fixture
def on_postgres(postgres_database: str, postgres_model: Site, tmp_path: Path) -> Iterator[Site]:
    yield from _opened(Site(tmp_path, postgres_database), postgres_model)


@pytest.fixture
def postgres_database(cluster: Cluster, postgres_model: Site) -> str:
    """The address of a copy of the model on PostgreSQL."""
    return cluster.database(like=postgres_model.url.rpartition("/")[2])


@pytest.fixture
def cramped() -> Iterator[Path]:
    """A disk of a few megabytes."""
    if os.geteuid() != 0:
        unmet("Only root can mount a small disk to fill it, so this was not checked.")
    folder = Path(tempfile.mkdtemp(prefix="lms-cramped-"))
    if subprocess.run([needs_program("mount"), "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]).returncode:
        unmet("A small disk cannot be mounted here, so this was not checked.")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # a server that is ending may still hold it
        folder.rmdir()


@pytest.fixture
def shim(tmp_path: Path) -> dict[str, str]:
    """The library that stands before fdatasync and the clock, and its files."""
    made = tmp_path / "shim.so"
    source = str(Path(__file__).with_name("shim.c"))
    subprocess.run([needs_program("cc"), "-shared", "-fPIC", "-O1", "-o", str(made), source, "-ldl"], check=True)
    return {
        "LD_PRELOAD": str(made),
        "SHIM_FAILS": str(tmp_path / "fails"),
        "SHIM_COUNTS": str(tmp_path / "counts"),
        "SHIM_HANDS": str(tmp_path / "hands"),
    }


def _opened(made: Site, model: Site) -> Iterator[Site]:
    try:
        made.prepare(model)
        yield made
    finally:
        made.kill()
