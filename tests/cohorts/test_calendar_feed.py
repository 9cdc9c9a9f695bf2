"""The private feed of one's joint days, and one day as a file: who can read them, and what they hold."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from lms.cohorts import feed_address
from lms.cohorts.actions import attendance, booking, building
from lms.cohorts.calendar_models import CalendarFeed
from lms.core import clock
from lms.core.db import db, writing
from lms.people import queries as people
from lms.people.models import Membership, Person
from tests.cohorts.conftest import Partnership, a_plan
from tests.cohorts.test_approving import ask
from tests.conftest import SECRET
from tests.support.calendars import read


def act(person, what, *given, **named):
    with writing():
        return what(people.actor(person), *given, **named)


def switch_on(browser) -> str:
    """Switch the feed on as a person does; the path of its address."""
    page = browser.follow(browser.post("calendar.renew"))
    return page.all("string(//input[@id='address']/@value)").removeprefix("http://localhost")


def events(text: str) -> dict[str, str]:
    """Titles of events, and whether they are on."""
    return {str(one["summary"]): str(one["status"]) for one in Calendar.from_ical(text).walk("VEVENT")}


def test_a_person_switches_the_feed_on_and_a_program_without_sign_in_reads_it(partnership, as_user, nobody):
    cohort, leah = partnership.cohort(), partnership.person(name="Leah Stone")
    act(leah, booking.book, cohort.id)
    browser = as_user(leah)
    assert "Make my private address" in browser.get("calendar.feed_page").words
    page = nobody.get(switch_on(browser))
    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert page.headers["Cache-Control"] == "private, no-cache"
    (event,) = read(page.text)["events"]
    assert event["starts"] == cohort.sessions[0].starts_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert "Leah" not in page.text
    assert partnership.trainer.name not in page.text


def test_the_joint_days_page_leads_to_it(partnership, as_user):
    cohort, leah = partnership.cohort(), partnership.person()
    act(leah, booking.book, cohort.id)
    page = as_user(leah).get("cohorts.joint_days")
    assert page.all("//a[@href='/cohorts/calendar']")


@pytest.mark.slow
def test_the_feed_holds_own_days_with_a_place_and_no_others(partnership, as_user, nobody):
    leah = partnership.person(name="Leah")
    kept, left, waits, off, draft, other = (
        partnership.cohort(title=title, draft=title == "Draft", capacity=1, largest_share=100)
        for title in ("Kept", "Left", "Waits", "Off", "Draft", "Other")
    )
    act(partnership.person(1), booking.book, waits.id)
    act(partnership.person(1), booking.book, other.id)
    for cohort in (kept, left, waits, off):
        act(leah, booking.book, cohort.id)
    act(partnership.trainer, booking.add, draft.id, [leah.id])
    act(leah, booking.cancel, left.id)
    act(partnership.trainer, building.call_off, off.id)
    page = nobody.get(switch_on(as_user(leah)))
    assert events(page.text) == {"Kept": "CONFIRMED", "Left": "CANCELLED", "Off": "CANCELLED"}


def test_a_walk_in_is_in_the_feed_and_what_is_long_over_is_not(partnership, as_user, nobody):
    leah = partnership.person()
    came, old = partnership.cohort(title="Came"), partnership.cohort(title="Old")
    act(leah, booking.book, old.id)
    partnership.begin(old, days=120)
    partnership.begin(came, hours=1)
    act(partnership.trainer, attendance.walk_in, came.id, came.sessions[0].id, leah.id)
    assert events(nobody.get(switch_on(as_user(leah))).text) == {"Came": "CONFIRMED"}


def test_a_feed_that_has_not_changed_is_answered_in_a_line_and_one_that_has_is_sent(partnership, as_user, nobody):
    cohort, leah = partnership.cohort(), partnership.person()
    act(leah, booking.book, cohort.id)
    address = switch_on(as_user(leah))
    mark = nobody.get(address).headers["ETag"]
    again = nobody.client.get(address, headers={"If-None-Match": mark})
    assert (again.status_code, again.data) == (304, b"")
    one = cohort.sessions[0]
    later = a_plan().sessions[0].__class__(one.starts_at + timedelta(hours=1), one.ends_at, one.place, one.id)
    act(partnership.trainer, building.edit, cohort.id, a_plan(sessions=(later,)))
    changed = nobody.client.get(address, headers={"If-None-Match": mark})
    assert changed.status_code == 200
    assert b"SEQUENCE:1" in changed.data


def test_a_new_address_ends_the_old_one_and_switching_off_ends_both(partnership, as_user, nobody):
    browser = as_user(partnership.person())
    first = switch_on(browser)
    second = switch_on(browser)
    assert first != second
    nobody.get(first, expect=404)
    nobody.get(second)
    browser.post("calendar.switch_off")
    nobody.get(second, expect=404)
    assert "Make my private address" in browser.get("calendar.feed_page").words


def test_who_has_left_or_is_closed_is_read_no_more(make, partnership, as_user, nobody):
    leaver, closed = partnership.person(), partnership.person()
    addresses = [switch_on(as_user(one)) for one in (leaver, closed)]
    with writing() as session:
        yesterday = clock.today() - timedelta(days=1)
        session.scalar(select(Membership).where(Membership.person_id == leaver.id)).ends_on = yesterday
        session.get(Person, closed.id).active = False
    for address in addresses:
        nobody.get(address, expect=404)


def test_a_wrong_address_is_not_there_and_asks_no_database(partnership, as_user, nobody, count_queries):
    address = switch_on(as_user(partnership.person()))
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    swapped = ("B" if secret[0] == "A" else "A") + secret[1:]
    for wrong in (swapped, secret[:-1], secret + "A", secret + "=", "x", "ż", "%00", "A" * 43, "A" * 5000):
        address = f"/calendar/{wrong}.ics"
        assert count_queries(lambda address=address: nobody.get(address, expect=404)) == 0, wrong


def test_the_table_alone_does_not_give_the_address(partnership, as_user, nobody):
    address = switch_on(as_user(partnership.person()))
    number = db.session.scalar(select(CalendarFeed.number))
    assert number not in address
    assert feed_address.secret(number, SECRET) in address
    nobody.get(f"/calendar/{feed_address.secret(number, 'another-key')}.ics", expect=404)
    nobody.get(f"/calendar/{number}.ics", expect=404)


@pytest.mark.slow
def test_the_feed_takes_as_many_queries_for_ten_days_as_for_two(partnership, as_user, nobody, count_queries):
    leah = partnership.person()
    address = switch_on(as_user(leah))

    def counted(days):
        for _ in range(days):
            act(leah, booking.book, partnership.cohort().id)
        return count_queries(lambda: nobody.get(address))

    assert counted(2) == counted(8) <= 4


def test_one_day_is_a_file_for_whoever_has_a_place_there(partnership, as_user):
    cohort, leah, ben = partnership.cohort(), partnership.person(), partnership.person()
    act(leah, booking.book, cohort.id)
    browser = as_user(leah)
    assert browser.get("cohorts.show", cohort_id=cohort.id).all("//a[contains(@href, 'joint-day.ics')]")
    page = browser.get("calendar.download", cohort_id=cohort.id)
    assert page.headers["Content-Disposition"] == 'attachment; filename="joint-day.ics"'
    assert len(read(page.text)["events"]) == 1
    other = as_user(ben)
    assert not other.get("cohorts.show", cohort_id=cohort.id).all("//a[contains(@href, 'joint-day.ics')]")
    other.get("calendar.download", cohort_id=cohort.id, expect=404)
    act(leah, booking.cancel, cohort.id)
    browser.get("calendar.download", cohort_id=cohort.id, expect=404)


def test_file_mail_and_feed_tell_one_story(partnership: Partnership, as_user, nobody):
    cohort, leah = partnership.cohort(), partnership.person()
    act(leah, booking.book, cohort.id)
    browser = as_user(leah)
    file, feed = browser.get("calendar.download", cohort_id=cohort.id), nobody.get(switch_on(browser))
    assert file.text == feed.text


def test_a_day_that_is_over_or_called_off_is_not_offered_for_the_calendar(as_user, partnership):
    """What the calendar no longer holds is a link that leads nowhere."""
    cohort, sam = partnership.cohort(), partnership.person(1, name="Sam")
    ask(cohort, sam)
    browser = as_user(sam)
    assert "Add to your calendar" in browser.get("cohorts.show", cohort_id=cohort.id).words
    partnership.begin(cohort, days=120)
    page = browser.get("cohorts.show", cohort_id=cohort.id)
    assert "Add to your calendar" not in page.words
    assert "Your questions before and after the day" in page.words
    browser.get("calendar.download", cohort_id=cohort.id, expect=404)
