"""Everything about one person, table by table: what the file of one click holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Table, not_, or_, select

from lms.core.db import Moment
from lms.rights import finding
from lms.rights.finding import Who
from lms.rights.register import Held

SOMEBODY = "somebody else"
YOU = "you"


@dataclass(frozen=True)
class Told:
    """What one table says of a person: rows that are theirs, and acts of theirs in rows about others."""

    table: str
    rows: Sequence[Mapping[str, Any]]
    acts: Sequence[Mapping[str, Any]]

    @property
    def number(self) -> int:
        """How many rows."""
        return len(self.rows) + len(self.acts)


def everything(who: Who) -> list[Told]:
    """Every table that speaks of the person, in the order of their names. Nothing secret, nothing about others."""
    names = _names()
    told = [_told(one, held, who, names) for one, held in finding.tables()]
    return sorted((one for one in told if one.number), key=lambda one: one.table)


def _names() -> dict[UUID, str]:
    people = finding.table(finding.PEOPLE)
    return {row["id"]: row["name"] for row in finding.rows(select(people.c.id, people.c.name))}


def _told(of: Table, held: Held, who: Who, names: Mapping[UUID, str]) -> Told:
    mine, telling = finding.theirs(of.name, who), _Telling(of, held, who, names)
    found = finding.rows(select(of).where(mine)) if held.is_about_people else []
    by = finding.doing(of.name)
    acts = finding.rows(select(of).where(or_(*(of.c[one] == who.id for one in by)), not_(mine))) if by else []
    columns = [one.name for one in of.c if one.name not in (*held.secret, *held.others)]
    return Told(
        of.name,
        [telling.row(row, columns) for row in found],
        [telling.row(row, _of_an_act(of, held, by)) for row in acts],
    )


def _of_an_act(of: Table, held: Held, by: Collection[str]) -> list[str]:
    """Of a row about somebody else: who did it, when, and words of the person's own."""
    return [one.name for one in of.c if one.name in ("id", *by, *held.words) or isinstance(one.type, Moment | Date)]


@dataclass(frozen=True)
class _Telling:
    """How rows of one table are told to one person."""

    of: Table
    held: Held
    who: Who
    names: Mapping[UUID, str]

    def row(self, row: Mapping[str, Any], columns: Collection[str]) -> dict[str, Any]:
        people = {*self.held.whose, *finding.doing(self.of.name)} - {"id"}
        return {one: self._person(row[one], one) if one in people else plain(row[one]) for one in columns}

    def _person(self, found: UUID | None, column: str) -> str | None:
        if found is None:
            return None
        if found == self.who.id:
            return YOU
        if found not in self.names:
            return str(found)  # the record speaks of things as well as of people
        return self.names[found] if column in self.held.named else SOMEBODY


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value
