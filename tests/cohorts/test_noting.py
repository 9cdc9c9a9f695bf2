"""Whoever is on a joint day reads who looked at its list, register and missed places, but for its own trainers."""

from sqlalchemy import select

from lms.audit.models import RecordView
from lms.core.db import db
from lms.core.permissions import Role, Scope
from tests.cohorts.conftest import states
from tests.cohorts.test_approving import ask
from tests.cohorts.test_missed import held_day, missed


def looks(person):
    db.session.rollback()
    wanted = select(RecordView.role, RecordView.what).where(RecordView.person_id == person.id)
    return [tuple(row) for row in db.session.execute(wanted.order_by(RecordView.at, RecordView.id))]


def test_a_coordinator_who_looks_at_the_people_of_a_day_is_noted_and_its_trainer_is_not(make, as_user, partnership):
    helen = make.person("Helen", agency=partnership.agencies[1], roles=((Role.COORDINATOR, Scope.PARTNERSHIP),))
    cohort, sam = partnership.cohort(), partnership.person(2, name="Sam")
    ask(cohort, sam)
    partnership.begin(cohort, minutes=5)
    at = {"cohort_id": cohort.id, "session_id": cohort.sessions[0].id}
    pages = [("building.manage", {"cohort_id": cohort.id}), ("attendance.register", at), ("attendance.sheet", at)]
    for number, (address, names) in enumerate(pages, 1):
        as_user(partnership.trainer).get(address, **names)
        assert "Sam" in as_user(helen).get(address, **names).words
        assert looks(sam) == [("coordinator", "joint days")] * number
    assert "Helen" in as_user(sam).get("looked.listed").words
    assert states(cohort) == {"Sam": "booked"}


def test_a_manager_who_reads_which_places_were_missed_is_noted(make, as_user, partnership):
    _, stayed = held_day(partnership)
    missed.note_all_no_shows()
    manager = make.manager(agency=partnership.agencies[1])
    page = as_user(manager).get("missed.listed")
    assert stayed.name in page.words
    assert looks(stayed) == [("manager", "places missed")]
    assert "places missed" in as_user(stayed).get("looked.listed").words
