"""Chaining what a transaction adds to the record, just before it commits.

Rows are held back until then and written complete, in the same transaction. So writers side by side wait for each other
at the very end only, at the row that holds the end of the chain.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from lms.audit.chain import ACTS, VIEWS, Kind, linked, new_salt
from lms.audit.models import AuditChain, AuditEntry, RecordView
from lms.core import clock
from lms.core.db import db
from lms.core.ids import new_id

TABLES: Mapping[Kind, Any] = {ACTS: AuditEntry.__table__, VIEWS: RecordView.__table__}
_HELD = "held for the record"
_DEFAULTS: Mapping[type[Any], Mapping[str, Any]] = {
    AuditEntry: {"actor_id": None, "subject_id": None},
    RecordView: {"role": "", "agency": "", "why": ""},
}


class ChainBroken(RuntimeError):
    """The end of a chain is gone, so nothing can be added to it: somebody changed the database by hand."""


class BesideTheChain(RuntimeError):
    """A statement would change the record without its chain: a fault of ours."""


def install(app: Flask) -> None:
    """Watch what sessions add. After whatever else adds rows just before the commit."""
    with app.app_context():
        event.listen(db.sessionmaker, "before_flush", _hold)
        event.listen(db.sessionmaker, "before_commit", _settle)
        event.listen(db.sessionmaker, "after_soft_rollback", _drop_nested)
        event.listen(db.sessionmaker, "after_transaction_end", _forget)
        event.listen(db.sessionmaker, "do_orm_execute", _refuse_statement)


def hold_views(session: Session, views: Iterable[dict[str, Any]]) -> None:
    """Add many looks at once, without an object for each. They need all columns but those of the chain."""
    at = session.get_nested_transaction()
    session.info.setdefault(_HELD, []).extend((at, VIEWS, view, None) for view in views)


def _hold(session: Session, _context: object, _instances: object) -> None:
    """Take new rows out of what is flushed; they are written when the transaction ends."""
    for row in [one for one in session.new if isinstance(one, AuditEntry | RecordView)]:
        session.expunge(row)
        kind = ACTS if isinstance(row, AuditEntry) else VIEWS
        given = {**_DEFAULTS[type(row)], **vars(row)}
        values = {name: value for name, value in given.items() if not name.startswith("_")}
        values["at"] = values.get("at") or clock.now()
        if kind is ACTS:
            values["detail"] = values.get("detail") or {}
        else:
            values["id"] = values.get("id") or new_id()
        session.info.setdefault(_HELD, []).append((session.get_nested_transaction(), kind, values, row))


def _settle(session: Session) -> None:
    """Number, chain and write what was held. Always in this order, so that no two wait for each other."""
    if session.in_nested_transaction():
        return
    session.flush()
    held = session.info.pop(_HELD, ())
    for kind in (ACTS, VIEWS):
        rows = [(values, row) for _, of, values, row in held if of is kind]
        if rows:
            _append(session, kind, [values for values, _ in rows])
        for values, row in rows:
            for name in values if row is not None else ():
                setattr(row, name, values[name])


def _append(session: Session, kind: Kind, rows: list[dict[str, Any]]) -> None:
    """Three statements: the end of the chain, locked; the rows; the new end."""
    connection = session.connection()
    ends = AuditChain.__table__
    end = connection.execute(
        select(AuditChain.number, AuditChain.hash).where(AuditChain.name == kind.name).with_for_update()
    ).one_or_none()
    if end is None:
        raise ChainBroken(f"the end of the chain of {kind.name} is missing; see docs/audit.md")
    number, previous = end
    for row in rows:
        number += 1
        row.update(previous=previous, salt=new_salt(), erased=None)
        row[kind.number] = number
        row["hash"] = previous = linked(kind, number, previous, row)
    connection.execute(insert(TABLES[kind]), rows)
    connection.execute(update(ends).where(ends.c.name == kind.name).values(number=number, hash=previous))  # type: ignore[arg-type]


def _drop_nested(session: Session, gone: SessionTransaction) -> None:
    """What was added since a savepoint goes with it."""
    held = session.info.get(_HELD)
    if held:
        held[:] = [one for one in held if not _is_inside(one[0], gone)]


def _is_inside(one: SessionTransaction | None, gone: SessionTransaction) -> bool:
    while one is not None:
        if one is gone:
            return True
        one = one.parent
    return False


def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_HELD, None)


def _refuse_statement(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    mapper = state.bind_mapper
    if mapper is not None and mapper.class_ in (AuditEntry, RecordView, AuditChain):
        raise BesideTheChain(f"add {mapper.class_.__name__} rows by lms.audit.actions")
