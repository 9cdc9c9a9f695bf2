"""Whether a database is set so that what it says is saved is saved, asked of the database itself."""

from sqlalchemy import Connection, Engine

OLDEST_POSTGRES = 15
SQLITE = {
    "journal_mode": (("wal",), "is not WAL, so readers and writers keep each other out"),
    "synchronous": (("2", "3"), "is not FULL, so saved work may be lost when the power goes"),
    "foreign_keys": (("1",), "is off, so rows may point at rows that are not there"),
}
SAVED = {"on", "local", "remote_write", "remote_apply"}


def faults(engine: Engine) -> list[str]:
    """A sentence for each setting that does not keep saved work safe; none when all is well. Raises SQLAlchemy's
    errors when the database is away.
    """
    with engine.connect() as connection:
        return _of_sqlite(connection) if engine.dialect.name == "sqlite" else _of_postgresql(connection)


def _of_sqlite(connection: Connection) -> list[str]:
    found = {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()).lower() for name in SQLITE}
    return [f"SQLite's {name} {says}." for name, (right, says) in SQLITE.items() if found[name] not in right]


def _of_postgresql(connection: Connection) -> list[str]:
    said = []
    version = int(_shown(connection, "server_version_num"))
    if version < OLDEST_POSTGRES * 10_000:
        said.append(f"PostgreSQL is {version // 10_000}; it must be {OLDEST_POSTGRES} or newer.")
    if _shown(connection, "synchronous_commit") not in SAVED:
        said.append("PostgreSQL's synchronous_commit is off, so saved work may be lost when the server stops.")
    return said


def faults_of_server(engine: Engine) -> list[str]:
    """The same for what only whoever runs PostgreSQL itself can set, and what is often off on a machine for trials."""
    if engine.dialect.name == "sqlite":
        return []
    with engine.connect() as connection:
        off = [name for name in ("fsync", "full_page_writes") if _shown(connection, name) != "on"]
    return [f"PostgreSQL's {name} is off, so saved work may be lost or torn when the power goes." for name in off]


def _shown(connection: Connection, name: str) -> str:
    return str(connection.exec_driver_sql(f"SHOW {name}").scalar())
