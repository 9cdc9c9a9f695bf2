"""Saving many rows at once: through Core, or on PostgreSQL by the driver's COPY, which is several times as fast."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, insert

from lms.assignments.ledger_models import PostSpan, StandingChange, StandingSpan
from lms.assignments.models import Assignment, Exemption, Leave
from lms.certificates.models import Certificate
from lms.core.db import Base
from lms.learning.models import Completion, PageRead, QuizPass, Study
from lms.people.models import Agency, Membership, MembershipRole, Person, Team

# The tables of a crowd, in the order in which their rows can be saved, and the order of each one's values.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    Agency.__tablename__: ("id", "name", "sector", "partnership"),
    Team.__tablename__: ("id", "agency_id", "name", "locality"),
    Person.__tablename__: (
        *("id", "email", "name", "plain_name", "password_hash", "active", "demo", "theme", "created_at"),
    ),
    Membership.__tablename__: ("id", "person_id", "agency_id", "team_id", "job", "starts_on", "ends_on"),
    MembershipRole.__tablename__: ("id", "membership_id", "role", "scope"),
    Study.__tablename__: (
        *("id", "person_id", "module", "number", "version", "started_at", "last_page", "completed_at", "refreshes"),
    ),
    PageRead.__tablename__: ("id", "study_id", "page", "version", "read_at"),
    QuizPass.__tablename__: ("id", "study_id", "quiz", "attempt_id", "passed_at"),
    Completion.__tablename__: (
        *("id", "person_id", "study_id", "module", "version", "core_hash", "minutes", "completed_on", "completed_at"),
    ),
    Certificate.__tablename__: (
        *("id", "code", "person_id", "completion_id", "name", "agency", "job", "module", "programme", "title"),
        *("version", "modules", "core_hash", "minutes", "completed_on", "valid_until", "issued_by", "issued_at"),
        *("revoked_at", "revoked_reason"),
    ),
    Exemption.__tablename__: (
        *("id", "person_id", "agency_id", "module", "reason", "until", "granted_by", "granted_at", "ended_by"),
        "ended_at",
    ),
    Leave.__tablename__: (
        *("id", "person_id", "agency_id", "first_day", "last_day", "recorded_by", "recorded_at", "cancelled_by"),
        "cancelled_at",
    ),
    Assignment.__tablename__: (
        *("id", "person_id", "agency_id", "target", "due_on", "why", "assigned_by", "assigned_at", "withdrawn_by"),
        *("withdrawn_at", "withdrawn_why"),
    ),
    PostSpan.__tablename__: (
        *("membership_id", "first_day", "last_day", "person_id", "agency_id", "team_id", "partnership", "sector"),
        *("job", "level", "locality"),
    ),
    StandingSpan.__tablename__: (
        *("agency_id", "target", "person_id", "first_day", "last_day", "status", "state", "required", "on_leave"),
        *("on_day", "due_on", "completed_on", "valid_until", "version", "by", "rank"),
    ),
    StandingChange.__tablename__: ("partnership", "grouping", "value", "target", "state", "day", "change"),
}
# What happened to people, for the figure of records.
RECORDS = (
    *(Membership.__tablename__, Study.__tablename__, PageRead.__tablename__, QuizPass.__tablename__),
    *(Completion.__tablename__, Certificate.__tablename__, Exemption.__tablename__, Leave.__tablename__),
    Assignment.__tablename__,
)

Row = tuple[Any, ...]


def table(name: str) -> Table:
    """A table of the product by its name."""
    return Base.metadata.tables[name]


def save(connection: Connection, rows: Mapping[str, Sequence[Row]]) -> None:
    """Save rows of several tables, each a tuple in the order of COLUMNS."""
    for name, columns in COLUMNS.items():
        if rows.get(name):
            if connection.dialect.name == "postgresql":
                _copy(connection, name, columns, rows[name])
            else:
                connection.execute(insert(table(name)), [dict(zip(columns, row, strict=True)) for row in rows[name]])


def _copy(connection: Connection, name: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """The same in PostgreSQL's own way: one stream of lines of text, which saves it a statement for each row."""
    text = "".join("\t".join(map(_written, row)) + "\n" for row in rows)
    quoted = ", ".join(f'"{column}"' for column in columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {name} ({quoted}) FROM STDIN") as stream:
        stream.write(text)


def _written(value: Any) -> str:
    """A value as COPY reads it."""
    kind = type(value)
    if value is None:
        return "\\N"
    if kind is str:
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")  # type: ignore[no-any-return]
    if kind is datetime:
        return value.replace(tzinfo=None).isoformat()  # type: ignore[no-any-return]
    if kind is bool:
        return "t" if value else "f"
    if kind in (UUID, date, int, list):
        return str(value)
    raise TypeError(f"COPY was given {value!r}")
