"""Exempting people from modules: who may, from what, for how long, and what is recorded."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.assignments import queries
from lms.assignments.actions import exempting as actions
from lms.assignments.due import Status
from lms.assignments.models import Exemption
from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.core.permissions import Role, Scope
from tests.assignments.pasts import BY_CHOICE, CORE, days_ago

COORDINATOR = ((Role.STAFF, Scope.TEAM), (Role.COORDINATOR, Scope.PARTNERSHIP))
ADMINISTRATOR = ((Role.STAFF, Scope.TEAM), (Role.ADMINISTRATOR, Scope.PARTNERSHIP))


@pytest.fixture
def world(make):
    """Two teams of one agency, a manager of the first, a manager of all, and one person in the first team."""

    with make.together():

        class World:
            agency = make.agency()
            team, next_team = make.team(agency), make.team(agency)
            team_manager = make.manager(team=team)
            head = make.manager(agency=agency)
            next_manager = make.manager(team=next_team)
            sam = make.person("Sam Whitlock", team=team, starts_on=days_ago(500))

    return World


def rows() -> list[Exemption]:
    return list(db.session.scalars(select(Exemption).order_by(Exemption.granted_at)))


def stand(actor, person) -> Status:
    return next(one.status for one in queries.own(actor(person)) if one.module == CORE)


def test_a_manager_exempts_somebody_of_their_team_and_it_is_recorded_without_the_reason(world, actor):
    with writing():
        actions.exempt(actor(world.team_manager), world.sam.id, CORE, "Long leave", days_ago(-30))
    assert stand(actor, world.sam) is Status.EXEMPT
    (kept,) = rows()
    assert (kept.reason, kept.until, kept.granted_by) == ("Long leave", days_ago(-30), world.team_manager.id)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.subject_id) == ("exemption.granted", world.team_manager.id, kept.id)
    assert entry.detail["module"] == CORE
    assert "Long leave" not in str(entry.detail)


@pytest.mark.parametrize("who", ["next_manager", "sam"])
def test_nobody_else_of_the_agency_may(world, actor, who):
    someone = getattr(world, who)
    other = world.sam if who != "sam" else world.head
    with pytest.raises(NotFound), writing():
        actions.exempt(actor(someone), other.id, CORE, "Leave", None)
    assert rows() == []


def test_neither_coordinators_nor_administrators_nor_other_employers_may(world, actor, make):
    strangers = [
        make.person(agency=world.agency, roles=COORDINATOR),
        make.person(agency=world.agency, roles=ADMINISTRATOR),
        make.manager(agency=make.agency()),
        make.manager(agency=make.agency(partnership="Westmark")),
    ]
    for one in strangers:
        with pytest.raises(NotFound), writing():
            actions.exempt(actor(one), world.sam.id, CORE, "Leave", None)
    assert rows() == []


def test_a_manager_whose_own_post_ended_yesterday_may_not(world, actor, make):
    gone = make.manager(agency=world.agency, ends_on=days_ago(1))
    with pytest.raises(NotFound), writing():
        actions.exempt(actor(gone), world.sam.id, CORE, "Leave", None)


def test_a_leaver_can_no_longer_be_exempted(world, actor, make):
    left = make.person(team=world.team, starts_on=days_ago(300), ends_on=days_ago(1))
    with pytest.raises(NotFound), writing():
        actions.exempt(actor(world.head), left.id, CORE, "Leave", None)


def test_nobody_exempts_themself(world, actor):
    with pytest.raises(actions.NotForYourself), writing():
        actions.exempt(actor(world.head), world.head.id, CORE, "Busy", None)
    assert rows() == []


def test_only_a_required_module_and_only_until_a_day_to_come(world, actor):
    head = actor(world.head)
    for module in (BY_CHOICE, "no-such-module"):
        with pytest.raises(actions.NotRequired), writing():
            actions.exempt(head, world.sam.id, module, "Leave", None)
    with pytest.raises(actions.EndsInThePast), writing():
        actions.exempt(head, world.sam.id, CORE, "Leave", days_ago(1))
    with writing():
        actions.exempt(head, world.sam.id, CORE, "Leave", clock.today())
    assert stand(actor, world.sam) is Status.EXEMPT


def test_a_second_exemption_waits_until_the_first_has_ended_or_run_out(world, actor):
    head = actor(world.head)
    with writing() as session:
        session.add(
            Exemption(
                person_id=world.sam.id,
                agency_id=world.agency.id,
                module=CORE,
                reason="Leave",
                until=days_ago(1),
                granted_by=world.head.id,
            )
        )
    with writing():
        actions.exempt(head, world.sam.id, CORE, "Leave", None)
    with pytest.raises(actions.AlreadyExempt), writing():
        actions.exempt(actor(world.team_manager), world.sam.id, CORE, "Leave again", None)
    with writing():
        actions.end_exemption(head, world.sam.id, rows()[-1].id)
    with writing():
        actions.exempt(head, world.sam.id, CORE, "Leave again", None)
    assert len(rows()) == 3


def test_ending_keeps_the_row_and_says_who_ended_it(world, actor):
    with writing():
        actions.exempt(actor(world.head), world.sam.id, CORE, "Leave", None)
    kept = rows()[0].id
    for _ in range(2):
        with writing():
            actions.end_exemption(actor(world.team_manager), world.sam.id, kept)
    assert stand(actor, world.sam) is Status.OVERDUE
    assert rows()[0].ended_by == world.team_manager.id
    acts = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts == ["exemption.granted", "exemption.ended"]


def test_an_exemption_is_ended_only_by_somebody_who_answers_for_the_person_there(world, actor, make):
    elsewhere = make.agency()
    make.membership(world.sam, agency=elsewhere)
    their_manager = make.manager(agency=elsewhere)
    coordinator = make.person(agency=world.agency, roles=COORDINATOR)
    with writing():
        actions.exempt(actor(world.head), world.sam.id, CORE, "Leave", None)
    kept = rows()[0]
    for one in (their_manager, coordinator, world.next_manager, world.sam):
        with pytest.raises(NotFound), writing():
            actions.end_exemption(actor(one), world.sam.id, kept.id)
    with pytest.raises(NotFound), writing():
        actions.end_exemption(actor(world.head), world.team_manager.id, kept.id)
    with pytest.raises(NotFound), writing():
        actions.end_exemption(actor(world.head), world.sam.id, uuid4())
    assert rows()[0].ended_at is None
