"""Finding every row that speaks of a person, by the register and the database's own references."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, false, func, or_, select

from lms.core.db import Base, db
from lms.rights.register import REGISTER, Held

PEOPLE = "people"


@dataclass(frozen=True)
class Who:
    """The person looked for."""

    id: UUID
    email: str


def table(name: str) -> Table:
    """A table of the database."""
    return Base.metadata.tables[name]


def tables() -> Iterator[tuple[Table, Held]]:
    """Every table with its line of the register; what others refer to comes first."""
    for one in Base.metadata.sorted_tables:
        yield one, REGISTER[one.name]


def theirs(name: str, who: Who) -> ColumnElement[bool]:
    """SQL: rows of a table that are this person's, themselves or through what they belong to."""
    held, columns = REGISTER[name], table(name).c
    ways: list[ColumnElement[bool]] = [columns[one] == who.id for one in held.whose]
    if held.address:
        ways.append(func.lower(columns[held.address]) == who.email.lower())
    for column, parent in held.through.items():
        ways.append(columns[column].in_(select(table(parent).c.id).where(theirs(parent, who))))
    return or_(false(), *ways)


def doing(name: str) -> list[str]:
    """Columns that only say who did something."""
    held = REGISTER[name]
    return [
        one.name
        for one in table(name).c
        if one.name not in held.whose and any(key.target_fullname == "people.id" for key in one.foreign_keys)
    ]


def rows(wanted: Select[Any]) -> list[dict[str, Any]]:
    """What a query finds, by column."""
    return [dict(row) for row in db.session.connection().execute(wanted).mappings()]
