"""The record is chained in the transaction of each act: nothing can be changed, taken out or slipped in unseen."""

from threading import Thread

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, event, insert, select, update

from lms.audit import actions as audit
from lms.audit.chaining import BesideTheChain, ChainBroken
from lms.audit.checking import check
from lms.audit.cli import audit as commands
from lms.audit.models import AuditChain, AuditEntry, RecordView
from lms.core.db import db, separate, writing
from lms.core.ids import new_id
from tests.audit.conftest import change


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


def test_writers_side_by_side_leave_one_chain_without_a_gap(app, make, actor):
    leah = make.person()
    seen, whom, faults = actor(leah), leah.id, []
    db.session.rollback()

    def write(number):
        try:
            with app.app_context():
                for turn in range(5):
                    if (number + turn) % 2:
                        with writing():
                            audit.record(seen, "thing.done", whom, writer=number)
                            audit.viewed(seen, [whom], "status and dates")
                    else:
                        audit.viewed(seen, [whom], "status and dates")
        except Exception as fault:
            faults.append(fault)

    threads = [Thread(target=write, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    assert sound() == {"acts": 15, "views": 30}


def test_a_statement_that_would_go_round_the_chain_is_refused(database):
    for statement in (insert(RecordView).values(what="x"), update(AuditEntry).values(action="x"), delete(AuditChain)):
        with pytest.raises(BesideTheChain), writing() as session:
            session.execute(statement)


def test_an_act_costs_two_statements_more_than_its_own_row(app, database):
    seen = []
    event.listen(db.engine, "before_cursor_execute", note := lambda *given: seen.append(given[2].split()[0]))
    try:
        with writing():
            audit.record(None, "thing.done")
            audit.record(None, "thing.done")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert [one for one in seen if one != "BEGIN"] == ["SELECT", "INSERT", "UPDATE"]


def test_without_the_end_of_the_chain_nothing_is_added(database):
    change("DELETE FROM audit_chains WHERE name = 'acts'")
    with pytest.raises(ChainBroken), writing():
        audit.record(None, "thing.done")


def test_the_commands_say_whether_the_record_is_as_it_was_written(app, database, tmp_path):
    with writing():
        audit.record(None, "thing.done")
    kept = tmp_path / "kept"

    def lms(*words):
        done = CliRunner().invoke(commands, words, obj=lambda: app)
        return done.exit_code, done.output

    status, printed = lms("ends")
    assert status == 0
    kept.write_text(printed)
    with writing():
        audit.record(None, "thing.done")
    assert lms("verify", "--kept", str(kept))[0] == 0
    change("UPDATE audit_entries SET action = 'thing.undone' WHERE id = 2")
    status, said = lms("verify")
    assert (status, said.splitlines()[0]) == (1, "acts: row 2 is not as it was written.")
    kept.write_text("nothing of ours")
    assert "holds no ends of chains" in lms("verify", "--kept", str(kept))[1]
