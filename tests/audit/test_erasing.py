"""A person can be taken out of the record, and the chain still says that nothing else was touched."""

from uuid import UUID

import pytest
from sqlalchemy import String, cast, select, text
from sqlalchemy.exc import DatabaseError

from lms.audit import actions as audit
from lms.audit.chaining import TABLES
from lms.audit.keeping import Emptied, erase
from lms.audit.models import AuditEntry, RecordView
from lms.core.db import db, writing
from lms.core.ids import new_id
from tests.audit.conftest import change, faults


def erased(person, also=()):
    with writing():
        return erase(None, person.id, also)


def everything():
    db.session.rollback()
    rows = [row for table in TABLES.values() for row in db.session.execute(select(*(cast(c, String) for c in table.c)))]
    return " ".join(str(value) for row in rows for value in row).replace("-", "")


def test_whom_the_record_speaks_of_goes_and_what_was_done_stays(record):
    manager, leah, omar = record
    assert erased(leah) == Emptied(3, 3)
    assert leah.id.hex not in everything()
    assert omar.id.hex in everything()
    assert faults() == []
    rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [row.subject_id for row in rows] == [None, omar.id, None, omar.id, None, omar.id, None]
    assert {row.actor_id for row in rows[:6]} == {manager.id}
    assert rows[0].detail == {}
    assert rows[1].detail == {"times": 1}
    assert (rows[6].action, rows[6].detail) == (
        "audit.erased", {"acts.subject_id": "1,3,5", "acts.detail": "1,3,5", "views.person_id": "1,3,5"},
    )  # fmt: skip


def test_whoever_acted_and_looked_goes_too_also_from_rows_that_were_emptied_before(record):
    manager, leah, omar = record
    erased(leah)
    assert erased(manager) == Emptied(6, 6)
    assert erased(omar) == Emptied(3, 3)
    assert faults() == []
    assert not any(one.id.hex in everything() for one in record)
    assert db.session.scalars(select(RecordView.what).distinct()).all() == ["status and dates"]


def test_done_again_it_changes_and_notes_nothing(record):
    leah = record[1]
    erased(leah)
    before = everything()
    assert erased(leah) == Emptied(0, 0)
    assert everything() == before


def test_what_leads_to_a_person_by_another_identity_goes_when_it_is_named(record):
    leah, booking = record[1], new_id()
    with writing():
        audit.record(None, "booking.made", booking, note="3")
        audit.record(None, "team.named", None, person=str(leah.id))
    assert erased(leah, [booking]) == Emptied(5, 3)
    assert booking.hex not in everything()
    assert leah.id.hex not in everything()
    assert faults() == []


def test_a_row_emptied_without_an_erasure_that_says_so_is_found(record):
    erased(record[1])
    spared = "(SELECT {} FROM audit_entries WHERE id = 1)"
    change(f"UPDATE audit_entries SET salt = '', erased = {spared.format('erased')}, detail = '{{}}' WHERE id = 2")
    assert faults() == ["acts: row 2 is not as it was written."]


def test_emptying_by_hand_as_an_erasure_does_is_found(record):
    from lms.audit.chain import ACTS  # noqa: PLC0415
    from lms.audit.keeping import _empty  # noqa: PLC0415

    with writing():
        _empty(ACTS, {"actor_id": [4]})
    assert faults() == ["acts: row 4 was emptied, and no erasure says so."]


def test_more_taken_out_of_a_row_than_its_erasure_says_is_found(record):
    from lms.audit.chain import ACTS  # noqa: PLC0415
    from lms.audit.keeping import _empty  # noqa: PLC0415

    erased(record[1])
    with writing():
        _empty(ACTS, {"actor_id": [3]})
    assert faults() == ["acts: row 3 was emptied, and no erasure says so."]


@pytest.mark.parametrize("value", ["NULL", "'{}'", '\'{"seals": {}, "salts": {}, "more": {}}\''])
def test_what_an_erasure_left_cannot_be_changed(record, value):
    erased(record[1])
    change(f"UPDATE audit_entries SET erased = {value} WHERE id = 1")
    assert faults() == ["acts: row 1 is not as it was written."]


def test_somebody_put_in_the_place_of_who_was_erased_is_found_and_refused(record):
    erased(record[1])
    put = f"UPDATE audit_entries SET subject_id = '{UUID(int=7).hex}' WHERE id = 1"
    with pytest.raises(DatabaseError), writing() as session:
        session.execute(text(put))
    change(put)
    assert faults() == ["acts: row 1 is not as it was written."]


def test_a_persons_page_says_that_a_viewers_account_was_erased(record, as_user):
    manager, leah, _omar = record
    erased(manager)
    assert "Somebody whose account was erased" in as_user(leah).get("looked.listed").words
