"""The doctor says how each thing stands, and ends with status 1 when one is wrong."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from lms.audit import triggers, upgrading
from lms.audit.models import AuditEntry
from lms.config import BadSetting, Settings
from lms.core import clock, running, safety
from lms.core.db import db, writing
from lms.jobs import queue as queues
from lms.operating import doctor
from lms.operating.cli import examine
from lms.serving import be_known


@pytest.fixture
def asked(app, database, monkeypatch):
    """Ask the doctor; hands out the exit status and what is said of each thing. A test server is no real one."""
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", None)
    monkeypatch.setattr(safety, "faults_of_server", lambda _engine: [])
    app.extensions["settings"].data_dir.chmod(0o700)

    def ask():
        db.session.rollback()
        done = CliRunner().invoke(examine, [], obj=lambda: app)
        lines = [(line[:8].strip(), line[9:20].strip(), line[21:]) for line in done.output.splitlines()]
        return done.exit_code, {name: (how, says) for how, name, says in lines}

    return ask


def test_on_a_sound_server_nothing_is_wrong_and_everything_is_named(asked):
    status, found = asked()
    assert (status, [name for name, (how, _) in found.items() if how == "wrong"]) == (0, []), found
    assert list(found) == [*doctor.CHECKS, "in charge", "passwords"]


def test_each_thing_that_is_wrong_is_said(asked, app, monkeypatch):
    folder = app.extensions["settings"].data_dir
    folder.chmod(0o777)
    monkeypatch.setitem(app.config, "SESSION_COOKIE_HTTPONLY", False)
    monkeypatch.setattr(app, "debug", True)
    monkeypatch.setattr(safety, "faults", lambda _engine: ["SQLite's synchronous is not FULL."])
    monkeypatch.setattr("lms.core.schema.newest", lambda: "9999")
    with writing() as session:
        session.add(AuditEntry(action="thing.done", at=clock.now() + timedelta(days=2)))
    status, found = asked()
    folder.chmod(0o700)
    assert status == 1
    wrong = {name for name, (how, _) in found.items() if how == "wrong"}
    assert wrong == {"debugging", "cookies", "database", "schema", "files", "clock"}
    assert found["cookies"][1] == "SESSION_COOKIE_HTTPONLY is not as it must be."


def test_guards_that_are_missing_and_a_record_changed_by_hand_are_said(asked):
    with writing() as session:
        session.add(AuditEntry(action="thing.done"))
    with db.engine.connect() as connection:
        triggers.drop(connection)
        connection.execute(text("UPDATE audit_entries SET action = 'thing.undone'"))
        connection.commit()
    status, found = asked()
    assert (status, found["record"]) == (1, ("wrong", "acts: row 1 is not as it was written."))
    upgrading.upgrade(db.engine)
    with db.engine.connect() as connection:
        assert triggers.missing(connection) == []


def test_an_old_backup_is_to_be_looked_at(asked, app):
    path = app.extensions["settings"].data_dir / "last-backup"
    path.write_text(json.dumps({"made_at": (clock.now() - timedelta(hours=50)).isoformat(), "file": "/b"}))
    try:
        assert asked()[1]["backup"] == ("look at", "The last was made 50 hours ago: /b")
    finally:
        path.unlink()


def test_a_queue_that_is_away_is_said_in_words(asked, app, monkeypatch, tmp_path):
    assert asked()[1]["queue"] == ("ok", "The file of the queue answers.")
    settings = Settings(
        {
            "LMS_SECRET_KEY": "k" * 40,
            "LMS_DATA_DIR": str(tmp_path),
            "LMS_QUEUE_URL": "redis://user:pass-word@127.0.0.1:1/0",
        }
    )
    monkeypatch.setitem(app.extensions, "huey", queues.queue(settings))
    monkeypatch.setattr(app.extensions["settings"], "queue_url", settings.queue_url)
    status, found = asked()
    how, says = found["queue"]
    assert (status, how, "pass-word" in says) == (1, "wrong", False)
    assert says.startswith("Redis does not answer: work is found by looking, some seconds late, and limits")


def test_a_server_does_not_start_on_a_database_that_would_lose_what_it_says_is_saved(app, database, tmp_path):
    loose = create_engine(f"sqlite:///{tmp_path / 'loose.db'}")
    assert safety.faults(loose) == [
        "SQLite's journal_mode is not WAL, so readers and writers keep each other out.",
        "SQLite's foreign_keys is off, so rows may point at rows that are not there.",
    ]
    loose.dispose()
    assert safety.faults(db.engine) == []


def test_the_reason_is_said_in_a_sentence_and_a_sound_server_is_known_as_running(app, database, monkeypatch):
    db.session.rollback()
    folder = app.extensions["settings"].data_dir
    be_known(app)
    with pytest.raises(running.SomebodyRuns), running.alone(folder):
        pass
    running._held.pop().close()
    with running.alone(folder), pytest.raises(BadSetting, match="just being restored"):
        be_known(app)
    monkeypatch.setattr(safety, "faults", lambda _engine: ["PostgreSQL's synchronous_commit is off."])
    with pytest.raises(BadSetting, match="PostgreSQL's synchronous_commit is off"):
        be_known(app)
