"""Making a backup while the server runs: the whole database as it stands at one moment, in one file."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from lms.core import clock, schema
from lms.operating import manifest, postgres_tools
from lms.operating.manifest import BadBackup, Manifest

FOLDER = "backups"
LAST = "last-backup"
QUEUE = f"{schema.QUEUE}*"


def usual_place(data_dir: Path, at: datetime) -> Path:
    """Where a backup goes that nobody gave a name."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"common-ground-{at:%Y%m%d-%H%M%S}.backup"


def last(data_dir: Path) -> tuple[datetime, Path] | None:
    """When the last backup was made, and where; None when none ever was."""
    try:
        said = json.loads((data_dir / LAST).read_text())
        return datetime.fromisoformat(said["made_at"]), Path(said["file"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def back_up(engine: Engine, target: Path) -> Manifest:
    """Write a backup and its manifest, readable by their owner only. Neither is there under its name before it is
    whole. Raises BadBackup.
    """
    if target.exists() or manifest.manifest_path(target).exists():
        raise BadBackup(f"There is a file at {target} already. Choose another name.")
    if not target.parent.is_dir():
        raise BadBackup(f"There is no folder {target.parent}.")
    at = clock.now()
    with manifest.fresh_file(target) as making:
        try:
            of_sqlite = engine.dialect.name == "sqlite"
            made = _of_sqlite(engine, making, at) if of_sqlite else _of_postgresql(engine, making, at)
        except (DBAPIError, sqlite3.Error) as fault:
            raise BadBackup(f"The backup could not be written: {_reason(fault)}.") from None
        made = replace(made, bytes=making.stat().st_size, sha256=manifest.file_hash(making))
        manifest.write(made, target)
    return made


def copy_engine(path: Path) -> Engine:
    """An engine on a SQLite file that nobody writes, which it cannot change."""
    return create_engine(
        URL.create("sqlite", database=f"file:{quote(str(path.resolve()))}", query={"mode": "ro", "uri": "true"})
    )


def _reason(fault: Exception) -> str:
    return str(getattr(fault, "orig", None) or fault).partition("\n")[0].rstrip(".")


def _of_sqlite(engine: Engine, making: Path, at: datetime) -> Manifest:
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", (str(making),))
    copy = copy_engine(making)
    with copy.connect() as opened:
        made = manifest.describe(opened, schema.current(copy), at)
    copy.dispose()
    return made


def _of_postgresql(engine: Engine, making: Path, at: datetime) -> Manifest:
    """Rows are counted in the very snapshot that is dumped. What wakes the worker is not kept."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        made = manifest.describe(connection, schema.current(engine), at)
        words = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-table={QUEUE}"]
        place = ["--dbname", postgres_tools.where(engine.url), "--file", str(making)]
        postgres_tools.run("pg_dump", [*words, f"--snapshot={snapshot}", *place], engine.url)
    return made
