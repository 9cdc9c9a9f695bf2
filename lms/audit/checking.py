"""Reading a chain from its first row to its end, and saying which row is the first that is not as it was written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select

from lms.audit.chain import BEFORE_THE_FIRST, ERASED, KINDS, Kind, linked, read_ranges
from lms.audit.chaining import TABLES
from lms.audit.models import AuditChain, AuditEntry

AT_ONCE = 2_000
Notes = Mapping[tuple[str, str], Sequence[range]]


@dataclass(frozen=True)
class End:
    """The end of a chain: how many rows, and the hash of the last."""

    name: str
    number: int
    hash: str

    @property
    def line(self) -> str:
        """As it is printed and kept."""
        return f"{self.name} {self.number} {self.hash}"


@dataclass(frozen=True)
class Found:
    """What a check found: the ends as they stand, how many rows were read, and a sentence for each broken chain."""

    ends: Sequence[End]
    rows: int
    faults: Sequence[str]


class Wrong(Exception):
    """The first row that is not as it was written; the sentence says which, and how."""


def check(engine: Engine, kept: Iterable[End] = ()) -> Found:
    """Check every chain as it stands at one moment, also while others write. `kept` are ends that were printed before:
    the chain must still hold them.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        return check_on(connection, list(kept))


def ends_of(connection: Connection) -> list[End]:
    """The ends of the chains as they stand."""
    rows = connection.execute(select(AuditChain.name, AuditChain.number, AuditChain.hash).order_by(AuditChain.name))
    return [End(*row) for row in rows]


def check_on(connection: Connection, kept: Sequence[End] = ()) -> Found:
    """Check every chain within what this connection sees."""
    ends = ends_of(connection)
    faults = [f"{one.name}: nobody knows a chain of this name." for one in ends if one.name not in KINDS]
    rows = 0
    notes: Notes | None = None
    for kind in KINDS.values():
        try:
            end = next((one for one in ends if one.name == kind.name), None)
            if end is None:
                raise Wrong("the row with the end of the chain is missing.")
            notes = _notes(connection) if notes is None else notes
            rows += _read(connection, kind, end, notes, [one for one in kept if one.name == kind.name])
        except Wrong as wrong:
            faults.append(f"{kind.name}: {wrong}")
    return Found(ends, rows, faults)


def _read(connection: Connection, kind: Kind, end: End, notes: Notes, kept: Sequence[End]) -> int:
    """Follow one chain to its end; returns how many rows it has. Raises Wrong."""
    wanted = {one.number: one.hash for one in kept}
    number, previous = 0, BEFORE_THE_FIRST
    _compare_kept(wanted, number, previous)
    for row in _rows(connection, kind):
        place = row[kind.number]
        if place != number + 1:
            raise Wrong(f"row {number + 1} is missing; row {place} follows on row {number}.")
        number, previous = place, _next(kind, row, previous, notes)
        _compare_kept(wanted, number, previous)
    if number < end.number:
        raise Wrong(f"row {number + 1} is missing, and all after it: there were {end.number}.")
    if number > end.number:
        raise Wrong(f"row {end.number + 1} was added past the end of the chain.")
    if previous != end.hash:
        raise Wrong(f"the row with the end of the chain was changed; row {number} is the last.")
    if wanted:
        raise Wrong(f"row {number + 1} is missing: when its end was kept, the chain had {max(wanted)} rows.")
    return number


def _compare_kept(wanted: dict[int, str], number: int, found: str) -> None:
    if wanted.pop(number, found) != found:
        raise Wrong(f"row {number} or one before it was written anew since the end of the chain was kept.")


def _next(kind: Kind, row: Mapping[str, Any], previous: str, notes: Notes) -> str:
    """The hash of a row, once it is as it was written. Raises Wrong."""
    number = row[kind.number]
    if row["previous"] != previous:
        raise Wrong(f"row {number} does not follow on row {number - 1}: one of the two was changed or put in.")
    try:
        right = linked(kind, number, previous, row) == row["hash"]
        unnoted = [one for one in (row["erased"] or {"seals": ()})["seals"] if not _noted(kind, one, number, notes)]
    except (ValueError, TypeError, LookupError, AttributeError):
        right, unnoted = False, []
    if not right:
        raise Wrong(f"row {number} is not as it was written.")
    if unnoted:
        raise Wrong(f"row {number} was emptied, and no erasure says so.")
    return str(row["hash"])


def _noted(kind: Kind, field: str, number: int, notes: Notes) -> bool:
    return any(number in span for span in notes.get((kind.name, field), ()))


def _notes(connection: Connection) -> Notes:
    """Which things the erasures say they took out of which rows."""
    found: dict[tuple[str, str], list[range]] = {}
    wanted = select(AuditEntry.id, AuditEntry.detail).where(AuditEntry.action == ERASED).order_by(AuditEntry.id)
    for number, detail in _readable(connection, wanted):
        for key, spans in detail.items():
            name, _, field = key.partition(".")
            try:
                found.setdefault((name, field), []).extend(read_ranges(str(spans)))
            except ValueError:
                raise Wrong(f"row {number} is not as it was written.") from None
    return {key: _together(spans) for key, spans in found.items()}


def _together(spans: Sequence[range]) -> list[range]:
    """The same numbers in as few spans as there can be, in order: the clock empties a portion every night for years."""
    found: list[range] = []
    for span in sorted(spans, key=lambda one: one.start):
        if found and span.start <= found[-1].stop:
            found[-1] = range(found[-1].start, max(found[-1].stop, span.stop))
        else:
            found.append(span)
    return found


def _readable(connection: Connection, wanted: Any) -> list[tuple[int, dict[str, Any]]]:
    try:
        return [(number, detail) for number, detail in connection.execute(wanted) if isinstance(detail, dict)]
    except (ValueError, TypeError):
        return []  # the row that cannot be read is named when it is come to


def _rows(connection: Connection, kind: Kind) -> Iterator[Mapping[str, Any]]:
    """Every row in its order. Raises Wrong for one that cannot be read."""
    table = TABLES[kind]
    place = table.c[kind.number]
    last: int | None = None
    while True:
        wanted = select(table).order_by(place).limit(AT_ONCE)
        portion = _portion(connection, wanted if last is None else wanted.where(place > last), kind)
        yield from portion
        if len(portion) < AT_ONCE:
            return
        last = portion[-1][kind.number]


def _portion(connection: Connection, wanted: Any, kind: Kind) -> list[Mapping[str, Any]]:
    try:
        return [dict(row) for row in connection.execute(wanted).mappings()]
    except (ValueError, TypeError):
        raise Wrong(_unreadable(connection, wanted, kind)) from None


def _unreadable(connection: Connection, wanted: Any, kind: Kind) -> str:
    """Which of these rows holds something that no column of its kind can."""
    place = TABLES[kind].c[kind.number]
    numbers = list(connection.execute(wanted.with_only_columns(place)).scalars())
    for number in numbers:
        try:
            connection.execute(select(TABLES[kind]).where(place == number)).all()
        except (ValueError, TypeError):
            return f"row {number} is not as it was written."
    return "a row is not as it was written."
