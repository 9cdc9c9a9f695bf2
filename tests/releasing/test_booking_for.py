"""A manager books a place for somebody they manage, after a page that says what it means."""

import pytest

from lms.cohorts.actions import booking as booking_actions
from lms.cohorts.actions import releasing
from lms.core.db import db, writing
from lms.core.errors import NotFound
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from tests.releasing.conftest import CORE, OTHER_CORE, entry, mails, states

pytestmark = pytest.mark.slow


def at(day, person):
    return {"person_id": person.id, "cohort_id": day.id}


def test_one_press_after_a_page_that_says_what_it_means(house, as_user):
    ben, carys = house.person("Ben"), house.person("Carys", owes=())
    day = house.day(20)
    house.limit(most=3)
    house.book(day, carys)
    boss = as_user(house.manager)
    link = boss.get("releasing.due").all("//table//td//a[contains(@href, 'joint-days')]")[0]
    page = boss.get(link.get("href"))
    assert page.h1 == "A place for Ben"
    assert "8 places of 24 are left for Agency B." in page.words
    assert "Carys. 1 out, at most 3 of 3 people." in page.words
    assert "Nothing stands in the way." in page.words
    assert "Ben gets one mail" in page.words
    [form] = [one for one in page.forms() if "joint-days" in (one.get("action") or "")]
    done = boss.follow(boss.send(page, form))
    assert "Booked. Ben has a place and is told." in done.words
    found = entry(day, ben)
    assert (found.state, found.approved_by, found.agency_id) == ("booked", house.manager.id, house.agency.id)
    assert "Has a place" in done.words


def test_the_person_is_told_whose_doing_it_was_and_can_cancel(house, as_user):
    ben, day = house.person("Ben"), house.day(20)
    as_user(house.manager).post("releasing.book", **at(day, ben))
    assert mails() == [("Ben", "place_booked")]
    text = db.session.query(OutboxMail).one().body
    assert "Your manager asked for this place for you. If you cannot come, cancel it" in text
    assert "Mo Manager" not in text
    browser = as_user(ben)
    browser.post("cohorts.cancel", cohort_id=day.id)
    assert states(day) == {"Ben": "cancelled"}


def test_without_a_free_place_they_wait_and_are_told_why(house, as_user):
    ben = house.person("Ben")
    day = house.day(20, capacity=1, largest_share=100)
    house.book(day, house.partnership.person(2, name="Hal"))
    boss = as_user(house.manager)
    assert "Put on the waiting list" in boss.get("releasing.check", **at(day, ben)).words
    boss.post("releasing.book", **at(day, ben))
    assert states(day)["Ben"] == "waiting"
    assert ("Ben", "waiting") in mails()


def test_a_request_is_approved_by_it(house, as_user):
    ben, day = house.person("Ben"), house.day(20, needs_approval=True)
    house.book(day, ben)
    boss = as_user(house.manager)
    assert "Approve" in boss.get("releasing.check", **at(day, ben)).words
    boss.post("releasing.book", **at(day, ben))
    assert states(day) == {"Ben": "booked"}


def test_a_day_that_needs_approval_needs_no_second_one(house, as_user):
    ben, day = house.person("Ben"), house.day(20, needs_approval=True)
    as_user(house.manager).post("releasing.book", **at(day, ben))
    assert states(day) == {"Ben": "booked"}
    assert mails("approval") == []


def test_over_the_limit_it_needs_a_reason_and_what_was_typed_is_kept(house, as_user):
    ben, carys = house.person("Ben"), house.person("Carys", owes=())
    day = house.day(20)
    house.limit(most=1)
    house.book(day, carys)
    boss = as_user(house.manager)
    page = boss.get("releasing.dates", person_id=ben.id, module=CORE)
    assert "With them, 2 people of Front door are out on" in page.words
    page = boss.post("releasing.book", **at(day, ben), expect=422)
    assert "Say why the team can spare them all the same" in page.words
    page = boss.post("releasing.book", {"reason": "x" * 301}, **at(day, ben), expect=422)
    assert page.all("//input[@name='reason']/@value") == ["x" * 301]
    assert states(day) == {"Carys": "booked"}
    boss.post("releasing.book", {"reason": "Two bank workers come"}, **at(day, ben))
    assert entry(day, ben).cover_why == "Two bank workers come"


def test_being_on_it_taken_off_or_unprepared_is_refused_in_words(house, as_user):
    ben, day = house.person("Ben"), house.day(20)
    house.book(day, ben)
    boss = as_user(house.manager)
    assert "Has a place" in boss.get("releasing.check", **at(day, ben)).words
    assert "They are on this joint day already" in boss.post("releasing.book", **at(day, ben), expect=422).words
    with writing():
        booking_actions.remove(people.actor(house.partnership.trainer), day.id, entry(day, ben).id)
    assert "A trainer took them off" in boss.post("releasing.book", **at(day, ben), expect=422).words
    soon = house.day(2, must_prepare=True)
    page = boss.post("releasing.book", **at(soon, ben), expect=422)
    assert "They have to finish ‘" in page.words
    assert states(soon) == {}


def test_a_cohort_that_has_begun_takes_nobody(house, as_user):
    ben, day = house.person("Ben"), house.day(20)
    house.partnership.begin(day, hours=1)
    page = as_user(house.manager).post("releasing.book", **at(day, ben), expect=422)
    assert "has already begun" in page.words


def test_nobody_books_for_people_they_do_not_manage_nor_for_themselves(house, as_user, make):
    ben, day = house.person("Ben"), house.day(20)
    south = make.manager(team=make.team(house.agency))
    for reader in (house.elsewhere, house.coordinator, south):
        as_user(reader).get("releasing.check", **at(day, ben), expect=404)
        as_user(reader).get("releasing.dates", person_id=ben.id, module=CORE, expect=404)
        as_user(reader).post("releasing.book", **at(day, ben), expect=404)
        with writing(), pytest.raises(NotFound):
            releasing.release(people.actor(reader), day.id, ben.id)
    as_user(house.manager).post("releasing.book", **at(day, house.manager), expect=404)
    for reader in (house.partnership.trainer, ben):
        as_user(reader).get("releasing.check", **at(day, ben), expect=403)
    assert states(day) == {}


def test_drafts_and_days_for_other_agencies_are_not_there(house, as_user):
    ben = house.person("Ben")
    for day in (house.day(20, draft=True), house.day(21, agencies=(house.partnership.agencies[2].id,))):
        as_user(house.manager).get("releasing.check", **at(day, ben), expect=404)
        as_user(house.manager).post("releasing.book", **at(day, ben), expect=404)
        assert states(day) == {}


def test_a_second_post_elsewhere_is_not_used(house, make):
    """They have worked longest for another agency; this manager books them for the one they manage."""
    ben = make.person("Ben", agency=house.partnership.agencies[3])
    make.membership(ben, team=house.team, starts_on=ben.memberships[0].starts_on.replace(month=3))
    day = house.day(20)
    with writing():
        releasing.release(people.actor(house.manager), day.id, ben.id)
    assert entry(day, ben).agency_id == house.agency.id


def test_all_dates_of_one_person_stand_on_one_page(house, as_user):
    ben = house.person("Ben", owes=(CORE, OTHER_CORE))
    house.day(20, "First"), house.day(30, "Second"), house.day(25, "Not this", modules=())
    page = as_user(house.manager).get("releasing.dates", person_id=ben.id, module=CORE)
    assert [one.text_content() for one in page.all("//ul[@class='rows']//h2")] == ["First", "Second"]
    page = as_user(house.manager).get("releasing.dates", person_id=ben.id, module=OTHER_CORE)
    assert "No open joint day lists" in page.words
    as_user(house.manager).get("releasing.dates", person_id=ben.id, module="nothing-here", expect=404)
