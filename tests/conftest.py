"""What every test can ask for: an application on a clean database, people to act as, and browsers for them."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import create_engine, insert, text
from sqlalchemy.pool import NullPool

from lms.app import create_app
from lms.audit import triggers, upgrading
from lms.audit.chain import BEFORE_THE_FIRST, KINDS
from lms.audit.models import AuditChain, AuditEntry
from lms.config import Settings
from lms.core.actor import Actor
from lms.core.db import Base, choose_mode, db, writing
from lms.core.permissions import Role, Scope
from lms.people import queries as people
from lms.people.models import Agency, Membership, MembershipRole, Person, Team
from lms.people.sectors import Sector
from lms.signin import passwords, sessions
from tests.catalogue.tree import write
from tests.support.browser import ApartClient, Visitor, sign_in_directly

PROJECT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 500_000_000  # bytes
TIDIED_EVERY = 50  # tests
RECORD = AuditEntry.__tablename__
EMPTIED, USED = count(1), set[str]()
SECRET = "tests-only-0123456789-abcdefghijklmnop"


def pytest_report_header() -> str:
    return f"database: {'PostgreSQL' if os.environ.get('LMS_TEST_POSTGRES_URL') else 'SQLite'}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """When tests run side by side (`make test`), one worker takes a whole file, whose tests share what is dear to make.
    The journeys take longest, so they begin.
    """
    journeys = PROJECT / "tests" / "journeys"
    items.sort(key=lambda item: journeys not in item.path.parents)


def _database(worker: str) -> str:
    """The address of the PostgreSQL database to use, one for each worker, or nothing for SQLite."""
    address = os.environ.get("LMS_TEST_POSTGRES_URL", "")
    if not address or worker == "master":
        return address
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS tests_{worker}"))
        connection.execute(text(f"CREATE DATABASE tests_{worker}"))
    engine.dispose()
    return engine.url.set(database=f"tests_{worker}").render_as_string(hide_password=False)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of modules and one of quizzes that pass the check, for a test to spoil."""
    return write(tmp_path)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the test server keeps its files: in memory where there is room, since SQLite waits for the disk at every
    commit, and the tests commit some thousand times.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH_MEMORY:
        yield tmp_path_factory.mktemp("data")
        return
    with tempfile.TemporaryDirectory(prefix="lms-tests-", dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def settings(data_folder: Path, worker_id: str) -> Settings:
    """Settings of the test server: its own folder, and PostgreSQL when `LMS_TEST_POSTGRES_URL` names one."""
    return Settings(
        {
            "LMS_SECRET_KEY": SECRET,
            "LMS_DATA_DIR": str(data_folder),
            "LMS_DATABASE_URL": _database(worker_id),
            "LMS_BASE_URL": "http://localhost",
            "LMS_QUIET_HOURS": "none",  # tests run at any hour
            "LMS_QUIET_WEEKENDS": "no",
            "LMS_LIMIT_PERSON": "0",  # tests are quicker than anybody; those of the limits have a server of their own
            "LMS_LIMIT_ADDRESS": "0",
            "LMS_LIMIT_COSTLY": "0",
            "LMS_LOG_REQUESTS": "no",
        }
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The real application with the real content, migrated once."""
    made = create_app(settings)
    made.test_client_class = ApartClient
    made.config["TESTING"] = True
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.extensions["huey"].immediate = False
    with made.app_context():
        upgrading.upgrade(db.engine)
        _let_rows_lie()
        _empty()
    gc.collect()
    gc.freeze()  # as the server does: a sixth of the time went into looking all of this through again
    yield made
    with made.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> None:
    """Hash passwords cheaply in tests; one test asks a fresh process for the real strength."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._nobody.cache_clear()


@pytest.fixture
def _push_request_context() -> None:
    """pytest-flask shares one context between all clients; two clients must be two people, so no context is shared
    here.
    """


@pytest.fixture
def database(app: Flask) -> Iterator[None]:
    """A clean database, and a context to ask it in. What changes rows stands in `with writing():`, as in a command."""
    with app.app_context():
        choose_mode(writing=False)
        yield
        db.session.rollback()
        choose_mode(writing=False)
        _empty()


def _let_rows_lie() -> None:
    """Rows that were deleted keep their places until `_tidy`, so that rows come in the order in which they were made.
    PostgreSQL by itself gives the places of a test before to rows of this one, at any moment.
    """
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            for table in Base.metadata.sorted_tables:
                connection.execute(text(f"ALTER TABLE {table.name} SET (autovacuum_enabled = off)"))


def _tidy(names: Sequence[str]) -> None:
    """Give the places of deleted rows back, between two tests, once there are many."""
    USED.update(names)
    if len(names) and next(EMPTIED) % TIDIED_EVERY == 0:
        engine = create_engine(db.engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(f"VACUUM {', '.join(sorted(USED))}"))
        USED.clear()


def _empty() -> None:
    """Remove all rows, past the triggers that keep the record; its chains begin anew."""
    tables = list(reversed(Base.metadata.sorted_tables))
    names: Sequence[str] = ()
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            filled = " UNION ALL ".join(f"(SELECT '{table.name}' FROM {table.name} LIMIT 1)" for table in tables)
            # To TRUNCATE them all, mostly empty, takes fifteen times as long; the record alone, whose order tests read,
            # begins anew.
            names = connection.execute(text(filled)).scalars().all()
            for name in names:
                connection.execute(text(f"TRUNCATE {name}" if name == RECORD else f"DELETE FROM {name}"))
        else:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
            triggers.drop(connection)
            for table in tables:
                connection.exec_driver_sql(f"DELETE FROM {table.name}")
            triggers.create(connection)
        for name in KINDS:
            connection.execute(insert(AuditChain).values(name=name, number=0, hash=BEFORE_THE_FIRST))
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.rollback()
    _tidy(names)


class Maker:
    """Makes the rows a test needs; everything has a sensible value unless the test says otherwise. Each call
    commits.
    """

    def __init__(self) -> None:
        self.number = 0
        self.is_together = False

    def _next(self) -> int:
        self.number += 1
        return self.number

    def save(self, *rows: Any) -> Any:
        with nullcontext(db.session) if self.is_together else writing() as session:
            session.add_all(rows)
            session.flush()
        return rows[0]

    @contextmanager
    def together(self) -> Iterator[None]:
        """Save all that is made inside in one transaction, so that where people stand is worked out once."""
        with writing():
            self.is_together = True
            try:
                yield
            finally:
                self.is_together = False

    def agency(self, name: str | None = None, sector: Sector = Sector.HEALTH, partnership: str = "Fernshire") -> Agency:
        return self.save(Agency(name=name or f"Agency {self._next()}", sector=sector.value, partnership=partnership))

    def team(self, agency: Agency, name: str | None = None) -> Team:
        return self.save(Team(name=name or f"Team {self._next()}", agency_id=agency.id))

    def person(
        self,
        name: str | None = None,
        *,
        agency: Agency | None = None,
        team: Team | None = None,
        roles: tuple[tuple[Role, Scope], ...] = ((Role.STAFF, Scope.TEAM),),
        starts_on: date = date(2026, 1, 5),
        ends_on: date | None = None,
        job: str = "Health visitor",
        password_hash: str = "none",
    ) -> Person:
        """A person with one membership (unless no agency is wanted: pass `agency=None, team=None` and `roles=()`)."""
        number = self._next()
        made = Person(
            name=name or f"Person {number}", email=f"person-{number}@agency.example", password_hash=password_hash
        )
        with nullcontext() if self.is_together else self.together():
            self.save(made)
            if roles or agency or team:
                post = {"roles": roles, "starts_on": starts_on, "ends_on": ends_on, "job": job}
                self.membership(made, agency=agency, team=team, **post)
        return made

    def membership(
        self,
        person: Person,
        *,
        agency: Agency | None = None,
        team: Team | None = None,
        roles: tuple[tuple[Role, Scope], ...] = ((Role.STAFF, Scope.TEAM),),
        starts_on: date = date(2026, 1, 5),
        ends_on: date | None = None,
        job: str = "Health visitor",
    ) -> Membership:
        agency_id: UUID = team.agency_id if team else (agency or self.agency()).id
        made = Membership(
            person_id=person.id,
            agency_id=agency_id,
            team_id=team.id if team else None,
            job=job,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        made.roles = [MembershipRole(role=role.value, scope=scope.value) for role, scope in roles]
        return self.save(made)

    def trainer(self, agency: Agency | None = None, **given: Any) -> Person:
        return self.person(agency=agency, roles=((Role.STAFF, Scope.TEAM), (Role.TRAINER, Scope.PARTNERSHIP)), **given)

    def manager(self, team: Team | None = None, agency: Agency | None = None, **given: Any) -> Person:
        """A manager of a team, or of a whole agency when only that is named."""
        scope = Scope.TEAM if team else Scope.AGENCY
        return self.person(agency=agency, team=team, roles=((Role.STAFF, Scope.TEAM), (Role.MANAGER, scope)), **given)


@pytest.fixture
def make(database: None) -> Maker:
    """Makes agencies, teams, people."""
    return Maker()


@pytest.fixture
def three_modules(app: Flask, database: None) -> Iterator[None]:
    """A site of three modules, two of them core, so that what is asked of people does not hang on what we teach."""
    before = app.extensions["library"]
    core = {"lead-professional": True, "tiers-of-need": True, "leading-integrated-services": False}
    modules = [replace(one, core=core[one.slug]) for one in before.modules if one.slug in core]
    app.extensions["library"] = replace(before, modules=modules)
    app.extensions["outlines"] = {}
    yield
    app.extensions["library"] = before
    app.extensions["outlines"] = {}


@pytest.fixture
def actor(database: None) -> Callable[[Person], Actor]:
    """The person as an actor, for calling queries and actions directly."""
    return people.actor


@pytest.fixture
def nobody(app: Flask, database: None) -> Visitor:
    """A visitor who has not signed in."""
    return Visitor(app, app.test_client())


@pytest.fixture
def as_user(app: Flask, database: None) -> Callable[[Person], Visitor]:
    """A browser in which this person is signed in; each call is another browser."""

    def browse(person: Person) -> Visitor:
        with writing():
            token = sessions.start(person.id, "Tests", second_step=True)
        client = app.test_client()
        sign_in_directly(client, token)
        return Visitor(app, client)

    return browse
