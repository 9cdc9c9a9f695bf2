"""Managers approve their own people, and nobody comes without."""

import pytest

from lms.cohorts import approvals
from lms.cohorts.actions import approving, building
from lms.cohorts.actions import booking as actions
from lms.core.db import writing
from lms.core.permissions import Role, Scope
from lms.notifications import delivering
from lms.people import queries as people
from tests.cohorts.conftest import a_plan, mails, states
from tests.cohorts.test_offers import entry, stored
from tests.notifications.conftest import Bag
from tests.support.leaving import LOSSES


@pytest.fixture
def team(make, partnership):
    return make.team(partnership.agencies[1], "Front door")


@pytest.fixture
def manager(make, team):
    return make.manager(team=team, name="Mo Manager")


@pytest.fixture
def sam(make, team):
    return make.person("Sam Asker", team=team)


def ask(cohort, *persons):
    for person in persons:
        with writing():
            actions.book(people.actor(person), cohort.id)


def answer(visitor, cohort, person, do, note=""):
    return visitor.post("approvals.answer", {"do": do, "note": note}, booking_id=entry(cohort, person).id)


@pytest.mark.slow
def test_a_request_goes_to_the_manager_and_approval_gives_a_place(as_user, partnership, manager, sam):
    cohort = partnership.cohort(needs_approval=True)
    browser = as_user(sam)
    assert "Your manager is asked first." in browser.get("cohorts.show", cohort_id=cohort.id).words
    text = browser.post("cohorts.book", cohort_id=cohort.id).text
    assert 'data-booking="asked"' in text
    assert mails() == [("Mo Manager", "approval")]
    assert "Your manager is asked" in browser.get("cohorts.joint_days").words
    boss = as_user(manager)
    assert "1 person asks for your approval" in boss.get("cohorts.joint_days").words
    assert "Sam Asker" in boss.get("approvals.asked").words
    page = boss.follow(answer(boss, cohort, sam, "approve", "Take the early train"))
    assert "Approved. Sam Asker has a place." in page.words
    assert states(cohort) == {"Sam Asker": "booked"}
    assert "Nobody asks you" in boss.get("approvals.asked").words
    found = entry(cohort, sam)
    assert (found.approved_by, found.answer) == (manager.id, "Take the early train")


def test_declining_tells_the_person_with_the_sentence(as_user, partnership, manager, sam):
    cohort = partnership.cohort(needs_approval=True)
    ask(cohort, sam)
    boss = as_user(manager)
    answer(boss, cohort, sam, "decline", "We are too few that week.")
    assert states(cohort) == {"Sam Asker": "declined"}
    assert mails("declined") == [("Sam Asker", "declined")]
    boss.post("approvals.answer", {"do": "approve"}, booking_id=entry(cohort, sam).id, expect=422)
    assert states(cohort) == {"Sam Asker": "declined"}


def test_managers_see_their_own_people_only(make, as_user, partnership, manager, sam):
    cohort = partnership.cohort(needs_approval=True)
    ask(cohort, sam)
    others = [
        make.manager(team=make.team(partnership.agencies[1])),
        make.manager(agency=partnership.agencies[2]),
        make.person(agency=partnership.agencies[1]),
        partnership.trainer,
        make.person(agency=partnership.agencies[3], roles=((Role.COORDINATOR, Scope.PARTNERSHIP),)),
    ]
    for person in others:
        browser = as_user(person)
        assert "Sam Asker" not in browser.get("approvals.asked").words
        browser.post("approvals.answer", {"do": "approve"}, booking_id=entry(cohort, sam).id, expect=404)
    assert states(cohort) == {"Sam Asker": "asked"}
    assert "Sam Asker" in as_user(make.manager(agency=partnership.agencies[1])).get("approvals.asked").words


def test_somebody_without_a_manager_is_put_to_the_trainer(as_user, partnership):
    cohort, lone = partnership.cohort(needs_approval=True), partnership.person(3, name="Lone Minder")
    ask(cohort, lone)
    assert mails() == [("Tamsin Trainer", "approval")]
    browser = as_user(partnership.trainer)
    page = browser.get("approvals.asked")
    assert "Lone Minder" in page.words
    assert "They have no manager here" in page.words
    answer(browser, cohort, lone, "approve")
    assert states(cohort) == {"Lone Minder": "booked"}


def test_nobody_approves_themselves(make, as_user, partnership, manager):
    cohort = partnership.cohort(needs_approval=True)
    ask(cohort, manager)
    boss = as_user(manager)
    boss.post("approvals.answer", {"do": "approve"}, booking_id=entry(cohort, manager).id, expect=404)
    answer(as_user(partnership.trainer), cohort, manager, "approve")
    assert states(cohort) == {"Mo Manager": "booked"}


def test_whoever_is_approved_when_all_is_full_waits_from_when_they_asked(as_user, partnership, manager, sam):
    cohort = partnership.cohort(needs_approval=True, capacity=1)
    late, holder = partnership.person(2, name="Late"), partnership.person(3, name="Hal")
    ask(cohort, holder, sam, late)
    trainer = as_user(partnership.trainer)
    answer(trainer, cohort, holder, "approve")
    answer(trainer, cohort, late, "approve")
    answer(as_user(manager), cohort, sam, "approve")
    assert states(cohort) == {"Hal": "booked", "Sam Asker": "waiting", "Late": "waiting"}
    with writing():
        actions.cancel(people.actor(holder), cohort.id)
    assert states(cohort)["Sam Asker"] == "booked"


def test_a_trainer_who_adds_somebody_does_not_go_round_the_manager(actor, partnership, manager, sam):
    cohort = partnership.cohort(needs_approval=True)
    with writing():
        added = actions.add(actor(partnership.trainer), cohort.id, [sam.id])
    assert added.sentence == "1 person put to their managers for approval."
    assert states(cohort) == {"Sam Asker": "asked"}
    assert mails() == [("Sam Asker", "asked"), ("Mo Manager", "approval")]


def test_a_managers_own_nomination_needs_no_second_approval(actor, partnership, sam):
    cohort = partnership.cohort(needs_approval=True)
    with writing():
        actions.add(actor(partnership.trainer), cohort.id, [sam.id], approved=True)
    assert states(cohort) == {"Sam Asker": "booked"}


def test_people_put_on_a_draft_are_asked_for_when_it_opens(actor, partnership, manager, sam):
    cohort = partnership.cohort(needs_approval=True, draft=True)
    with writing():
        actions.add(actor(partnership.trainer), cohort.id, [sam.id])
    assert mails() == []
    assert approvals.asked_of(actor(manager)) == []
    with writing():
        building.open_for_booking(actor(partnership.trainer), cohort.id)
    assert sorted(mails()) == [("Mo Manager", "approval"), ("Sam Asker", "asked")]


def test_asking_for_approval_from_now_on_puts_those_who_wait_to_their_managers(actor, partnership, manager, sam):
    cohort = partnership.cohort(capacity=1)
    holder = partnership.person(0, name="Hal")
    ask(cohort, holder, sam)
    trainer, session = actor(partnership.trainer), stored(cohort).sessions[0]
    same = (type(a_plan().sessions[0])(session.starts_at, session.ends_at, session.place, session.id),)
    with writing():
        building.edit(trainer, cohort.id, a_plan(capacity=2, needs_approval=True, sessions=same))
    assert states(cohort) == {"Hal": "booked", "Sam Asker": "asked"}
    with writing():
        building.edit(trainer, cohort.id, a_plan(capacity=2, sessions=same))
    assert states(cohort) == {"Hal": "booked", "Sam Asker": "booked"}


def test_nothing_is_decided_about_a_day_that_has_begun(actor, partnership, manager, sam):
    cohort = partnership.cohort(needs_approval=True)
    ask(cohort, sam)
    partnership.begin(cohort, minutes=5)
    assert approvals.asked_of(actor(manager)) == []
    with pytest.raises(approving.TooLate), writing():
        approving.approve(actor(manager), entry(cohort, sam).id)


def left() -> list[str]:
    """What leaves the outbox now."""
    delivering.deliver_waiting(bag := Bag())
    return bag.mails


@pytest.mark.parametrize("loss", LOSSES)
def test_who_does_not_decide_any_more_is_not_told_that_somebody_asks(partnership, manager, sam, loss):
    ask(partnership.cohort(needs_approval=True), sam)
    LOSSES[loss](manager)
    assert left() == []


def test_whoever_decides_is_told_once_and_not_what_was_answered_meanwhile(as_user, partnership, manager, sam):
    ask(first := partnership.cohort(needs_approval=True), sam)
    assert len(left()) == 1
    answer(as_user(manager), first, sam, "approve")
    left()
    ask(second := partnership.cohort(needs_approval=True), sam)
    answer(as_user(manager), second, sam, "approve")
    assert not [one for one in left() if "approv" in one.lower()]
