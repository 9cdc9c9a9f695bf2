"""The impact pack for the annual report: what the board may read, signed off, and kept as it was."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from lms.assignments import counts
from lms.audit.models import AuditEntry
from lms.compliance import pack
from lms.compliance.models import ImpactPack
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from tests.assignments.pasts import CORE, complete

pytestmark = pytest.mark.slow

OBSERVER = ((Role.OBSERVER, Scope.PARTNERSHIP),)
AFTER_THE_YEAR = datetime(2028, 4, 12, 10, tzinfo=UTC)


@pytest.fixture
def year(fernshire, make):
    """A year that is over, with two agencies of many and one of two people; everything as known at its end."""
    with time_machine.travel(datetime(2028, 3, 20, 10, tzinfo=UTC)):
        police = make.agency("Fernshire Police")
        small = [make.person(agency=police, name=f"Constable {number}") for number in range(2)]
        crowd = [make.person(agency=fernshire.health) for _ in range(12)]
        more = [make.person(agency=fernshire.care) for _ in range(14)]
        with writing():
            for person in [*crowd[:6], *more[:6], *small[:1]]:
                complete(person, CORE, clock.today())
    with time_machine.travel(AFTER_THE_YEAR, tick=False) as traveller:
        with writing():
            counts.store_month_ends()
        fernshire.police, fernshire.traveller = police, traveller
        yield fernshire


def test_a_coordinator_reads_the_draft_as_the_board_would_and_signs_it_off(year, as_user, make):
    visitor = as_user(year.coordinator)
    listed = visitor.get("compliance.packs")
    assert "April 2027 to March 2028" in listed.words
    page = visitor.get("compliance.draft", partnership="Fernshire", year=2027)
    assert "Fernshire Police" in page.words
    assert "Not shown" in page.words
    assert "Constable" not in page.words
    assert "As at 31 March 2028" in page.words
    refused = visitor.post("compliance.sign", {"limits": " "}, partnership="Fernshire", year=2027, expect=422)
    assert "Say what these figures cannot tell" in refused.words
    signed = visitor.post("compliance.sign", {"limits": "Training alone."}, partnership="Fernshire", year=2027)
    shown = visitor.get(signed.location)
    assert "Signed off on Wednesday 12 April 2028 by Coordinator" in shown.words
    assert "Training alone." in shown.words
    observer = as_user(make.person(agency=year.police, roles=OBSERVER))
    assert "April 2027 to March 2028" in observer.get("compliance.packs").words
    assert observer.get(signed.location).words.count("Not shown") == shown.words.count("Not shown")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "impact.signed")).one()
    assert entry.detail == {"year": 2027, "number": 1}


def test_a_signed_pack_stays_as_it_was_and_a_later_one_is_another_version(year, actor, make):
    coordinator = actor(year.coordinator)
    with writing():
        first = pack.sign(coordinator, "Fernshire", 2027, "Limits").id
    before = pack.get(coordinator, first)[1]
    year.traveller.move_to(datetime(2028, 5, 12, 10, tzinfo=UTC))
    with writing():
        for _ in range(9):
            complete(make.person(agency=year.police), CORE, clock.today())
    assert pack.get(coordinator, first)[1] == before
    with writing():
        assert pack.sign(coordinator, "Fernshire", 2027, "Limits").number == 2
    (again, _) = db.session.scalars(select(ImpactPack).order_by(ImpactPack.number.desc())).all()
    figures = [one["rows"] for one in again.sections if one["question"] == "Is the workforce trained?"]
    assert figures == [[list(row) for row in one.rows] for one in before if one.question == "Is the workforce trained?"]


def test_only_a_year_that_is_over_and_only_by_the_coordinator_of_that_partnership(year, actor, as_user, make):
    coordinator = actor(year.coordinator)
    with pytest.raises(pack.NotOverYet), writing():
        pack.sign(coordinator, "Fernshire", 2028, "Limits")
    for partnership, of_year in (("Westmark", 2027), ("Fernshire", 1999)):
        with pytest.raises(NotFound), writing():
            pack.sign(coordinator, partnership, of_year, "Limits")
    with pytest.raises(NotFound), writing():
        pack.sign(actor(year.head), "Fernshire", 2027, "Limits")
    as_user(year.head).get("compliance.draft", partnership="Fernshire", year=2027, expect=403)
    visitor = as_user(year.coordinator)
    visitor.get("compliance.draft", partnership="Westmark", year=2027, expect=404)
    visitor.get("compliance.draft", partnership="Fernshire", year=1999, expect=404)
    present = visitor.get("compliance.draft", partnership="Fernshire", year=2028)
    assert "can be signed off once it is over" in present.words
    with writing():
        made = pack.sign(coordinator, "Fernshire", 2027, "Limits").id
    stranger = make.person(agency=make.agency(partnership="Westmark"), roles=OBSERVER)
    as_user(stranger).get("compliance.show", pack_id=made, expect=404)
    as_user(year.north_manager).get("compliance.show", pack_id=made, expect=404)
