"""After an erasure: the database's file is cleaned of what it left there, and erasures are known beside the database,
so that a restore of an older backup does them again.
"""

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError

from lms.config import Settings
from lms.core import clock
from lms.core.db import db, writing
from lms.operating import backing_up, manifest
from lms.operating.manifest import BadBackup
from lms.people.models import Person
from lms.rights import erasing
from lms.rights.models import Erasure, hashed

FILE = "erasures.jsonl"
KEPT = ("salt", "email_hash", "person_hash", "reason")


def clean() -> int:
    """Clean the database's file of what erasures left in it, and tell the file beside it. For the clock; where somebody
    reads for long, it is tried again next time. Returns how many erasures are done with.
    """
    remember()
    waiting = db.session.scalars(select(Erasure.id).where(Erasure.wiped_at.is_(None))).all()
    db.session.rollback()
    if not waiting or not _wiped():
        return 0
    with writing() as session:
        for one in session.scalars(select(Erasure).where(Erasure.id.in_(waiting))):
            one.wiped_at = clock.now()
    if db.engine.dialect.name == "sqlite":
        _checkpoint()
    return len(waiting)


def _wiped() -> bool:
    """Write the whole database anew, without what was deleted. On PostgreSQL that frees the rows; see docs/rights.md
    about its archives.
    """
    try:
        if db.engine.dialect.name == "sqlite":
            with closing(db.engine.raw_connection()) as connection:
                connection.cursor().execute("VACUUM")
            return _checkpoint()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
            opened.exec_driver_sql("VACUUM")
    except DBAPIError:
        return False
    except Exception as fault:
        if type(fault).__module__ == "sqlite3":
            return False
        raise
    return True


def _checkpoint() -> bool:
    with closing(db.engine.raw_connection()) as connection:
        busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy


def _place() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.data_dir / FILE


def old_copies() -> list[Path]:
    """Files in the data folder that hold the database as it was before: backups, and what a restore put aside."""
    folder = _place().parent
    found = [*folder.glob(f"{backing_up.FOLDER}/*.backup"), *folder.glob("*.before-*")]
    return sorted(one for one in found if not one.name.endswith(("-wal", "-shm")))


def known() -> list[dict[str, str]]:
    """Every erasure that this machine knows of, from the file and from the table where there is one. Raises BadBackup
    for a file that cannot be read.
    """
    found = {one["person_hash"]: one for one in _in_file()}
    for one in _in_table():
        found.setdefault(one["person_hash"], one)
    return sorted(found.values(), key=lambda one: (one["erased_at"], one["salt"]))


def _in_file() -> list[dict[str, str]]:
    if not _place().exists():
        return []
    try:
        read = [json.loads(line) for line in _place().read_text().splitlines()]
        return [{name: str(one[name]) for name in (*KEPT, "erased_at")} for one in read]
    except (ValueError, KeyError, TypeError, OSError):
        raise BadBackup(f"{_place()} cannot be read, so nobody knows whom to erase again. Mend it first.") from None


def _in_table() -> list[dict[str, str]]:
    """Read whole before the transaction ends: a restore must find none of ours open."""
    try:
        if not inspect(db.engine).has_table(Erasure.__tablename__):
            return []
        return [_said(row) for row in db.session.scalars(select(Erasure))]
    except DBAPIError:  # the database in use is damaged or away, which may be why it is replaced
        return []
    finally:
        db.session.rollback()


def _said(row: Erasure) -> dict[str, str]:
    return {**{name: getattr(row, name) for name in KEPT}, "erased_at": row.erased_at.isoformat()}


def remember() -> None:
    """Write down beside the database whatever was erased; before a restore takes the table away, too."""
    lines = "".join(f"{json.dumps(one)}\n" for one in known())
    if lines and (not _place().exists() or _place().read_text() != lines):
        with manifest.fresh_file(_place()) as making:
            making.write_text(lines)


def again() -> int:
    """Erase once more whoever is known to have been erased, after an older backup was restored. Returns how many."""
    number, wanted = 0, known()
    with writing() as session:
        there = set(session.scalars(select(Erasure.person_hash)))
        people = session.execute(select(Person.id, Person.email, Person.created_at)).all()
        for one in wanted:
            at = datetime.fromisoformat(one["erased_at"])
            for person_id, email, made_at in people:
                same = hashed(one["salt"], person_id) == one["person_hash"]
                if same or (made_at <= at and hashed(one["salt"], email) == one["email_hash"]):
                    person = session.get(Person, person_id)
                    if person is not None:
                        erasing.erase(None, person, erasing.Reason.RESTORED)
                        number += 1
            if one["person_hash"] not in there:
                session.add(Erasure(**{name: one[name] for name in KEPT}, erased_at=at))
    clean()
    return number
