"""Trainers create, edit, open, close and cancel cohorts, and put people on them."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from lms.catalogue.shelf import library
from lms.cohorts import queries
from lms.cohorts.actions import booking as actions
from lms.cohorts.actions import building
from lms.cohorts.models import Booking, Cohort
from lms.core import clock
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from tests.cohorts.conftest import a_plan, mails, states, taken


def typed(**changes):
    """The form as a trainer fills it in."""
    day = (clock.today() + timedelta(days=20)).isoformat()
    return {
        "title": "Who leads, and who decides",
        "about": "For people who work with under-fives.\n\nBring a case.",
        "capacity": "24",
        "minimum_agencies": "4",
        "largest_share": "40",
        "open_to": "all",
        "session-1-day": day,
        "session-1-starts": "09:30",
        "session-1-ends": "15:30",
        "session-1-place": "Fern Hall",
    } | changes


def stored(cohort_id=None):
    db.session.rollback()
    wanted = select(Cohort).execution_options(populate_existing=True)
    return db.session.scalars(wanted.where(Cohort.id == cohort_id) if cohort_id else wanted).one()


def test_creating_a_cohort(app, as_user, partnership):
    module = library().modules[0]
    browser = as_user(partnership.trainer)
    answer = browser.post("building.new", typed(modules=module.slug))
    page = browser.follow(answer)
    assert "Created as a draft" in page.words
    made = stored()
    assert made.state == "draft"
    assert [one.person_id for one in made.trainers] == [partnership.trainer.id]
    assert [one.module for one in made.modules] == [module.slug]
    assert (made.capacity, made.minimum_agencies, made.largest_share, made.all_agencies) == (24, 4, 40, True)
    shown = browser.get("cohorts.show", cohort_id=made.id)
    assert module.title in shown.words
    assert "Bring a case." in shown.words


def test_a_title_of_spaces_is_no_title(as_user, partnership):
    page = as_user(partnership.trainer).post("building.new", typed(title="   "), expect=422)
    assert "Give the cohort a title" in page.words
    assert db.session.scalars(select(Cohort)).all() == []


def test_times_are_typed_by_the_partnerships_clocks_on_both_sides_of_the_clock_change(as_user, partnership):
    with time_machine.travel("2027-01-04 10:00", tick=False):
        browser = as_user(partnership.trainer)
        days = {"session-1-day": "2027-01-14", "session-2-day": "14/07/2027"}
        times = {"session-2-starts": "9.30", "session-2-ends": "12:00", "session-2-place": "https://meet.example/a"}
        browser.post("building.new", typed(**days, **times))
        winter, summer = stored().sessions
    assert winter.starts_at.isoformat() == "2027-01-14T09:30:00+00:00"
    assert summer.starts_at.isoformat() == "2027-07-14T08:30:00+00:00"
    assert (winter.is_online, summer.is_online) == (False, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Give the cohort a title its people will know"),
        ({"capacity": "many"}, "Enter a whole number from 1 to 200"),
        ({"capacity": "0"}, "Enter a whole number from 1 to 200"),
        ({"largest_share": "140"}, "Enter a whole number from 1 to 100"),
        ({"minimum_agencies": "5"}, "The cohort is open to 4 agencies, so it cannot have 5."),
        ({"open_to": "chosen"}, "Tick at least one agency"),
        ({"session-1-day": ""}, "Session 1: Enter the date"),
        ({"session-1-day": "soon"}, "Session 1: Enter the date with day, month and year, like 14/01/2027"),
        ({"session-1-day": "2020-01-14"}, "Session 1: This date has passed."),
        ({"session-1-starts": "half nine"}, "Session 1: Enter the time with hours and minutes, like 09:30"),
        ({"session-1-ends": "09:00"}, "Session 1: It must end after it begins"),
        ({"session-1-place": ""}, "Session 1: Enter where it is, or the https link people join by"),
        ({"session-1-place": "http://meet.example"}, "Session 1: Links must begin with https://"),
        ({"session-1-place": "javascript://alert"}, "Session 1: Links must begin with https://"),
        (
            dict.fromkeys(("session-1-day", "session-1-starts", "session-1-ends", "session-1-place"), ""),
            "Session 1: Give the cohort at least one session",
        ),
        ({"session-3-place": "Coldharbour"}, "Session 3: Enter when it begins"),
    ],
)
def test_a_mistake_is_said_in_a_sentence_and_nothing_is_made(as_user, partnership, changes, sentence):
    page = as_user(partnership.trainer).post("building.new", typed(**changes), expect=422)
    assert sentence in page.words
    assert page.tree.xpath("string(//title)").strip().startswith("Error: ")
    assert db.session.scalars(select(Cohort)).all() == []
    if "title" not in changes:
        assert page.all("//input[@name='title']/@value") == ["Who leads, and who decides"]


def test_agencies_of_another_partnership_cannot_be_chosen(make, as_user, actor, partnership):
    elsewhere = make.agency(partnership="Elsewhere")
    page = as_user(partnership.trainer).get("building.new")
    assert elsewhere.name not in page.words
    form = typed(open_to="chosen", agencies=str(elsewhere.id), minimum_agencies="1")
    as_user(partnership.trainer).post("building.new", form, expect=422)
    assert db.session.scalars(select(Cohort)).all() == []


def test_editing_shows_what_there_is_and_saving_it_unchanged_changes_nothing(as_user, partnership):
    chosen = tuple(sorted((partnership.agencies[1].id, partnership.agencies[2].id)))
    cohort = partnership.cohort(agencies=chosen, capacity=7, largest_share=50, about="About it")
    session = stored().sessions[0].id
    browser = as_user(partnership.trainer)
    page = browser.get("building.edit", cohort_id=cohort.id)
    form = next(one for one in page.forms() if one.get("action").endswith("/edit"))
    data = {}
    for field in form.xpath(".//input[not(@type='hidden')] | .//textarea"):
        if field.get("type") not in ("radio", "checkbox") or field.get("checked") is not None:
            value = field.text.lstrip("\r\n") if field.tag == "textarea" else field.get("value")
            data.setdefault(field.get("name"), []).append(value or "")
    browser.send(page, form, data)
    after = stored()
    assert (after.capacity, after.largest_share, after.about, after.all_agencies) == (7, 50, "About it", False)
    assert tuple(sorted(one.agency_id for one in after.agencies)) == chosen
    assert [one.id for one in after.sessions] == [session]
    assert mails("changed") == []


def test_more_places_move_people_up_and_fewer_than_booked_are_refused(as_user, actor, partnership):
    cohort = partnership.cohort(capacity=2, largest_share=50)
    for n in range(4):
        with writing():
            actions.book(actor(partnership.person(n, name=f"P{n}")), cohort.id)
    session = cohort.sessions[0]
    same = {
        "session-1-id": str(session.id),
        "session-1-day": clock.local(session.starts_at).date().isoformat(),
        "session-1-starts": f"{clock.local(session.starts_at):%H:%M}",
        "session-1-ends": f"{clock.local(session.ends_at):%H:%M}",
        "minimum_agencies": "1",
        "largest_share": "50",
    }
    browser = as_user(partnership.trainer)
    browser.post("building.edit", typed(**same, capacity="3"), cohort_id=cohort.id)
    assert states(cohort) == {"P0": "booked", "P1": "booked", "P2": "booked", "P3": "waiting"}
    assert mails("moved_up") == [("P2", "moved_up")]
    page = browser.post("building.edit", typed(**same, capacity="2"), cohort_id=cohort.id, expect=422)
    assert "3 people have a place, so there cannot be fewer than 3 places." in page.words
    assert stored().capacity == 3
    assert taken(cohort) == 3


def test_a_share_below_what_an_agency_has_is_refused(actor, partnership):
    cohort = partnership.cohort(capacity=10, largest_share=30)
    with writing():
        actions.add(actor(partnership.trainer), cohort.id, [partnership.person(1).id for _ in range(3)])
    with pytest.raises(building.TooFewPlaces, match="Agency B has 3 places") as refusal, writing():
        building.edit(actor(partnership.trainer), cohort.id, a_plan(capacity=10, largest_share=20))
    assert refusal.value.field == "largest_share"


def test_an_agency_with_people_on_the_cohort_cannot_be_left_out(actor, partnership):
    cohort = partnership.cohort()
    with writing():
        actions.book(actor(partnership.person(1)), cohort.id)
    with pytest.raises(building.AgencyIsOnIt, match="Agency B"), writing():
        building.edit(actor(partnership.trainer), cohort.id, a_plan(agencies=(partnership.agencies[0].id,)))


def test_another_place_is_told_to_everyone_on_it(actor, partnership):
    cohort = partnership.cohort()
    with writing():
        actions.book(actor(partnership.person(1, name="Sam")), cohort.id)
    session = stored().sessions[0]
    moved = type(a_plan().sessions[0])(session.starts_at, session.ends_at, "Coldharbour", session.id)
    with writing():
        building.edit(actor(partnership.trainer), cohort.id, a_plan(sessions=(moved,)))
    assert mails("changed") == [("Sam", "changed")]


def test_opening_a_draft_tells_everyone_on_it_and_closing_and_opening_again_tells_nobody(as_user, actor, partnership):
    cohort = partnership.cohort(draft=True, capacity=1)
    booked, waits, asked = (partnership.person(n, name=f"P{n}") for n in range(3))
    with writing():
        actions.add(actor(partnership.trainer), cohort.id, [booked.id])
        actions.add(actor(partnership.trainer), cohort.id, [waits.id])
        actions.invite(actor(partnership.trainer), cohort.id, [asked.id])
    assert mails() == []
    browser = as_user(partnership.trainer)
    assert (
        "3 people were told by mail"
        in browser.follow(browser.post("building.open_for_booking", cohort_id=cohort.id)).words
    )
    told = [("P0", "place_booked"), ("P1", "waiting"), ("P2", "invitation")]
    assert sorted(mails()) == told
    browser.post("building.close", cohort_id=cohort.id)
    assert stored().state == "closed"
    browser.post("building.open_for_booking", cohort_id=cohort.id)
    assert stored().state == "open"
    assert sorted(mails()) == told


def test_cancelling_tells_everyone_and_only_after_a_page_that_lists_them(as_user, actor, partnership):
    cohort = partnership.cohort(capacity=1)
    for n, name in enumerate(("Hal", "Wyn")):
        with writing():
            actions.book(actor(partnership.person(n, name=name)), cohort.id)
    with writing():
        actions.invite(actor(partnership.trainer), cohort.id, [partnership.person(2, name="Ivy").id])
    browser = as_user(partnership.trainer)
    page = browser.get("building.call_off", cohort_id=cohort.id)
    assert all(name in page.words for name in ("Hal", "Wyn", "Ivy", "3 people get a mail"))
    assert mails("cancelled") == []
    browser.post("building.call_off", cohort_id=cohort.id)
    browser.post("building.call_off", cohort_id=cohort.id)
    assert sorted(mails("cancelled")) == [("Hal", "cancelled"), ("Ivy", "cancelled"), ("Wyn", "cancelled")]
    assert stored().state == "cancelled"
    assert "Cancelled" in as_user(partnership.trainer).get("building.cohorts").words
    assert "cannot be changed" in browser.post("building.edit", typed(), cohort_id=cohort.id, expect=422).words


def test_a_cancelled_day_says_so_and_takes_no_bookings(as_user, actor, partnership):
    cohort, sam = partnership.cohort(), partnership.person(1)
    with writing():
        actions.book(actor(sam), cohort.id)
        building.call_off(actor(partnership.trainer), cohort.id)
    page = as_user(sam).get("cohorts.show", cohort_id=cohort.id)
    assert "This joint day is cancelled" in page.words
    assert queries.next_joint_day(actor(sam)) is None
    as_user(partnership.person(2)).post("cohorts.book", cohort_id=cohort.id, expect=404)


def test_finding_people_by_name_grouped_by_agency_without_those_who_cannot_come(make, as_user, actor, partnership):
    cohort = partnership.cohort(agencies=tuple(one.id for one in partnership.agencies[:3]), capacity=10)
    partnership.person(0, name="Anna Found", job="Teacher")
    partnership.person(1, name="Joanna Found")
    partnership.person(3, name="Anna Notopen")
    make.person(name="Anna Elsewhere", agency=make.agency(partnership="Elsewhere"))
    left = partnership.person(0, name="Anna Left")
    on_it = partnership.person(2, name="Anna Booked")
    with writing() as session:
        for membership in session.merge(left).memberships:
            membership.ends_on = membership.starts_on
        actions.add(actor(partnership.trainer), cohort.id, [on_it.id])
    browser = as_user(partnership.trainer)
    page = browser.get("building.manage", query={"name": "anna"}, cohort_id=cohort.id)
    found = [" ".join(one.text_content().split()) for one in page.all("//label[input[@name='person']]")]
    assert found == ["Anna FoundTeacher", "Joanna FoundHealth visitor"]
    headings = [" ".join(one.text_content().split()) for one in page.all("//h3[starts-with(@id, 'f')]")]
    assert headings == ["HAgency A0 of 4 places", "EAgency B0 of 4 places"]
    only = browser.get(
        "building.manage", query={"name": "anna", "agency": str(partnership.agencies[1].id)}, cohort_id=cohort.id
    )
    assert "Joanna Found" in only.words
    assert "Anna Found" not in only.words


def test_nobody_is_listed_without_a_search(actor, partnership):
    cohort = partnership.cohort()
    partnership.person(1, name="Al")
    assert queries.candidates(cohort, "").found == []
    assert queries.candidates(cohort, "a").found == []
    assert queries.candidates(cohort, "%%").found == []
    assert [one.person.name for one in queries.candidates(cohort, " al ").found] == ["Al"]


def test_a_person_with_two_posts_is_listed_once(make, partnership):
    cohort, sam = partnership.cohort(), partnership.person(1, name="Sam Two")
    make.membership(sam, agency=partnership.agencies[2], job="Youth worker", starts_on=date(2026, 3, 2))
    found = queries.candidates(cohort, "Sam").found
    assert [(one.person.name, one.agency.name) for one in found] == [("Sam Two", "Agency B")]


def test_adding_books_and_beyond_the_share_people_wait(as_user, partnership):
    cohort = partnership.cohort(capacity=5, largest_share=40)
    chosen = [partnership.person(1, name=f"P{n}") for n in range(3)]
    browser = as_user(partnership.trainer)
    data = {"person": [str(one.id) for one in chosen], "do": "add"}
    page = browser.follow(browser.post("building.take", data, cohort_id=cohort.id))
    assert "2 people added. 1 person put on the waiting list" in page.words
    assert sorted(states(cohort).values()) == ["booked", "booked", "waiting"]
    again = browser.follow(browser.post("building.take", data, cohort_id=cohort.id))
    assert "on this cohort already" in again.words
    assert len(mails()) == 3


def test_inviting_sends_a_mail_and_takes_no_place(as_user, partnership):
    cohort, sam = partnership.cohort(), partnership.person(1, name="Sam")
    browser = as_user(partnership.trainer)
    page = browser.follow(browser.post("building.take", {"person": str(sam.id), "do": "invite"}, cohort_id=cohort.id))
    assert "1 person invited." in page.words
    assert states(cohort) == {"Sam": "invited"}
    assert taken(cohort) == 0
    assert mails() == [("Sam", "invitation")]


def test_nobody_outside_the_open_agencies_can_be_added(make, as_user, partnership):
    cohort = partnership.cohort(agencies=(partnership.agencies[0].id,))
    inside, outside = partnership.person(0), partnership.person(1)
    elsewhere = make.person(agency=make.agency(partnership="Elsewhere"))
    browser = as_user(partnership.trainer)
    for person in (outside, elsewhere):
        data = {"person": [str(inside.id), str(person.id)], "do": "add"}
        browser.post("building.take", data, cohort_id=cohort.id, expect=404)
    browser.post("building.take", {"person": "nobody", "do": "add"}, cohort_id=cohort.id, expect=404)
    assert states(cohort) == {}


def test_ticking_nobody_is_said(as_user, partnership):
    cohort = partnership.cohort()
    page = as_user(partnership.trainer).post("building.take", {"do": "add"}, cohort_id=cohort.id, expect=422)
    assert "Tick at least one person." in page.words


def test_the_manage_page_says_the_mix_and_what_is_missing(as_user, actor, partnership):
    cohort = partnership.cohort(minimum_agencies=4, capacity=10, largest_share=60)
    with writing():
        chosen = [partnership.person(n).id for n in (0, 0, 0, 0, 1)]
        actions.add(actor(partnership.trainer), cohort.id, chosen)
    page = as_user(partnership.trainer).get("building.manage", cohort_id=cohort.id)
    assert "The average person will meet 1.6 people from other agencies." in page.words
    assert "2 agencies of 2 sectors; the largest is Agency A with 4 of 5 (80%)." in page.words
    assert "2 more agencies are needed: 2 of at least 4 have a place." in page.words
    assert "2 more people from other agencies are needed" in page.words
    widths = page.all("//svg[contains(@class, 'mix')]/rect/@width")
    assert widths == ["80.0%", "20.0%"]
    assert page.all("//svg[contains(@class, 'mix')]/@aria-hidden") == ["true"]


def test_taking_someone_off_frees_the_place_for_one(as_user, actor, partnership):
    cohort = partnership.cohort(capacity=1)
    for n in range(3):
        with writing():
            actions.book(actor(partnership.person(n, name=f"P{n}")), cohort.id)
    row = db.session.scalars(select(Booking).where(Booking.state == "booked")).one()
    as_user(partnership.trainer).post("building.remove", cohort_id=cohort.id, booking_id=row.id)
    assert states(cohort) == {"P0": "removed", "P1": "booked", "P2": "waiting"}
    assert mails("removed") == [("P0", "removed")]


def test_nobody_is_taken_off_or_added_once_the_day_has_begun(as_user, actor, partnership):
    cohort = partnership.cohort()
    with writing():
        actions.book(actor(partnership.person(1, name="Sam")), cohort.id)
    partnership.begin(cohort, minutes=5)
    browser = as_user(partnership.trainer)
    row = db.session.scalars(select(Booking)).one()
    page = browser.post("building.remove", cohort_id=cohort.id, booking_id=row.id, expect=422)
    assert "The register says who came." in page.words
    data = {"person": str(partnership.person(2).id), "do": "add"}
    assert "as walk-ins" in browser.post("building.take", data, cohort_id=cohort.id, expect=422).words
    assert states(cohort) == {"Sam": "booked"}


def test_another_trainer_can_be_added_by_address_and_the_last_one_stays(make, as_user, partnership):
    cohort = partnership.cohort()
    other = make.trainer(partnership.agencies[1], name="Rhys Second")
    browser = as_user(partnership.trainer)
    browser.post("building.add_trainer", {"email": other.email.upper()}, cohort_id=cohort.id)
    as_user(other).get("building.manage", cohort_id=cohort.id)
    browser.post("building.remove_trainer", cohort_id=cohort.id, person_id=other.id)
    as_user(other).get("building.manage", cohort_id=cohort.id, expect=404)
    page = browser.post("building.remove_trainer", cohort_id=cohort.id, person_id=partnership.trainer.id, expect=422)
    assert "A cohort needs at least one trainer." in page.words


def test_only_trainers_of_the_partnership_can_be_added(make, as_user, partnership):
    cohort = partnership.cohort()
    staff = partnership.person(1)
    elsewhere = make.trainer(make.agency(partnership="Elsewhere"))
    former = make.person(
        agency=partnership.agencies[1],
        roles=((Role.TRAINER, Scope.PARTNERSHIP),),
        ends_on=clock.today() - timedelta(days=1),
    )
    browser = as_user(partnership.trainer)
    for address in (staff.email, elsewhere.email, former.email, "nobody@agency.example"):
        page = browser.post("building.add_trainer", {"email": address}, cohort_id=cohort.id, expect=422)
        assert "No trainer of this partnership has that address." in page.words
    assert len(stored().trainers) == 1


def test_a_draft_without_a_future_date_cannot_be_opened(as_user, partnership):
    cohort = partnership.cohort(draft=True)
    partnership.begin(cohort, days=1)
    page = as_user(partnership.trainer).post("building.open_for_booking", cohort_id=cohort.id, expect=422)
    assert "Give the cohort a first session in the future" in page.words
    assert stored().state == "draft"
