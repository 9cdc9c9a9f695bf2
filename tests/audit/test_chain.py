"""The record is chained in the transaction of each act: nothing can be changed, taken out or slipped in unseen."""

from sqlalchemy import select

from lms.audit import actions as audit
from lms.audit.checking import check
from lms.audit.models import AuditEntry, RecordView
from lms.core.db import db, separate, writing
from lms.core.ids import new_id


def sound():
    db.session.rollback()
    found = check(db.engine)
    assert found.faults == []
    return {end.name: end.number for end in found.ends}


def test_acts_and_looks_are_numbered_and_chained_where_they_commit(make, actor):
    manager, leah = make.manager(), make.person()
    with writing():
        audit.record(actor(manager), "thing.done", leah.id, words=3, what="é “quoted”")
        audit.viewed(actor(manager), [leah.id, manager.id], "status and dates")
    audit.viewed(actor(manager), [leah.id], "status and dates")
    with separate() as session:
        session.add(AuditEntry(action="thing.taken", detail={"n": None}))
    assert sound() == {"acts": 2, "views": 3}
    assert db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all() == [1, 2]
    assert db.session.scalars(select(RecordView.number).order_by(RecordView.number)).all() == [1, 2, 3]


def test_what_is_rolled_back_leaves_neither_row_nor_gap(make, actor):
    leah = make.person()
    try:
        with writing():
            audit.record(actor(leah), "thing.undone", leah.id)
            db.session.flush()
            raise LookupError
    except LookupError:
        pass
    with writing():
        audit.record(None, "thing.done")
    assert sound() == {"acts": 1, "views": 0}
    assert db.session.scalar(select(AuditEntry.action)) == "thing.done"


def test_a_savepoint_takes_with_it_what_was_noted_inside_and_nothing_else(database):
    with writing() as session:
        audit.record(None, "before")
        nested = session.begin_nested()
        audit.record(None, "inside")
        session.flush()
        nested.rollback()
        with session.begin_nested():
            audit.record(None, "kept")
        audit.record(None, "after", new_id())
    assert sound() == {"acts": 3, "views": 0}
    assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["before", "kept", "after"]
