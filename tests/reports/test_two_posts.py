"""Somebody with a post at each of two agencies: neither learns what the other asks of them, or leaves them free of."""

import pytest

from lms.assignments.models import Leave, Requirement, RequirementVersion
from lms.core import clock
from lms.core.db import writing
from tests.assignments.pasts import BY_CHOICE, days_ago


@pytest.fixture
def torn(fernshire, make):
    """Ben works for health and, as for Kestrel, for care. Health asks one module more, and he is on leave from it."""
    make.membership(fernshire.ben, team=fernshire.kestrel, starts_on=days_ago(30))
    with writing() as session:
        asked = Requirement(partnership="Fernshire", agency_id=fernshire.health.id, kind="module", target=BY_CHOICE)
        session.add(asked)
        session.flush()
        session.add(RequirementVersion(requirement_id=asked.id, first_day=clock.today(), why="Only health asks it"))
        session.add(
            Leave(
                person_id=fernshire.ben.id,
                agency_id=fernshire.health.id,
                first_day=days_ago(3),
                recorded_by=fernshire.head.id,
            )
        )
    return fernshire


@pytest.mark.slow
def test_what_health_asks_and_its_leave_are_not_told_to_care(torn, as_user):
    mine = as_user(torn.head).get("reports.person", person_id=torn.ben.id).words
    theirs = as_user(torn.care_manager).get("reports.person", person_id=torn.ben.id).words
    for words in ("Only health asks it", "On long leave"):
        assert words in mine
        assert words not in theirs
    assert "Fernshire Health" not in theirs
