"""Whatever single thing is changed by hand in the record or at its ends, the check names the first wrong row."""

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DatabaseError

from lms.audit.chain import BEFORE_THE_FIRST
from lms.audit.chaining import TABLES
from lms.audit.checking import End, ends_of
from lms.audit.models import AuditEntry, RecordView
from lms.core.db import db, writing
from tests.audit.conftest import by_hand, change, faults

NOBODY = "'00000000000040008000000000000000'"
LATER = "'2027-01-01 00:00:00.000001'"
CHANGES = [
    ("acts", "audit_entries", "id", "at", LATER),
    ("acts", "audit_entries", "id", "actor_id", NOBODY),
    ("acts", "audit_entries", "id", "actor_id", "NULL"),
    ("acts", "audit_entries", "id", "action", "'thing.undone'"),
    ("acts", "audit_entries", "id", "subject_id", NOBODY),
    ("acts", "audit_entries", "id", "detail", "'{\"times\": 7}'"),
    ("acts", "audit_entries", "id", "detail", "'{}'"),
    ("acts", "audit_entries", "id", "detail", "'[]'"),
    ("acts", "audit_entries", "id", "previous", "'" + "1" * 64 + "'"),
    ("acts", "audit_entries", "id", "hash", "'" + "1" * 64 + "'"),
    ("acts", "audit_entries", "id", "salt", "'" + "1" * 32 + "'"),
    ("acts", "audit_entries", "id", "salt", "''"),
    ("acts", "audit_entries", "id", "erased", '\'{"seals": {}, "salts": {}}\''),
    ("acts", "audit_entries", "id", "erased", "'[]'"),
    ("views", "record_views", "number", "id", NOBODY),
    ("views", "record_views", "number", "at", LATER),
    ("views", "record_views", "number", "viewer_id", NOBODY),
    ("views", "record_views", "number", "person_id", NOBODY),
    ("views", "record_views", "number", "person_id", "NULL"),
    ("views", "record_views", "number", "what", "'name'"),
    ("views", "record_views", "number", "role", "'trainer'"),
    ("views", "record_views", "number", "agency", "'Another'"),
    ("views", "record_views", "number", "why", "'request'"),
    ("views", "record_views", "number", "previous", "''"),
    ("views", "record_views", "number", "hash", "''"),
    ("views", "record_views", "number", "salt", "''"),
    ("views", "record_views", "number", "erased", "'{\"a\": 1}'"),
]


def test_every_column_of_both_tables_is_tried():
    tried = {(table, column) for _, table, _, column, _ in CHANGES} | {
        ("audit_entries", "id"),
        ("record_views", "number"),
    }
    assert tried == {(table.name, column.name) for table in TABLES.values() for column in table.columns}


@pytest.mark.slow
@pytest.mark.parametrize("changed", CHANGES, ids=lambda one: " ".join(one[1::2]))
@pytest.mark.parametrize("row", [1, 4, 6])
def test_a_changed_value_is_found(record, changed, row):
    chain, table, key, column, value = changed
    change(f"UPDATE {table} SET {column} = {value} WHERE {key} = {row}")
    (found,) = faults()
    assert found.startswith(f"{chain}: row {row} "), found


@pytest.mark.parametrize(
    ("chain", "table", "key"), [("acts", "audit_entries", "id"), ("views", "record_views", "number")]
)
class TestRows:
    @pytest.mark.parametrize("row", [1, 3])
    def test_one_taken_out_is_found(self, record, chain, table, key, row):
        change(f"DELETE FROM {table} WHERE {key} = {row}")
        assert faults() == [f"{chain}: row {row} is missing; row {row + 1} follows on row {row - 1}."]

    @pytest.mark.parametrize("first", [6, 5, 1])
    def test_the_newest_taken_out_are_found(self, record, chain, table, key, first):
        change(f"DELETE FROM {table} WHERE {key} >= {first}")
        assert faults() == [f"{chain}: row {first} is missing, and all after it: there were 6."]

    def test_one_taken_out_and_the_rest_moved_up_is_found(self, record, chain, table, key):
        change(
            f"DELETE FROM {table} WHERE {key} = 3",
            *(f"UPDATE {table} SET {key} = {n - 1} WHERE {key} = {n}" for n in (4, 5, 6)),
        )
        assert faults()[0].startswith(f"{chain}: row 3 does not follow on row 2")

    def test_two_that_changed_places_are_found(self, record, chain, table, key):
        change(*(f"UPDATE {table} SET {key} = {to} WHERE {key} = {of}" for of, to in ((3, 99), (4, 3), (99, 4))))
        assert faults()[0].startswith(f"{chain}: row 3 does not follow on row 2")

    def test_a_row_moved_to_the_end_is_found(self, record, chain, table, key):
        change(f"UPDATE {table} SET {key} = 7 WHERE {key} = 2")
        assert faults()[0].startswith(f"{chain}: row 2 is missing")

    @pytest.mark.parametrize("place", [0, 7])
    def test_one_put_in_is_found(self, record, chain, table, key, place):
        copy_last(table, key, place)
        assert faults()[0].startswith(f"{chain}: row {place or 1} ")

    def test_the_end_taken_out_or_changed_is_found(self, record, chain, table, key):
        change(f"UPDATE audit_chains SET hash = '{BEFORE_THE_FIRST}' WHERE name = '{chain}'")
        assert faults() == [f"{chain}: the row with the end of the chain was changed; row 6 is the last."]
        change(f"UPDATE audit_chains SET number = 5 WHERE name = '{chain}'")
        assert faults() == [f"{chain}: row 6 was added past the end of the chain."]
        change(f"UPDATE audit_chains SET number = 9 WHERE name = '{chain}'")
        assert faults() == [f"{chain}: row 7 is missing, and all after it: there were 9."]
        change(f"DELETE FROM audit_chains WHERE name = '{chain}'")
        assert faults() == [f"{chain}: the row with the end of the chain is missing."]

    def test_without_the_triggers_away_the_database_refuses(self, record, chain, table, key):
        for statement in (
            f"UPDATE {table} SET at = {LATER} WHERE {key} = 3",
            f"UPDATE {table} SET erased = '{{}}' WHERE {key} = 3",
            f"DELETE FROM {table} WHERE {key} = 3",
            f"DELETE FROM {table}",
            "DELETE FROM audit_chains",
            "UPDATE audit_chains SET number = 3",
            f"TRUNCATE {table}",
            "TRUNCATE audit_chains",
            f"INSERT OR REPLACE INTO audit_chains (name, number, hash) VALUES ('{chain}', 3, 'x')",
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE {key} = 3",
        ):
            with pytest.raises(DatabaseError), writing() as session:
                session.execute(text(statement))
        assert faults() == []


def copy_last(table, key, place):
    model = {"audit_entries": AuditEntry, "record_views": RecordView}[table].__table__
    with by_hand() as connection:
        last = connection.execute(select(model).order_by(model.c[key].desc()).limit(1)).mappings().one()
        new = {**last, key: place, **({"id": last["viewer_id"]} if key == "number" else {})}
        connection.execute(insert(model).values(new))


def test_a_whole_end_written_anew_is_found_by_the_ends_kept_elsewhere(record):
    with db.engine.connect() as connection:
        kept = ends_of(connection)
    acts = next(one for one in kept if one.name == "acts")
    assert faults(kept) == []
    before = db.session.scalar(select(AuditEntry.hash).where(AuditEntry.id == 4))
    change(
        "DELETE FROM audit_entries WHERE id > 4",
        f"UPDATE audit_chains SET number = 4, hash = '{before}' WHERE name = 'acts'",
    )
    assert faults() == []
    assert faults([acts]) == ["acts: row 5 is missing: when its end was kept, the chain had 6 rows."]
    with writing() as session:
        session.add_all([AuditEntry(action="forged"), AuditEntry(action="forged")])
    assert faults() == []
    assert faults([acts]) == ["acts: row 6 or one before it was written anew since the end of the chain was kept."]
    assert faults([End("acts", 0, BEFORE_THE_FIRST)]) == []


def test_a_chain_nobody_knows_is_found(record):
    change(f"INSERT INTO audit_chains (name, number, hash) VALUES ('spare', 0, '{BEFORE_THE_FIRST}')")
    assert faults() == ["spare: nobody knows a chain of this name."]


def test_what_no_column_of_its_kind_can_hold_is_named_too(record):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's columns refuse it")
    for column, row in (("detail", 5), ("at", 3), ("actor_id", 2)):
        change(f"UPDATE audit_entries SET {column} = 'not so' WHERE id = {row}")
        assert faults()[0].startswith(f"acts: row {row} "), column


def test_a_record_of_several_portions_is_followed(database, monkeypatch):
    monkeypatch.setattr("lms.audit.checking.AT_ONCE", 3)
    for _ in range(7):
        with writing() as session:
            session.add(AuditEntry(action="thing.done"))
    assert faults() == []
    change("DELETE FROM audit_entries WHERE id = 4")
    assert faults()[0].startswith("acts: row 4 is missing")
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 6
