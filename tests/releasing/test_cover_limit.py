"""A team's limit of people out: booking, moving up, approving and sending keep to it, and a manager goes over it with a
reason.
"""

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.cohorts import cover
from lms.cohorts.actions import approving, building, releasing, sparing, substituting
from lms.cohorts.actions import booking as booking_actions
from lms.cohorts.cover import Limit
from lms.cohorts.cover_models import TeamCover
from lms.core.db import db, writing
from lms.people import queries as people
from lms.planning.rules import Rules
from tests.cohorts.conftest import a_plan
from tests.releasing.conftest import entry, mails, states

pytestmark = pytest.mark.slow


@pytest.fixture
def three(house):
    """Three people of the team, on a day on which one may be out."""
    house.limit(most=1)
    return [house.person(name, owes=()) for name in ("Ben", "Carys", "Dele")]


@pytest.mark.parametrize(
    ("limit", "size", "most", "words"),
    [
        (Limit(most=2), 9, 2, "at most 2 of 9 people"),
        (Limit(share=25), 9, 2, "at most 2 of 9 people (25%)"),
        (Limit(share=100), 3, 3, "at most 3 of 3 people (100%)"),
        (Limit(share=1), 40, 1, "at most 1 of 40 people (1%)"),
        (Limit(), 9, 1, "at most 1 of 9 people (the usual 20%; no limit is set)"),
        (Limit(), 1, 1, "at most 1 of 1 person (the usual 20%; no limit is set)"),
    ],
)
def test_a_limit_is_a_number_or_a_share_and_one_may_always_go(limit, size, most, words):
    assert (limit.of(size), limit.words(size)) == (most, words)


def test_planning_and_booking_use_the_same_figure():
    assert Rules().cover_share == cover.USUAL_SHARE
    assert [Rules().most_away(size) for size in range(1, 60)] == [Limit().of(size) for size in range(1, 60)]


def test_whoever_books_when_the_team_is_at_its_limit_is_put_to_the_manager(house, three, as_user):
    ben, carys, _ = three
    day = house.day(20)
    house.book(day, ben)
    browser = as_user(carys)
    page = browser.get("cohorts.show", cohort_id=day.id)
    assert "Your team has as many people out that day as it can spare, so your manager is asked first." in page.words
    assert "Ben" not in page.words
    assert "Ask to come" in page.words
    browser.post("cohorts.book", cohort_id=day.id)
    assert states(day) == {"Ben": "booked", "Carys": "asked"}
    assert mails("approval") == [("Hedda Head", "approval"), ("Mo Manager", "approval")]


def test_another_day_another_team_and_another_agency_do_not_count(house, three, make):
    ben, carys, dele = three
    house.book(house.day(20), ben)
    house.book(later := house.day(21), carys)
    assert states(later) == {"Carys": "booked"}
    other = house.person("Other", team=make.team(house.agency), owes=())
    house.book(same := house.day(20, "Same day"), other)
    assert states(same) == {"Other": "booked"}
    make.membership(dele, agency=house.partnership.agencies[3], starts_on=dele.memberships[0].starts_on)
    far = house.day(22, "Far", agencies=(house.partnership.agencies[3].id,))
    house.book(far, dele)
    house.book(near := house.day(22, "Near"), ben)
    assert states(near) == {"Ben": "booked"}  # Dele is out for another employer, which this one does not see


def test_two_cohorts_on_one_day_count_together_and_so_does_an_offer(house, three):
    ben, carys, dele = three
    first, second = house.day(20, "Morning"), house.day(20, "Afternoon")
    house.book(first, ben)
    house.book(second, carys)
    assert states(second) == {"Carys": "asked"}
    offering = house.day(30, "Offering", capacity=1, largest_share=100, offers_places=True)
    holder = house.partnership.person(2, name="Hal")
    house.book(offering, holder, dele)
    with writing():
        booking_actions.cancel(people.actor(holder), offering.id)
    assert states(offering)["Dele"] == "offered"
    house.book(same := house.day(30, "Same day"), ben)
    assert states(same) == {"Ben": "asked"}


def test_while_no_limit_is_set_the_usual_share_stops_nobody(house):
    ben, carys = house.person("Ben", owes=()), house.person("Carys", owes=())
    day = house.day(20)
    house.book(day, ben, carys)
    assert states(day) == {"Ben": "booked", "Carys": "booked"}


def test_nobody_moves_up_when_their_team_is_at_its_limit(house, three):
    ben, carys, _ = three
    full = house.day(20, capacity=1, largest_share=100)
    holder, other = house.partnership.person(2, name="Hal"), house.partnership.person(3, name="Orla")
    house.book(full, holder, carys, other)
    house.book(same := house.day(20, "Same day"), ben)
    assert states(same) == {"Ben": "booked"}
    with writing():
        booking_actions.cancel(people.actor(holder), full.id)
    assert states(full) == {"Hal": "cancelled", "Carys": "waiting", "Orla": "booked"}
    with writing():
        booking_actions.cancel(people.actor(ben), same.id)
        booking_actions.cancel(people.actor(other), full.id)
    assert states(full)["Carys"] == "booked"


def test_of_two_who_wait_from_one_team_only_as_many_move_up_as_it_can_spare(house, three):
    ben, carys, _ = three
    full = house.day(20, capacity=2, largest_share=100)
    holders = [house.partnership.person(2, name=name) for name in ("Hal", "Hope")]
    house.book(full, *holders, ben, carys)
    with writing():
        for one in holders:
            booking_actions.cancel(people.actor(one), full.id)
    assert sorted(states(full).values()) == ["booked", "cancelled", "cancelled", "waiting"]


def test_approving_over_the_limit_needs_a_reason_which_is_kept(house, three, as_user):
    ben, carys, _ = three
    day = house.day(20)
    house.book(day, ben, carys)
    boss = as_user(house.manager)
    page = boss.get("approvals.asked")
    assert "With them, 2 people of Front door are out on " in page.words
    assert "the limit is 1" in page.words
    asked = entry(day, carys).id
    page = boss.post("approvals.answer", {"do": "approve"}, booking_id=asked, expect=422)
    assert "Say why the team can spare them all the same" in page.words
    assert page.all(f"//a[@href='#reason-{asked}']")
    assert states(day)["Carys"] == "asked"
    boss.post("approvals.answer", {"do": "approve", "reason": "Bank staff come"}, booking_id=asked)
    found = entry(day, carys)
    assert (found.state, found.cover_by, found.cover_why) == ("booked", house.manager.id, "Bank staff come")
    noted = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "cohort.team_cover_exceeded"))
    assert (noted.actor_id, noted.subject_id) == (house.manager.id, found.id)
    assert (noted.detail["out"], noted.detail["limit"]) == (2, 1)


def test_without_a_limit_of_its_own_approving_only_warns(house, as_user):
    ben, carys = house.person("Ben", owes=()), house.person("Carys", owes=())
    day = house.day(20, needs_approval=True)
    house.book(day, ben, carys)
    boss = as_user(house.manager)
    boss.post("approvals.answer", {"do": "approve"}, booking_id=entry(day, ben).id)
    assert "That is the usual share; the team has set no limit" in boss.get("approvals.asked").words
    boss.post("approvals.answer", {"do": "approve"}, booking_id=entry(day, carys).id)
    assert states(day) == {"Ben": "booked", "Carys": "booked"}


def test_declining_needs_no_reason(house, three, as_user):
    day = house.day(20)
    house.book(day, *three[:2])
    as_user(house.manager).post("approvals.answer", {"do": "decline"}, booking_id=entry(day, three[1]).id)
    assert states(day)["Carys"] == "declined"


def test_whoever_was_let_over_the_limit_keeps_that_on_the_waiting_list(house, three):
    ben, carys, _ = three
    full = house.day(20, capacity=1, largest_share=100)
    holder = house.partnership.person(2, name="Hal")
    house.book(full, holder)
    house.book(house.day(20, "Same day"), ben)
    with writing():
        releasing.release(people.actor(house.manager), full.id, carys.id, "Needed there")
    assert states(full)["Carys"] == "waiting"
    with writing():
        booking_actions.cancel(people.actor(holder), full.id)
    assert states(full)["Carys"] == "booked"


def test_a_trainer_does_not_go_round_the_limit(house, three):
    ben, carys, _ = three
    day = house.day(20)
    house.book(day, ben)
    with writing():
        added = booking_actions.add(people.actor(house.partnership.trainer), day.id, [carys.id])
    assert added.sentence == "1 person put to their managers for approval."
    assert states(day)["Carys"] == "asked"


def test_a_trainer_who_asks_for_no_approval_any_more_does_not_either(house, three):
    ben, carys, _ = three
    day = house.day(20, needs_approval=True)
    house.book(day, ben, carys)
    with writing():
        approving.approve(people.actor(house.manager), entry(day, ben).id)
    with writing():
        plan = a_plan(sessions=(), needs_approval=False, title=day.title)
        sessions = tuple(
            type(a_plan().sessions[0])(one.starts_at, one.ends_at, one.place, one.id) for one in day.sessions
        )
        building.edit(
            people.actor(house.partnership.trainer), day.id, type(plan)(day.title, sessions, minimum_agencies=1)
        )
    assert states(day) == {"Ben": "booked", "Carys": "asked"}


def test_a_place_passes_within_the_team_and_not_to_one_that_cannot_spare_anybody(house, three, make):
    ben, carys, _ = three
    other = make.team(house.agency, "Other team")
    house.limit(most=1, team=other)
    olga, otto = (house.person(name, team=other, owes=()) for name in ("Olga", "Otto"))
    day = house.day(20)
    house.book(day, ben, olga)
    with writing(), pytest.raises(substituting.NotSpared):
        substituting.send(people.actor(ben), day.id, otto.id)
    db.session.rollback()
    with writing():
        substituting.send(people.actor(ben), day.id, carys.id)
    assert states(day) == {"Ben": "cancelled", "Olga": "booked", "Carys": "booked"}


def test_a_draft_is_not_counted_before_it_opens(house, three):
    ben, carys, _ = three
    draft = house.day(20, draft=True)
    with writing():
        booking_actions.add(people.actor(house.partnership.trainer), draft.id, [ben.id])
    house.book(day := house.day(20, "Open"), carys)
    assert (states(draft), states(day)) == ({"Ben": "booked"}, {"Carys": "booked"})


def test_a_manager_sets_the_limit_of_their_team_and_takes_it_away(house, as_user, make):
    other = make.team(house.agency)
    boss = as_user(house.manager)
    page = boss.get("releasing.limit", team_id=house.team.id)
    assert "Now: at most 1 of 1 person (the usual 20%; no limit is set)." in page.words
    boss.post("releasing.set_limit", {"kind": "people", "number": "2"}, team_id=house.team.id)
    assert limits() == {house.team.id: (2, None, house.manager.id)}
    boss.post("releasing.set_limit", {"kind": "share", "number": "30"}, team_id=house.team.id)
    assert limits() == {house.team.id: (None, 30, house.manager.id)}
    as_user(house.head).post("releasing.set_limit", {"kind": "usual"}, team_id=house.team.id)
    assert limits() == {}
    as_user(house.head).post("releasing.set_limit", {"kind": "people", "number": "1"}, team_id=other.id)
    assert limits() == {other.id: (1, None, house.head.id)}
    found = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("team."))).all()
    assert found == ["team.cover_set", "team.cover_set", "team.cover_unset", "team.cover_set"]


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "people", "number": "0"},
        {"kind": "people", "number": "-3"},
        {"kind": "people", "number": ""},
        {"kind": "people", "number": "many"},
        {"kind": "share", "number": "101"},
        {"kind": "share", "number": "99999999999999999999"},
        {"kind": "people", "number": "99999999999999999999"},
        {"kind": "", "number": "2"},
        {},
    ],
)
def test_a_limit_that_nobody_can_keep_is_refused_and_what_was_typed_stays(house, as_user, sent):
    page = as_user(house.manager).post("releasing.set_limit", sent, team_id=house.team.id, expect=422)
    assert page.all("//input[@id='number']/@value") in ([sent.get("number", "")], [])
    assert limits() == {}


def test_only_managers_of_the_team_see_and_set_its_limit(house, as_user, make):
    south = make.manager(team=make.team(house.agency))
    for stranger in (south, house.elsewhere, house.coordinator):
        as_user(stranger).get("releasing.limit", team_id=house.team.id, expect=404)
        sent = {"kind": "people", "number": "1"}
        as_user(stranger).post("releasing.set_limit", sent, team_id=house.team.id, expect=404)
    with writing(), pytest.raises(sparing.NotFound):
        sparing.set_limit(people.actor(house.elsewhere), house.team.id, Limit(1))
    assert limits() == {}


def limits():
    db.session.rollback()
    rows = db.session.scalars(select(TeamCover).execution_options(populate_existing=True))
    return {row.team_id: (row.most, row.share, row.set_by) for row in rows}
