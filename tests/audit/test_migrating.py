"""What was in the record before it was chained is chained by the upgrade, in the order in which it came."""

from secrets import token_hex

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from lms.audit import triggers
from lms.audit.checking import check
from lms.audit.upgrading import upgrade
from lms.core import schema
from lms.core.db import choose_mode, prepare_engine
from tests.audit.conftest import schema_before
from tests.conftest import _database

pytestmark = pytest.mark.slow

ACT = (
    "INSERT INTO audit_entries (id, at, actor_id, action, subject_id, detail) VALUES"
    " ({n}, '2026-01-0{n} 09:00:00.5', {who}, 'thing.done', NULL, '{{\"where\": \"Caf\\u00e9\", \"n\": {n}}}')"
)
LOOK = (
    "INSERT INTO record_views (id, at, viewer_id, person_id, what, role, agency, why) VALUES"
    " ('{n}0000000000040008000000000000000', '2026-01-0{d} 09:00:00', {who}, {who}, 'status', '', 'Trust', '')"
)
WHO = "'a0000000000040008000000000000000'"


@pytest.fixture
def old(tmp_path, monkeypatch, worker_id):
    """A database as it was before, with three acts and three looks; ids had gaps, and the looks came out of order."""
    address = _database(f"chained_{worker_id}_{token_hex(4)}") or f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(address)
    prepare_engine(engine)
    choose_mode(writing=True)
    schema.upgrade(engine, schema_before())
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO people (id, email, name, plain_name, password_hash, active, demo, theme, created_at)"
            f" VALUES ({WHO}, 'a@b.example', 'Sam', 'sam', '', true, false, '', '2026-01-05 09:00:00')"
        )
        for number in (2, 3, 7):
            connection.exec_driver_sql(ACT.format(n=number, who=WHO if number > 2 else "NULL"))
        for number, day in ((1, 3), (2, 1), (3, 2)):
            connection.exec_driver_sql(LOOK.format(n=number, d=day, who=WHO))
    yield engine
    engine.dispose()
    choose_mode(writing=False)


def test_an_upgrade_chains_what_is_there_and_guards_it(old):
    upgrade(old)
    found = check(old)
    assert found.faults == []
    assert [(end.name, end.number) for end in found.ends] == [("acts", 3), ("views", 3)]
    with old.connect() as connection:
        assert triggers.missing(connection) == []
        assert connection.execute(text("SELECT id FROM audit_entries ORDER BY id")).scalars().all() == [1, 2, 3]
        days = connection.execute(text("SELECT substr(cast(at AS text), 10, 1) FROM record_views ORDER BY number"))
        assert days.scalars().all() == ["1", "2", "3"]
    for statement in ("DELETE FROM record_views", "UPDATE audit_entries SET action = 'x'"):
        with pytest.raises(DatabaseError), old.begin() as connection:
            connection.execute(text(statement))
    assert schema.differences(old) == []


def test_a_chained_record_is_changed_and_found_after_the_upgrade_too(old):
    schema.upgrade(old)
    with old.begin() as connection:
        triggers.drop(connection)
        connection.execute(text("UPDATE record_views SET agency = 'Other' WHERE number = 2"))
    assert check(old).faults == ["views: row 2 is not as it was written."]


def test_the_upgrade_makes_the_triggers_that_the_code_makes(old):
    upgrade(old)
    wanted = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        if old.dialect.name == "sqlite"
        else "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    )
    with old.begin() as connection:
        migrated = connection.execute(text(wanted)).all()
        triggers.drop(connection)
        assert triggers.missing(connection) == sorted(triggers.NAMES)
        triggers.create(connection)
        assert connection.execute(text(wanted)).all() == migrated
