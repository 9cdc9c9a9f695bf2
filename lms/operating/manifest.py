"""What is written beside a backup: of which schema it is, how many rows, the ends of the record's chains, its hash."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, func, inspect, select

from lms.audit.checking import ends_of
from lms.audit.models import AuditChain
from lms.core.db import Base

OWNER_ONLY = 0o600
SIDES = ("", "-journal", "-wal", "-shm")  # what SQLite may leave beside a file that it could not finish
ENDING = ".manifest.json"
FORM = 1


class BadBackup(Exception):
    """A backup cannot be made, read or trusted; the sentence says why."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    form: int
    database: str
    schema: str
    made_at: str
    rows: Mapping[str, int]
    ends: Mapping[str, Mapping[str, Any]]
    bytes: int = 0
    sha256: str = ""

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made_at)


def manifest_path(backup: Path) -> Path:
    """Where the manifest of a backup lies."""
    return backup.with_name(backup.name + ENDING)


def count(connection: Connection) -> dict[str, int]:
    """How many rows each table has that is there."""
    there = set(inspect(connection).get_table_names())
    tables = [table for table in Base.metadata.sorted_tables if table.name in there]
    return {one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables}


def describe(connection: Connection, schema: str | None, at: datetime) -> Manifest:
    """What a database holds, as this connection sees it; without the hash of a file."""
    chained = inspect(connection).has_table(AuditChain.__tablename__)
    ends = {one.name: {"number": one.number, "hash": one.hash} for one in ends_of(connection)} if chained else {}
    made_at = at.astimezone(UTC).isoformat(timespec="seconds")
    return Manifest(FORM, connection.dialect.name, schema or "", made_at, count(connection), ends)


def file_hash(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def fresh_file(target: Path) -> Iterator[Path]:
    """An empty file beside the target that only its owner reads; it takes the target's name when all went well, and is
    gone otherwise. Raises BadBackup where there is no writing.
    """
    making = target.with_name(f".{target.name}.{token_hex(4)}.part")
    try:
        os.close(os.open(making, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        yield making
        _sync(making)
        making.replace(target)
        _sync(target.parent)
    except OSError as fault:
        raise BadBackup(f"{target} cannot be written: {fault.strerror or fault}.") from None
    finally:
        for side in SIDES:
            making.with_name(making.name + side).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def write(manifest: Manifest, backup: Path) -> None:
    """Write the manifest of a backup beside it."""
    with fresh_file(manifest_path(backup)) as making:
        making.write_text(json.dumps(asdict(manifest), indent=1) + "\n")


def read(backup: Path) -> Manifest:
    """The manifest of a backup. Raises BadBackup."""
    if not backup.is_file():
        raise BadBackup(f"There is no backup at {backup}.")
    path = manifest_path(backup)
    try:
        found = Manifest(**json.loads(path.read_text()))
        _check_kinds(found)
    except FileNotFoundError:
        raise BadBackup(f"The manifest {path} is missing, so nobody can say what {backup.name} should hold.") from None
    except (OSError, ValueError, TypeError):
        raise BadBackup(f"The manifest {path} cannot be read.") from None
    if found.form != FORM:
        raise BadBackup(f"{backup.name} was made by a newer version; restore it with that one.")
    return found


def _check_kinds(found: Manifest) -> None:
    """Raises ValueError or TypeError where a manifest says something else than a manifest can."""
    kinds = ((found.database, str), (found.schema, str), (found.sha256, str), (found.bytes, int), (found.rows, dict))
    sound = all(isinstance(value, kind) for value, kind in kinds) and found.moment.tzinfo is not None
    sound = sound and all(isinstance(number, int) for number in found.rows.values()) and isinstance(found.ends, dict)
    ends = found.ends.values() if sound else ()
    if not sound or not all(isinstance(one, dict) and {"number", "hash"} <= one.keys() for one in ends):
        raise ValueError("not a manifest")


def check_file(backup: Path) -> Manifest:
    """The manifest, once the file is known to be the one it speaks of. Raises BadBackup."""
    found = read(backup)
    if backup.stat().st_size != found.bytes:
        raise BadBackup(f"{backup.name} has {backup.stat().st_size:,} bytes and should have {found.bytes:,}.")
    if file_hash(backup) != found.sha256:
        raise BadBackup(f"{backup.name} was changed since it was made: its SHA-256 is not that of the manifest.")
    return found
