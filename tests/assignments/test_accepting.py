"""Long leave, and what was learned elsewhere: who records it, what it changes, and who reads it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.assignments import queries
from lms.assignments.actions import accepting, leave
from lms.assignments.actions.accepting import Learned
from lms.assignments.actions.exempting import NotForYourself
from lms.assignments.due import Status
from lms.assignments.models import Equivalent, Leave, PriorLearning
from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from tests.assignments.pasts import CORE, days_ago

COORDINATOR = ((Role.STAFF, Scope.TEAM), (Role.COORDINATOR, Scope.PARTNERSHIP))


@pytest.fixture
def world(make):
    """An agency with a team, its manager and Sam, who is late with everything; and another agency."""

    class World:
        agency, other = make.agency("Health"), make.agency("Care")
        team = make.team(agency)
        boss = make.manager(team=team)
        coordinator = make.person(agency=other, roles=COORDINATOR)
        stranger = make.manager(agency=other)
        sam = make.person("Sam Whitlock", team=team, starts_on=days_ago(500))

    return World


def cell(actor, person, module=CORE):
    return next(one for one in queries.own(actor(person)) if one.module == module)


def learned(**given) -> Learned:
    said = {
        "target": CORE,
        "title": "Lead professionals",
        "provider": "County Council",
        "completed_on": days_ago(100),
        "valid_until": days_ago(-500),
        "evidence": "Certificate in the file",
    }
    return Learned(**{**said, **given})


# --- long leave


@pytest.mark.slow
def test_who_is_away_is_asked_nothing_and_late_with_nothing_for_thirty_days_after(world, actor):
    assert cell(actor, world.sam).is_late
    with writing():
        (made,) = leave.record(actor(world.boss), world.sam.id, days_ago(3), None)
    assert (cell(actor, world.sam).status, cell(actor, world.sam).on_leave) == (Status.EXEMPT, True)
    with writing():
        leave.come_back(actor(world.boss), world.sam.id, made.id, days_ago(1))
    assert cell(actor, world.sam).standing.on == days_ago(1) + timedelta(days=30)
    assert cell(actor, world.sam).status is Status.DUE
    with writing():
        leave.cancel(actor(world.boss), world.sam.id, made.id)
    assert cell(actor, world.sam).is_late
    acts = [entry.action for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.at))]
    assert acts == ["leave.recorded", "leave.ended", "leave.cancelled"]


@pytest.mark.slow
def test_leave_is_recorded_by_who_answers_for_the_person_and_never_twice_for_one_day(world, actor):
    for someone in (world.stranger, world.coordinator):
        with pytest.raises(NotFound), writing():
            leave.record(actor(someone), world.sam.id, clock.today(), None)
    with pytest.raises(NotForYourself), writing():
        leave.record(actor(world.boss), world.boss.id, clock.today(), None)
    boss = actor(world.boss)
    with pytest.raises(leave.EndsBeforeItBegins), writing():
        leave.record(boss, world.sam.id, clock.today(), days_ago(1))
    with pytest.raises(leave.TooLongAgo), writing():
        leave.record(boss, world.sam.id, days_ago(900), None)
    with writing():
        leave.record(boss, world.sam.id, days_ago(10), days_ago(-10))
    for first, last in ((days_ago(30), None), (days_ago(-10), days_ago(-20)), (days_ago(10), days_ago(10))):
        with pytest.raises(leave.AwayAlready), writing():
            leave.record(boss, world.sam.id, first, last)
    with writing():
        leave.record(boss, world.sam.id, days_ago(-11), None)
    assert len(db.session.scalars(select(Leave)).all()) == 2


@pytest.mark.slow
def test_a_manager_records_leave_on_the_persons_page_and_the_person_reads_it(world, as_user):
    boss = as_user(world.boss)
    empty = boss.post("leave.record", {}, person_id=world.sam.id, expect=422)
    assert "Enter the first day away." in empty.words
    boss.post("leave.record", {"first_day": days_ago(2).isoformat()}, person_id=world.sam.id)
    page = boss.get("reports.person", person_id=world.sam.id)
    assert "return not known" in page.words
    assert "return not known" in as_user(world.sam).get("reports.mine").words
    (made,) = db.session.scalars(select(Leave)).all()
    sent = {"last_day": clock.today().isoformat()}
    boss.post("leave.come_back", sent, person_id=world.sam.id, leave_id=made.id)
    assert "return not known" not in boss.get("reports.person", person_id=world.sam.id).words
    stranger = as_user(world.stranger)
    stranger.post("leave.cancel", {}, person_id=world.sam.id, leave_id=made.id, expect=404)
    stranger.get("leave.record", person_id=world.sam.id, expect=404)


# --- learned elsewhere


def test_prior_learning_counts_from_its_day_for_the_agency_that_accepted_it_alone(world, actor, make):
    with writing():
        accepting.accept(actor(world.boss), world.sam.id, learned())
    found = cell(actor, world.sam)
    assert (found.status, found.by, found.valid_until) == (Status.CURRENT, "prior", days_ago(-500))
    make.membership(world.sam, agency=world.other, starts_on=days_ago(400))
    assert cell(actor, world.sam).is_late
    with writing():
        (row,) = db.session.scalars(select(PriorLearning)).all()
        accepting.end(actor(world.boss), world.sam.id, row.id, "Wrong person")
    assert cell(actor, world.sam).is_late
    assert (row.ended_why, row.ended_by) == ("Wrong person", world.boss.id)


def test_a_listed_equivalent_counts_for_every_agency_for_as_long_as_the_list_says(world, actor, make):
    with writing():
        course = Equivalent(target=CORE, title="Lead roles", provider="NHS", valid_months=12)
        listed = accepting.list_equivalent(actor(world.coordinator), "Fernshire", course)
    make.membership(world.sam, agency=world.other, starts_on=days_ago(400))
    with writing():
        accepting.accept(actor(world.boss), world.sam.id, learned(target="", title="", equivalent=listed.id))
    found = cell(actor, world.sam)
    assert (found.status, found.by) == (Status.CURRENT, "equivalent")
    assert found.valid_until == clock.months_later(days_ago(100), 12)
    with writing():
        accepting.end_equivalent(actor(world.coordinator), listed.id)
    assert cell(actor, world.sam).status is Status.CURRENT
    with pytest.raises(accepting.UnknownCourse), writing():
        accepting.accept(actor(world.boss), world.sam.id, learned(equivalent=listed.id))


def test_what_cannot_be_is_refused_and_strangers_find_nothing(world, actor):
    boss = actor(world.boss)
    for wrong, refusal in (
        ({"target": "no-such-module"}, accepting.NotTaught),
        ({"completed_on": days_ago(-1)}, accepting.NotThen),
        ({"valid_until": days_ago(100)}, accepting.EndsBefore),
        ({"evidence": " "}, accepting.Unsaid),
        ({"title": " "}, accepting.Unsaid),
    ):
        with pytest.raises(refusal), writing():
            accepting.accept(boss, world.sam.id, learned(**wrong))
    with pytest.raises(NotForYourself), writing():
        accepting.accept(boss, world.boss.id, learned())
    for someone in (world.stranger, world.coordinator):
        with pytest.raises(NotFound), writing():
            accepting.accept(actor(someone), world.sam.id, learned())
    with pytest.raises(NotFound), writing():
        accepting.list_equivalent(boss, "Fernshire", Equivalent(target=CORE, title="x", provider="y", valid_months=1))
    assert db.session.scalars(select(PriorLearning)).all() == []


def test_the_pages_of_learning_elsewhere(world, as_user):
    coordinator, boss = as_user(world.coordinator), as_user(world.boss)
    refused = coordinator.post("accepting.equivalents", {"course": "Lead roles"}, expect=422)
    assert "Say who provides it." in refused.words
    sent = {"course": "Lead roles", "provider": "NHS", "target": CORE, "months": "24"}
    coordinator.post("accepting.equivalents", sent)
    (listed,) = db.session.scalars(select(Equivalent)).all()
    empty = boss.post("accepting.accept", {}, person_id=world.sam.id, expect=422)
    assert "Enter the day it was completed." in empty.words
    day = days_ago(30).isoformat()
    chosen = {"equivalent": str(listed.id), "completed_on": day, "evidence": "Certificate in the file"}
    boss.post("accepting.accept", chosen, person_id=world.sam.id)
    page = boss.get("reports.person", person_id=world.sam.id)
    assert "Lead roles, NHS" in page.words
    assert "Certificate in the file" in as_user(world.sam).get("reports.mine").words
    (made,) = db.session.scalars(select(PriorLearning)).all()
    as_user(world.stranger).get("accepting.end", person_id=world.sam.id, learning_id=made.id, expect=404)
    boss.post("accepting.end", {"why": "Not theirs"}, person_id=world.sam.id, learning_id=made.id)
    assert "Lead roles" not in boss.get("reports.person", person_id=world.sam.id).words
    coordinator.post("accepting.end_equivalent", {}, equivalent_id=listed.id)
    assert "None yet." in coordinator.get("accepting.equivalents").words
