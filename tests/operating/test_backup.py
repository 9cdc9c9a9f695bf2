"""Backups are whole, are proved by opening them, and come back; whatever is wrong with one is said in a sentence."""

import json
import os
import sqlite3
import stat
from contextlib import closing

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, func, select, text

from lms import cli as commands
from lms.audit import actions as audit
from lms.audit.models import AuditEntry
from lms.core import running, schema
from lms.core.db import choose_mode, db, prepare_engine, writing
from lms.operating import backing_up, manifest, proving, restoring
from lms.operating.cli import backup
from lms.operating.manifest import BadBackup
from lms.people.models import Person
from lms.signin.models import SignIn
from tests.audit.conftest import schema_before

on_sqlite = pytest.mark.skipif("LMS_TEST_POSTGRES_URL" in os.environ, reason="speaks of SQLite's file")


@pytest.fixture
def leah(make, actor):
    """Somebody who has done something."""
    found = make.person("Leah Stone")
    with writing():
        audit.record(actor(found), "thing.done", found.id)
    db.session.rollback()
    return found


@pytest.fixture
def made(leah, tmp_path):
    """A backup of a database with her in it."""
    target = tmp_path / "one.backup"
    backing_up.back_up(db.engine, target)
    return target


@pytest.fixture
def restore(app, monkeypatch):
    """The command, on the database of the tests."""
    monkeypatch.setattr(commands, "application", lambda: app)
    return lambda file, *words: CliRunner().invoke(commands.cli, ["restore", str(file), *words])


def names():
    found = db.session.scalars(select(Person.name)).all()
    db.session.rollback()
    return found


def test_a_backup_can_be_read_by_its_owner_only_and_its_manifest_says_what_it_holds(made, tmp_path):
    for path in (made, manifest.manifest_path(made)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.backup", "one.backup.manifest.json"]
    says = json.loads(manifest.manifest_path(made).read_text())
    assert says["schema"] == schema.newest()
    assert says["rows"]["people"] == says["rows"]["audit_entries"] == says["ends"]["acts"]["number"] == 1
    assert says["sha256"] == manifest.file_hash(made)


def test_a_backup_is_proved_by_opening_or_restoring_it(made):
    said = " ".join(proving.prove(made, db.engine).said)
    assert "as its manifest says" in said
    assert "The record of acts and looks is as it was written: 1 rows read." in said
    assert ("in a database of its own" in said) == (db.engine.dialect.name == "postgresql")


def test_a_backup_of_what_is_being_written_holds_one_moment(leah, tmp_path):
    with writing() as session:
        session.add(Person(name="Not yet", email="not.yet@agency.example", password_hash=""))
        session.flush()
        assert backing_up.back_up(db.engine, tmp_path / "b").rows["people"] == 1
        session.rollback()
    assert proving.prove(tmp_path / "b", db.engine)


def test_a_file_that_is_there_is_never_written_over(made):
    before = made.read_bytes()
    with pytest.raises(BadBackup, match="already"):
        backing_up.back_up(db.engine, made)
    assert made.read_bytes() == before


def test_a_backup_that_fails_leaves_nothing_behind(leah, tmp_path, monkeypatch):
    def full(*_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(manifest, "write", full)
    with pytest.raises(BadBackup, match="No space left"):
        backing_up.back_up(db.engine, tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


@on_sqlite
def test_a_backup_for_which_there_is_no_room_is_told_in_a_sentence(leah, tmp_path, monkeypatch):
    def full(_engine, making, _at):
        making.with_name(f"{making.name}-journal").touch()
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backing_up, "_of_sqlite", full)
    with pytest.raises(BadBackup, match="could not be written: database or disk is full"):
        backing_up.back_up(db.engine, tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


MISSHAPEN = {
    "ends that are none": {"ends": {"acts": "x"}},
    "rows that are none": {"rows": None},
    "a moment without a zone": {"made_at": "2020-01-01"},
}


def spoil(path, how):
    whole = path.read_bytes()
    if how == "a byte changed":
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    elif how == "cut short":
        path.write_bytes(whole[:-1])
    elif how == "no manifest":
        manifest.manifest_path(path).unlink()
    elif how == "a manifest nobody can read":
        manifest.manifest_path(path).write_text("{")
    elif how in MISSHAPEN:
        said = json.loads(manifest.manifest_path(path).read_text())
        manifest.manifest_path(path).write_text(json.dumps(said | MISSHAPEN[how]))
    else:
        path.unlink()


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("a byte changed", "was changed since it was made"),
        ("cut short", "and should have"),
        ("no manifest", "is missing, so nobody can say"),
        ("a manifest nobody can read", "cannot be read"),
        ("ends that are none", "cannot be read"),
        ("rows that are none", "cannot be read"),
        ("a moment without a zone", "cannot be read"),
        ("gone", "There is no backup at"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_and_nothing_is_restored(restore, made, how, says):
    spoil(made, how)
    with pytest.raises(BadBackup, match=says):
        proving.prove(made, db.engine)
    done = restore(made, "--replace")
    assert (done.exit_code, says in done.stderr) == (1, True)
    assert names() == ["Leah Stone"]


@on_sqlite
@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM standing_spans", "The table standing_spans has 0 rows and should have"),
        ("UPDATE people SET id = 'x' || substr(id, 2)", "rows point at rows that are not there"),
        ("UPDATE audit_entries SET action = 'other'", "The record was changed by hand. acts: row 1 is not as it was"),
    ],
)
def test_a_backup_whose_manifest_was_mended_is_still_found_out(made, statement, says):
    with closing(sqlite3.connect(made)) as opened:
        opened.execute("DROP TRIGGER audit_entries_not_changed")
        opened.execute(statement)
        opened.commit()
    says_now = json.loads(manifest.manifest_path(made).read_text())
    says_now |= {"sha256": manifest.file_hash(made), "bytes": made.stat().st_size}
    manifest.manifest_path(made).write_text(json.dumps(says_now))
    with pytest.raises(BadBackup, match=says):
        proving.prove(made, db.engine)


@pytest.mark.slow
def test_a_restore_brings_everything_back_and_ends_every_sign_in(restore, made, make, as_user, leah):
    make.person("Came later")
    as_user(leah)
    later = made.with_name("later")
    db.session.rollback()
    backing_up.back_up(db.engine, later)
    done = restore(later)
    assert (done.exit_code, "To put the backup in its place: --replace" in done.stderr) == (1, True)
    done = restore(later, "--replace")
    assert done.exit_code == 0, done.output
    assert "Everybody has to sign in again: 1 sign-ins were ended." in done.output
    assert sorted(names()) == ["Came later", "Leah Stone"]
    done = restore(made, "--replace")
    assert done.exit_code == 0, done.output
    assert names() == ["Leah Stone"]
    assert db.session.scalar(select(func.count()).select_from(SignIn).where(SignIn.ended_at.is_(None))) == 0
    assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "thing.done", "backup.restored",
    ]  # fmt: skip


@on_sqlite
def test_a_restore_on_a_new_machine_leaves_the_database_alone_in_its_folder(made, tmp_path):
    folder = tmp_path / "new"
    folder.mkdir()
    engine = create_engine(f"sqlite:///{folder / 'common-ground.db'}")
    assert not restoring.has_people(engine)  # which makes an empty file
    assert restoring.restore(made, proving.prove(made, db.engine).manifest, engine) == ""
    assert [path.name for path in folder.iterdir()] == ["common-ground.db"]
    engine.dispose()


def test_while_somebody_runs_nothing_is_restored_and_meanwhile_nobody_starts(app, restore, made):
    folder = app.extensions["settings"].data_dir
    running.hold(folder)
    try:
        done = restore(made, "--replace")
    finally:
        running._held.pop().close()
    assert (done.exit_code, "Stop them first." in done.stderr) == (1, True)
    with running.alone(folder), pytest.raises(running.BeingRestored):
        running.hold(folder)


def test_whoever_else_is_connected_to_postgresql_keeps_a_restore_from_beginning(app, leah):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("speaks of PostgreSQL")
    db.engine.dispose()
    other = create_engine(db.engine.url)
    with other.connect() as connection:
        connection.execute(text("SELECT 1"))
        with (
            pytest.raises(restoring.Refused, match="other connections"),
            restoring.with_nobody_else(db.engine, app.extensions["settings"].data_dir),
        ):
            pass
    other.dispose()


@pytest.mark.slow
@on_sqlite
def test_a_backup_of_an_older_schema_is_proved_on_a_copy_that_is_upgraded(tmp_path, database):
    old = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    prepare_engine(old)
    choose_mode(writing=True)
    schema.upgrade(old, schema_before())
    with old.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit_entries (id, at, action, detail) VALUES (5, '2026-01-01 09:00:00', 'thing.done', '{}')"
        )
    before = backing_up.back_up(old, tmp_path / "old.backup")
    assert (before.schema, before.ends) == (schema_before(), {})
    said = proving.prove(tmp_path / "old.backup", old).said
    brought = f"A copy was brought from schema {schema_before()} to the present. "
    assert said[-1] == f"{brought}The record of acts and looks is as it was written: 1 rows read."
    old.dispose()
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_the_command_makes_a_backup_where_no_name_is_given_and_proves_it(app, leah):
    folder = app.extensions["settings"].data_dir
    done = CliRunner().invoke(backup, [], obj=lambda: app)
    assert done.exit_code == 0, done.output
    (path,) = (folder / "backups").glob("*.backup")
    assert str(path) in done.output
    assert "is sound" in CliRunner().invoke(backup, ["verify", str(path)], obj=lambda: app).output
    for one in (folder / "backups").iterdir():
        one.unlink()
