"""The database's own refusal to change the record: rows are added, and emptied by an erasure; nothing else.

Whoever may change the schema can take these away; then the chain tells. They stop everything short of that.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

SAYS = "the record is added to and never changed"
FUNCTION = "audit_refuse"
# The columns that an erasure may empty, and how each stands then.
EMPTIED: Mapping[str, Mapping[str, str]] = {
    "audit_entries": {"actor_id": "IS NULL", "subject_id": "IS NULL", "detail": "= '{}'"},
    "record_views": {"viewer_id": "IS NULL", "person_id": "IS NULL"},
}
KEYS = {"audit_entries": ("id",), "record_views": ("id", "number"), "audit_chains": ("name",)}
KEPT: Mapping[str, tuple[str, ...]] = {
    "audit_entries": ("id", "at", "action", "previous", "hash"),
    "record_views": ("id", "at", "what", "role", "agency", "why", "number", "previous", "hash"),
}
HEADS = "audit_chains"
NAMES = tuple(
    f"{table}_{what}" for table in (*EMPTIED, HEADS) for what in ("not_deleted", "not_changed", "not_replaced")
)


def statements(dialect: str) -> list[str]:
    """What creates the triggers in one of the two databases. Harmless where they are."""
    return _of_sqlite() if dialect == "sqlite" else _of_postgresql()


def create(connection: Connection) -> None:
    """Create the triggers, in the place of those that are there."""
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def guard(connection: Connection) -> None:
    """Create the triggers where any is missing; where none is, no table is locked."""
    if missing(connection):
        create(connection)


def drop(connection: Connection) -> None:
    """Take the triggers away: for the demo's emptying and for tests."""
    for name in NAMES:
        table = next(one for one in (*EMPTIED, HEADS) if name.startswith(one))
        on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: Connection) -> list[str]:
    """The triggers that are not there, or are switched off."""
    found = connection.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        if connection.dialect.name == "sqlite"
        else text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
    )
    return sorted(set(NAMES) - set(found.scalars()))


def _only_emptied(table: str, *, same: str, as_text: str) -> str:
    """SQL that is true when an update of a row does no more than an erasure does."""
    kept = [f"NEW.{name} {same} OLD.{name}" for name in KEPT[table]]
    emptied = [
        f"(NEW.{name}{as_text} {same} OLD.{name}{as_text} OR NEW.{name}{as_text} {left})"
        for name, left in EMPTIED[table].items()
    ]
    return " AND ".join([*kept, "NEW.salt = ''", "NEW.erased IS NOT NULL", *emptied])


def _goes_on(same: str) -> str:
    return f"NEW.name {same} OLD.name AND NEW.number > OLD.number"


def _of_sqlite() -> list[str]:
    def refusing(name: str, when: str) -> str:
        return f"CREATE TRIGGER IF NOT EXISTS {name} {when} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"

    made = []
    for table in (*EMPTIED, HEADS):
        allowed = _goes_on("IS") if table == HEADS else _only_emptied(table, same="IS", as_text="")
        made.append(refusing(f"{table}_not_deleted", f"BEFORE DELETE ON {table}"))
        made.append(refusing(f"{table}_not_changed", f"BEFORE UPDATE ON {table} WHEN NOT ({allowed})"))
    for table, keys in KEYS.items():  # INSERT OR REPLACE deletes without asking the trigger above
        there = " OR ".join(f"NEW.{key} IN (SELECT {key} FROM {table})" for key in keys)  # noqa: S608 -- names of ours
        made.append(refusing(f"{table}_not_replaced", f"BEFORE INSERT ON {table} WHEN {there}"))
    return made


def _of_postgresql() -> list[str]:
    def refusing(name: str, when: str) -> str:
        return f"CREATE OR REPLACE TRIGGER {name} {when} EXECUTE FUNCTION {FUNCTION}()"

    same = "IS NOT DISTINCT FROM"
    made = [
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ]
    for table in (*EMPTIED, HEADS):
        allowed = _goes_on(same) if table == HEADS else _only_emptied(table, same=same, as_text="::text")
        made.append(refusing(f"{table}_not_deleted", f"BEFORE DELETE ON {table} FOR EACH ROW"))
        made.append(refusing(f"{table}_not_changed", f"BEFORE UPDATE ON {table} FOR EACH ROW WHEN (NOT ({allowed}))"))
    # TRUNCATE asks no trigger of rows.
    whole = [refusing(f"{table}_not_replaced", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT") for table in KEYS]
    return [*made, *whole]
