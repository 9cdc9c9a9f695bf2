"""Staff book, wait, move up and cancel."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.catalogue.shelf import library
from lms.cohorts import queries
from lms.cohorts.actions import booking as actions
from lms.cohorts.actions import building
from lms.cohorts.models import Booking
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.learning.models import Completion, Study
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from tests.cohorts.conftest import a_plan, mails, states, taken


def booking_words(page):
    found = page.all("//*[@data-booking]")
    assert len(found) == 1
    return found[0].get("data-booking"), " ".join(found[0].text_content().split())


def test_booking_a_place(as_user, partnership):
    sam, cohort = partnership.person(1, name="Sam Booker"), partnership.cohort()
    browser = as_user(sam)
    page = browser.get("cohorts.show", cohort_id=cohort.id)
    assert "24 places left of 24" in page.words
    form = [one for one in page.forms() if one.get("action").endswith("/book")]
    answer = browser.send(page, form[0])
    assert '<p data-booking="booked">Your place is booked.' in answer.text
    after = browser.follow(answer)
    assert after.all("//h2[@id='mine']/text()") == ["You have a place"]
    state, words = booking_words(after)
    assert (state, words[:21]) == ("booked", "Your place is booked.")
    assert states(cohort) == {"Sam Booker": "booked"}
    assert mails() == [("Sam Booker", "place_booked")]
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == sam.id)).all()
    assert acts == ["cohort.place_booked"]


def test_the_page_says_what_to_prepare_and_what_is_done(as_user, partnership):
    first, second = library().modules[:2]
    sam = partnership.person(1)
    cohort = partnership.cohort(modules=(first.slug, second.slug))
    with writing() as session:
        study = Study(person_id=sam.id, module=first.slug, number=1, version=first.version)
        session.add(study)
        session.flush()
        values = {"person_id": sam.id, "study_id": study.id, "module": first.slug, "version": first.version}
        session.add(
            Completion(**values, core_hash="0" * 64, minutes=40, completed_on=clock.today(), completed_at=clock.now())
        )
    page = as_user(sam).get("cohorts.show", cohort_id=cohort.id)
    rows = [" ".join(one.text_content().split()) for one in page.all("//section[@aria-labelledby='prepare']//li")]
    assert len(rows) == 2
    assert [row.endswith("Done") for row in rows if row.startswith(first.title)] == [True]
    assert [row.endswith("Done") for row in rows if row.startswith(second.title)] == [False]


def test_the_booking_keeps_the_agency_of_the_day(as_user, partnership):
    sam, cohort = partnership.person(2), partnership.cohort()
    as_user(sam).post("cohorts.book", cohort_id=cohort.id)
    row = db.session.scalars(select(Booking)).one()
    assert (row.agency_id, row.job) == (partnership.agencies[2].id, "Health visitor")


def test_someone_with_two_posts_is_booked_with_the_one_the_day_is_open_to(make, as_user, partnership):
    sam = partnership.person(0)
    make.membership(sam, agency=partnership.agencies[3], job="Youth worker")
    cohort = partnership.cohort(agencies=(partnership.agencies[3].id,))
    as_user(sam).post("cohorts.book", cohort_id=cohort.id)
    row = db.session.scalars(select(Booking)).one()
    assert (row.agency_id, row.job) == (partnership.agencies[3].id, "Youth worker")


def test_booking_again_changes_nothing(as_user, partnership):
    sam, cohort = partnership.person(1, name="Sam"), partnership.cohort(capacity=1)
    late = partnership.person(2, name="Late")
    for person in (sam, late):
        browser = as_user(person)
        first = browser.post("cohorts.book", cohort_id=cohort.id)
        again = browser.post("cohorts.book", cohort_id=cohort.id)
        assert first.text == again.text
    assert states(cohort) == {"Sam": "booked", "Late": "waiting"}
    assert mails() == [("Sam", "place_booked"), ("Late", "waiting")]


def test_a_full_day_puts_people_on_the_waiting_list_with_the_reason(as_user, partnership):
    cohort = partnership.cohort(capacity=2, largest_share=50)
    for agency in (0, 1):
        as_user(partnership.person(agency)).post("cohorts.book", cohort_id=cohort.id)
    browser = as_user(partnership.person(2, name="Late"))
    assert "Join the waiting list" in browser.get("cohorts.show", cohort_id=cohort.id).words
    answer = browser.post("cohorts.book", cohort_id=cohort.id)
    assert 'data-booking="waiting"' in answer.text
    assert "All 2 places are taken. You are on the waiting list" in answer.text
    state, words = booking_words(browser.follow(answer))
    assert state == "waiting"
    assert words.startswith("All 2 places are taken. You are on the waiting list")
    assert "Nobody has waited longer than you." in words
    assert taken(cohort) == 2


def test_an_agency_with_its_share_waits_though_places_are_left(as_user, partnership):
    cohort = partnership.cohort(capacity=5, largest_share=40)
    for _ in range(2):
        assert 'data-booking="booked"' in as_user(partnership.person(0)).post("cohorts.book", cohort_id=cohort.id).text
    browser = as_user(partnership.person(0, name="Third"))
    answer = browser.post("cohorts.book", cohort_id=cohort.id)
    reason = "Your agency already has the 2 places one agency may have of 5"
    assert 'data-booking="waiting"' in answer.text
    assert reason in answer.text
    assert reason in booking_words(browser.follow(answer))[1]
    assert 'data-booking="booked"' in as_user(partnership.person(1)).post("cohorts.book", cohort_id=cohort.id).text


@pytest.mark.slow
def test_a_cancelled_place_goes_to_exactly_one_the_agency_with_the_fewest_first(as_user, partnership):
    cohort = partnership.cohort(capacity=6, largest_share=50)
    booked = [partnership.person(agency) for agency in (0, 0, 0, 1, 1, 2)]
    for person in booked:
        as_user(person).post("cohorts.book", cohort_id=cohort.id)
    for name, agency in (("First of B", 1), ("First of C", 2), ("Second of C", 2)):
        as_user(partnership.person(agency, name=name)).post("cohorts.book", cohort_id=cohort.id)
    as_user(booked[0]).post("cohorts.cancel", cohort_id=cohort.id)
    found = states(cohort)
    assert found[booked[0].name] == "cancelled"
    assert (found["First of B"], found["First of C"], found["Second of C"]) == ("waiting", "booked", "waiting")
    assert taken(cohort) == 6
    assert mails("moved_up") == [("First of C", "moved_up")]


def test_whoever_moves_up_reads_why(as_user, make, partnership):
    cohort = partnership.cohort(capacity=1)
    first, second = partnership.person(0), partnership.person(1)
    browser = as_user(second)
    as_user(first).post("cohorts.book", cohort_id=cohort.id)
    browser.post("cohorts.book", cohort_id=cohort.id)
    as_user(first).post("cohorts.cancel", cohort_id=cohort.id)
    state, words = booking_words(browser.get("cohorts.show", cohort_id=cohort.id))
    assert state == "booked"
    assert "of those who had waited longest, your agency had the fewest places (none yet)" in words


def test_leaving_the_waiting_list_moves_nobody(as_user, partnership):
    cohort = partnership.cohort(capacity=1)
    people_ = [partnership.person(n, name=f"P{n}") for n in range(3)]
    for person in people_:
        as_user(person).post("cohorts.book", cohort_id=cohort.id)
    as_user(people_[1]).post("cohorts.cancel", cohort_id=cohort.id)
    assert states(cohort) == {"P0": "booked", "P1": "cancelled", "P2": "waiting"}


def test_someone_who_booked_again_waits_behind_those_who_stayed(as_user, partnership):
    cohort = partnership.cohort(capacity=1)
    holder, left, stayed = (partnership.person(n, name=f"P{n}") for n in range(3))
    for person in (holder, left, stayed):
        as_user(person).post("cohorts.book", cohort_id=cohort.id)
    browser = as_user(left)
    browser.post("cohorts.cancel", cohort_id=cohort.id)
    browser.post("cohorts.book", cohort_id=cohort.id)
    as_user(holder).post("cohorts.cancel", cohort_id=cohort.id)
    assert states(cohort) == {"P0": "cancelled", "P1": "waiting", "P2": "booked"}


def test_nothing_can_be_booked_or_cancelled_once_the_day_has_begun(as_user, partnership):
    cohort = partnership.cohort(capacity=1)
    holder, waits, new = (partnership.person(n, name=f"P{n}") for n in range(3))
    for person in (holder, waits):
        as_user(person).post("cohorts.book", cohort_id=cohort.id)
    partnership.begin(cohort, minutes=5)
    assert "already begun" in as_user(holder).post("cohorts.cancel", cohort_id=cohort.id, expect=422).words
    assert "already begun" in as_user(new).post("cohorts.book", cohort_id=cohort.id, expect=422).words
    assert states(cohort) == {"P0": "booked", "P1": "waiting"}


def test_a_closed_day_takes_no_bookings_but_those_who_wait_still_move_up(as_user, actor, partnership):
    cohort = partnership.cohort(capacity=1)
    holder, waits, new = (partnership.person(n, name=f"P{n}") for n in range(3))
    for person in (holder, waits):
        as_user(person).post("cohorts.book", cohort_id=cohort.id)
    with writing():
        building.close(actor(partnership.trainer), cohort.id)
    as_user(new).post("cohorts.book", cohort_id=cohort.id, expect=404)
    as_user(holder).post("cohorts.cancel", cohort_id=cohort.id)
    assert states(cohort) == {"P0": "cancelled", "P1": "booked"}


def test_someone_taken_off_cannot_book_again_behind_the_trainers_back(as_user, actor, partnership):
    cohort, sam = partnership.cohort(), partnership.person(1, name="Sam")
    browser = as_user(sam)
    browser.post("cohorts.book", cohort_id=cohort.id)
    row = db.session.scalars(select(Booking)).one()
    as_user(partnership.trainer).post("building.remove", cohort_id=cohort.id, booking_id=row.id)
    assert "A trainer took you off" in browser.post("cohorts.book", cohort_id=cohort.id, expect=422).words
    assert mails("removed") == [("Sam", "removed")]


def test_an_invitation_takes_no_place_and_is_taken_by_booking(as_user, actor, partnership):
    cohort, sam = partnership.cohort(capacity=1), partnership.person(1, name="Sam")
    with writing():
        actions.invite(actor(partnership.trainer), cohort.id, [sam.id])
    assert taken(cohort) == 0
    browser = as_user(sam)
    assert booking_words(browser.get("cohorts.show", cohort_id=cohort.id))[0] == "invited"
    assert "You are invited" in browser.get("cohorts.joint_days").words
    browser.post("cohorts.book", cohort_id=cohort.id)
    assert states(cohort) == {"Sam": "booked"}
    assert mails() == [("Sam", "invitation"), ("Sam", "place_booked")]


def test_an_invitation_can_be_declined(as_user, actor, partnership):
    cohort, sam = partnership.cohort(), partnership.person(1, name="Sam")
    with writing():
        actions.invite(actor(partnership.trainer), cohort.id, [sam.id])
    browser = as_user(sam)
    page = browser.get("cohorts.show", cohort_id=cohort.id)
    assert "I cannot come" in page.words
    browser.post("cohorts.cancel", cohort_id=cohort.id)
    assert states(cohort) == {"Sam": "cancelled"}


def test_mails_carry_the_day_and_a_link_and_nobody_elses_name(as_user, partnership):
    cohort = partnership.cohort(capacity=1)
    as_user(partnership.person(0, name="Olwen Other")).post("cohorts.book", cohort_id=cohort.id)
    as_user(partnership.person(1, name="Sam Waiter")).post("cohorts.book", cohort_id=cohort.id)
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "cohorts/waiting")).one()
    assert mail.subject == "You are on the waiting list: Who leads, and who decides"
    assert "Fern Hall" in mail.body
    assert f"http://localhost/cohorts/{cohort.id}/" in mail.body
    assert "Olwen" not in mail.body
    assert "Tamsin" not in mail.body


class UndoneError(Exception):
    """Something fails after the act, in the same transaction."""


def book_and_fail(actor, cohort):
    with writing():
        actions.book(actor, cohort.id)
        db.session.flush()
        assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 1
        raise UndoneError


def test_no_mail_is_left_by_an_act_that_is_undone(actor, partnership):
    cohort, sam = partnership.cohort(), partnership.person(1)
    with pytest.raises(UndoneError):
        book_and_fail(actor(sam), cohort)
    assert mails() == []
    assert states(cohort) == {}


def test_needs_are_read_by_the_trainers_only(make, as_user, partnership):
    cohort, sam, other = partnership.cohort(), partnership.person(1), partnership.person(2)
    coordinator = make.person(
        agency=partnership.agencies[3], roles=((Role.COORDINATOR, Scope.PARTNERSHIP),), name="Cora"
    )
    for person in (sam, other):
        as_user(person).post("cohorts.book", cohort_id=cohort.id)
    browser = as_user(sam)
    browser.post("cohorts.needs", {"access_needs": "A hearing loop near the front"}, cohort_id=cohort.id)
    page = browser.get("cohorts.show", cohort_id=cohort.id)
    assert "A hearing loop near the front" in page.text
    assert "Leave out the names of children and families. Nobody watches this box" in page.words
    assert "hearing loop near" in as_user(partnership.trainer).get("building.manage", cohort_id=cohort.id).words
    assert "hearing loop near" not in as_user(coordinator).get("building.manage", cohort_id=cohort.id).words
    assert "hearing loop near" not in as_user(other).get("cohorts.show", cohort_id=cohort.id).words
    browser.post("cohorts.cancel", cohort_id=cohort.id)
    rows = db.session.scalars(select(Booking.access_needs).where(Booking.person_id == sam.id)).all()
    assert rows == [""]


def test_needs_that_are_too_long_are_kept_on_the_page_and_not_saved(as_user, partnership):
    cohort, sam = partnership.cohort(), partnership.person(1)
    browser = as_user(sam)
    browser.post("cohorts.book", cohort_id=cohort.id)
    page = browser.post("cohorts.needs", {"access_needs": "x" * 501}, cohort_id=cohort.id, expect=422)
    assert "Say it in 500 letters or fewer" in page.words
    assert "x" * 501 in page.text


def test_only_people_with_a_place_see_who_else_comes(as_user, actor, partnership):
    cohort = partnership.cohort(capacity=1)
    holder, waits, invited, looks = (
        partnership.person(n, name=name) for n, name in enumerate(("Hal Holder", "Wyn Waits", "Ivy Asked", "Lou Looks"))
    )
    for person in (holder, waits):
        as_user(person).post("cohorts.book", cohort_id=cohort.id)
    with writing():
        actions.invite(actor(partnership.trainer), cohort.id, [invited.id])
    assert "Hal Holder" in as_user(holder).get("cohorts.show", cohort_id=cohort.id).words
    for person in (waits, invited, looks):
        assert "Holder" not in as_user(person).get("cohorts.show", cohort_id=cohort.id).words
    assert "Waits" not in as_user(holder).get("cohorts.show", cohort_id=cohort.id).words


def test_the_list_shows_mine_and_what_is_open_with_places_left(as_user, partnership):
    mine = partnership.cohort(title="My day", capacity=3)
    partnership.cohort(title="Open day", capacity=7, minimum_agencies=3)
    partnership.cohort(title="Draft day", draft=True)
    elsewhere = partnership.cohort(title="Others only", agencies=(partnership.agencies[3].id,))
    sam = partnership.person(1)
    browser = as_user(sam)
    browser.post("cohorts.book", cohort_id=mine.id)
    page = browser.get("cohorts.joint_days")
    assert [" ".join(h3.text_content().split()) for h3 in page.all("//h3")] == ["My day", "Open day"]
    assert "7 places left of 7 · People from 3 more agencies are wanted" in page.words
    browser.get("cohorts.show", cohort_id=elsewhere.id, expect=404)


def test_the_next_joint_day_is_the_next_session_with_a_place(actor, partnership):
    later, sooner = partnership.cohort(title="Later"), None
    session = a_plan().sessions[0]
    soon = tuple(
        type(session)(session.starts_at - timedelta(days=days), session.ends_at - timedelta(days=days), "Fern Hall")
        for days in (7, 6)
    )
    sooner = partnership.cohort(title="Sooner", sessions=soon, capacity=1)
    sam, rival = partnership.person(1), partnership.person(2)
    assert queries.next_joint_day(actor(sam)) is None
    with writing():
        actions.book(actor(rival), sooner.id)
        actions.book(actor(sam), sooner.id)
        actions.book(actor(sam), later.id)
    assert queries.next_joint_day(actor(sam))[0].title == "Later"
    with writing():
        actions.cancel(actor(rival), sooner.id)
    cohort, found = queries.next_joint_day(actor(sam))
    assert (cohort.title, found.starts_at) == ("Sooner", soon[0].starts_at)


def test_an_account_that_was_closed_does_not_move_up(as_user, actor, partnership):
    cohort = partnership.cohort(capacity=1)
    holder, gone, waits = (partnership.person(n, name=f"P{n}") for n in range(3))
    for person in (holder, gone, waits):
        as_user(person).post("cohorts.book", cohort_id=cohort.id)
    with writing():
        db.session.merge(gone).active = False
    as_user(holder).post("cohorts.cancel", cohort_id=cohort.id)
    assert states(cohort) == {"P0": "cancelled", "P1": "waiting", "P2": "booked"}


@pytest.mark.slow
def test_pages_ask_as_much_for_many_people_as_for_few(app, as_user, actor, partnership, count_queries):
    cohort = partnership.cohort(capacity=40, largest_share=100)
    sam = partnership.person(1)
    as_user(sam).post("cohorts.book", cohort_id=cohort.id)
    partnership.cohort(title="One on offer")
    pages = [
        (as_user(sam), "cohorts.joint_days", {}),
        (as_user(sam), "cohorts.show", {"cohort_id": cohort.id}),
        (as_user(partnership.trainer), "building.manage", {"cohort_id": cohort.id}),
        (as_user(partnership.trainer), "building.cohorts", {}),
        (as_user(partnership.trainer), "building.edit", {"cohort_id": cohort.id}),
    ]
    few = [count_queries(lambda p=p: p[0].get(p[1], **p[2])) for p in pages]
    more = [partnership.person(n % 4).id for n in range(12)]
    with writing():
        actions.add(people.actor(partnership.trainer), cohort.id, more)
    for n in range(3):
        partnership.cohort(title=f"Another {n}")
    many = [count_queries(lambda p=p: p[0].get(p[1], **p[2])) for p in pages]
    assert many == few
    assert max(many) <= 13, many
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 13
