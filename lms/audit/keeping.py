"""Taking a person, or what is over its time, out of the record without breaking it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, func, or_, select, update

from lms.audit import actions
from lms.audit.chain import ACTS, ERASED, VIEWS, Kind, emptied, ranges
from lms.audit.chaining import TABLES
from lms.core.actor import Actor
from lms.core.db import db

AT_ONCE = 500


@dataclass(frozen=True)
class Emptied:
    """How many acts and looks something was taken out of."""

    acts: int
    views: int


def erase(actor: Actor | None, person_id: UUID, also: Iterable[UUID] = ()) -> Emptied:
    """Empty what the record says of a person, in a writing transaction: who acted, whom it was about and its details,
    who looked, and at whom. That and when something was done stays, and with it the chain. `also` are further
    identities that lead to them alone, such as those of their bookings. The chain notes it as an act that names nobody.

    What the same transaction has added to the record itself is not touched: call this before noting anything of them.
    Done again, it finds nothing and notes nothing.
    """
    db.session.flush()
    acts, views = TABLES[ACTS].c, TABLES[VIEWS].c
    them = {person_id, *also}
    found: dict[Kind, dict[str, list[int]]] = {ACTS: {}, VIEWS: {}}
    found[ACTS]["actor_id"] = _numbers(ACTS, acts.actor_id == person_id)
    about = or_(*(acts.subject_id.in_(some) for some in _portions(sorted(them))))
    found[ACTS]["subject_id"] = _numbers(ACTS, about)
    named = or_(about, *(func.lower(cast(acts.detail, String)).contains(word) for word in _spelled(person_id)))
    found[ACTS]["detail"] = _numbers(ACTS, named, acts.action != ERASED, cast(acts.detail, String) != "{}")
    found[VIEWS]["viewer_id"] = _numbers(VIEWS, views.viewer_id == person_id)
    found[VIEWS]["person_id"] = _numbers(VIEWS, views.person_id == person_id)
    counts = {kind: _empty(kind, fields) for kind, fields in found.items()}
    noted: dict[str, Any] = {
        f"{kind.name}.{name}": ranges(some) for kind, of in found.items() for name, some in of.items() if some
    }
    if noted:
        actions.record(actor, ERASED, **noted)
    return Emptied(counts[ACTS], counts[VIEWS])


@dataclass(frozen=True)
class Worn:
    """What is emptied after a time: which things, in the rows of one kind; of acts only these."""

    kind: Kind
    fields: tuple[str, ...]
    actions: tuple[str, ...] = ()

    def over(self, before: datetime) -> ColumnElement[bool]:
        """SQL: rows from before a moment in which something is left to be emptied."""
        columns = TABLES[self.kind].c
        left = or_(*(_is_left(columns[name], self.kind.sealed[name]) for name in self.fields))
        named = [columns.action.in_(self.actions)] if self.actions else []
        return and_(columns.at < before, left, *named)


LOOKS = Worn(VIEWS, ("viewer_id", "person_id"))


def number_over(worn: Worn, before: datetime) -> int:
    """How many rows there are to be emptied."""
    counted = select(func.count()).select_from(TABLES[worn.kind]).where(worn.over(before))
    return int(db.session.scalar(counted) or 0)


def wear(actor: Actor | None, worn: Worn, before: datetime, after: int, most: int) -> tuple[int, int]:
    """Empty the oldest rows behind the one of this number, in a writing transaction; the chain notes it as an erasure.
    Returns how many they were, and the number of the last.
    """
    table = TABLES[worn.kind]
    place = table.c[worn.kind.number]
    wanted = select(place).where(worn.over(before), place > after).order_by(place).limit(most)
    numbers = list(db.session.connection().execute(wanted).scalars())
    if not numbers:
        return 0, after
    _empty(worn.kind, dict.fromkeys(worn.fields, numbers))
    noted: dict[str, Any] = {f"{worn.kind.name}.{name}": ranges(numbers) for name in worn.fields}
    actions.record(actor, ERASED, **noted)
    return len(numbers), numbers[-1]


def _is_left(column: ColumnElement[Any], emptied_as: object) -> ColumnElement[bool]:
    return column.is_not(None) if emptied_as is None else cast(column, String) != "{}"


def _spelled(identity: UUID) -> tuple[str, str]:
    return str(identity), identity.hex


def _portions(them: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (them[start : start + AT_ONCE] for start in range(0, len(them), AT_ONCE))


def _numbers(kind: Kind, *which: ColumnElement[bool]) -> list[int]:
    place = TABLES[kind].c[kind.number]
    return list(db.session.connection().execute(select(place).where(*which).order_by(place)).scalars())


def _empty(kind: Kind, fields: Mapping[str, Sequence[int]]) -> int:
    """Empty these things in rows of these numbers; returns how many rows were changed."""
    table, connection = TABLES[kind], db.session.connection()
    columns = (*kind.sealed, "salt", "erased")
    setting = (
        update(table)
        .where(table.c[kind.number] == bindparam("row"))
        .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns})
    )
    wanted: dict[int, set[str]] = {}
    for name, numbers in fields.items():
        for number in numbers:
            wanted.setdefault(number, set()).add(name)
    numbers = sorted(wanted)
    for start in range(0, len(numbers), AT_ONCE):
        portion = numbers[start : start + AT_ONCE]
        rows = connection.execute(select(table).where(table.c[kind.number].in_(portion))).mappings()
        connection.execute(setting, [_values(kind, dict(row), wanted[row[kind.number]], columns) for row in rows])
    return len(numbers)


def _values(kind: Kind, row: Mapping[str, Any], fields: set[str], columns: Sequence[str]) -> dict[str, Any]:
    new = {**row, **emptied(kind, row, fields)}
    return {"row": row[kind.number], **{f"new_{name}": new[name] for name in columns}}
