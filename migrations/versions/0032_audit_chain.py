"""The record of acts and of looks is chained by hashes, and the database refuses to change it."""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_ONCE = 5_000
FIRST = "0" * 64
SAYS = "the record is added to and never changed"

ACTS = sa.table(
    "audit_entries",
    *(sa.column("id", LONG), sa.column("at", sa.DateTime()), sa.column("actor_id", sa.Uuid()), sa.column("action")),
    *(sa.column("subject_id", sa.Uuid()), sa.column("detail", sa.JSON())),
    *(sa.column("previous"), sa.column("hash"), sa.column("salt")),
)
VIEWS = sa.table(
    "record_views",
    *(sa.column("id", sa.Uuid()), sa.column("at", sa.DateTime()), sa.column("viewer_id", sa.Uuid())),
    *(sa.column("person_id", sa.Uuid()), sa.column("what"), sa.column("role"), sa.column("agency"), sa.column("why")),
    *(sa.column("number", LONG), sa.column("previous"), sa.column("hash"), sa.column("salt")),
)
ENDS = sa.table("audit_chains", sa.column("name"), sa.column("number", LONG), sa.column("hash"))


def text(value):
    """The rule of `lms.audit.chain` when this was written, as are the three below."""
    return json.dumps(value, default=plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def plain(value):
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat(timespec="microseconds")
    assert isinstance(value, UUID)
    return value.hex


def hashed(*words):
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def linked(row, place, salt, fields):
    """The hash of a row at its place: the chain's name, its number, the hash before."""
    shown, hidden = ({field: row[field] for field in some} for some in fields)
    seals = {field: hashed(hashed(salt, field), text(value)) for field, value in hidden.items()}
    return hashed(*place, text(shown), text(seals))


def chain(table, name, order, fields):
    """Number and chain the rows that are there, in the order in which they came; a portion at a time."""
    connection = op.get_bind()
    setting = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row"))
        .values({one: sa.bindparam(f"new_{one}") for one in (*order[-1:], "previous", "hash", "salt")})
    )
    ids = connection.execute(sa.select(table.c.id).order_by(*(table.c[one] for one in order[:-1]))).scalars().all()
    number, previous = 0, FIRST
    for start in range(0, len(ids), AT_ONCE):
        portion = ids[start : start + AT_ONCE]
        found = connection.execute(sa.select(table).where(table.c.id.in_(portion))).mappings()
        rows, values = {row["id"]: row for row in found}, []
        for one in portion:
            number += 1
            row, salt = rows[one], secrets.token_hex(16)
            before, previous = previous, linked(row, (name, str(number), previous), salt, fields)
            new = {order[-1]: number, "previous": before, "hash": previous, "salt": salt}
            values.append({"row": one, **{f"new_{field}": value for field, value in new.items()}})
        connection.execute(setting, values)
    connection.execute(sa.insert(ENDS).values(name=name, number=number, hash=previous))


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "audit_chains",
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("number", LONG, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_chains")),
    )
    for name in ("audit_entries", "record_views"):
        with op.batch_alter_table(name) as table:
            for column, length in (("previous", 64), ("hash", 64), ("salt", 32)):
                table.add_column(sa.Column(column, sa.String(length=length), nullable=False, server_default=""))
            table.add_column(sa.Column("erased", sa.JSON(), nullable=True))
            if name == "record_views":
                table.add_column(sa.Column("number", LONG, nullable=True))
    # An act's `id` becomes its place, from 1 without gaps; ids only ever go down, in order, so none is taken twice.
    chain(ACTS, "acts", ("id", "id"), (("at", "action"), ("actor_id", "subject_id", "detail")))
    shown = ("id", "at", "what", "role", "agency", "why")
    chain(VIEWS, "views", ("at", "id", "number"), (shown, ("viewer_id", "person_id")))
    for name in ("audit_entries", "record_views"):
        with op.batch_alter_table(name) as table:
            for column, length in (("previous", 64), ("hash", 64), ("salt", 32)):
                kind = sa.String(length=length)
                table.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)
            if name == "record_views":
                table.alter_column("number", existing_type=LONG, nullable=False)
                table.create_unique_constraint(op.f("uq_record_views_number"), ["number"])
                for column in ("viewer_id", "person_id"):
                    table.drop_constraint(op.f(f"fk_record_views_{column}"), type_="foreignkey")
                    table.alter_column(column, existing_type=sa.Uuid(), nullable=True)
    for statement in triggers(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)


EMPTIED = {
    "audit_entries": {"actor_id": "IS NULL", "subject_id": "IS NULL", "detail": "= '{}'"},
    "record_views": {"viewer_id": "IS NULL", "person_id": "IS NULL"},
}
KEPT = {
    "audit_entries": ("id", "at", "action", "previous", "hash"),
    "record_views": ("id", "at", "what", "role", "agency", "why", "number", "previous", "hash"),
}
KEYS = {"audit_entries": ("id",), "record_views": ("id", "number")}


def allowed(table, same, cast):
    if table == "audit_chains":
        return f"NEW.name {same} OLD.name AND NEW.number > OLD.number"
    kept = [f"NEW.{name} {same} OLD.{name}" for name in KEPT[table]]
    emptied = [
        f"(NEW.{name}{cast} {same} OLD.{name}{cast} OR NEW.{name}{cast} {left})"
        for name, left in EMPTIED[table].items()
    ]
    return " AND ".join([*kept, "NEW.salt = ''", "NEW.erased IS NOT NULL", *emptied])


def triggers(dialect):
    """The statements of `lms.audit.triggers` when this was written."""
    if dialect == "sqlite":
        for table in (*EMPTIED, "audit_chains"):
            for name, when in (
                ("not_deleted", f"BEFORE DELETE ON {table}"),
                ("not_changed", f"BEFORE UPDATE ON {table} WHEN NOT ({allowed(table, 'IS', '')})"),
            ):
                yield f"CREATE TRIGGER {table}_{name} {when} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        for table, keys in KEYS.items():
            there = " OR ".join(f"NEW.{key} IN (SELECT {key} FROM {table})" for key in keys)  # noqa: S608 -- names of ours
            when = f"BEFORE INSERT ON {table} WHEN {there}"
            yield f"CREATE TRIGGER {table}_not_replaced {when} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        return
    yield (
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in (*EMPTIED, "audit_chains"):
        unchanged = allowed(table, "IS NOT DISTINCT FROM", "::text")
        for name, when in (
            ("not_deleted", f"BEFORE DELETE ON {table} FOR EACH ROW"),
            ("not_changed", f"BEFORE UPDATE ON {table} FOR EACH ROW WHEN (NOT ({unchanged}))"),
        ):
            yield f"CREATE TRIGGER {table}_{name} {when} EXECUTE FUNCTION audit_refuse()"
    for table in EMPTIED:
        yield (
            f"CREATE TRIGGER {table}_not_replaced BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )
