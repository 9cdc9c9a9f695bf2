"""Calendar events: the right instant all year, one identity and a rising number, text that survives, and a reader that
is not ours.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from lms.cohorts import calendar
from lms.cohorts.calendar import Address, Details, Entry, Version
from lms.core import clock
from tests.support.calendars import read

SENDER = "Common Ground <training@council.example>"
LEAH = Address("leah@trust.example", "Leah Stone")
SESSION, OTHER, PERSON = UUID(int=1), UUID(int=2), UUID(int=3)
LINK = "http://localhost/cohorts/1/"
START = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
DETAILS = Details("Who leads, and who decides", START, START + timedelta(hours=6), "Fern Hall")

# Local time on the wall, and the instant it is: the days around both changes of the clocks, midwinter, midsummer.
INSTANTS = [
    (datetime(2026, 1, 1, 9, 30), "2026-01-01T09:30:00.000Z"),
    (datetime(2026, 3, 28, 9, 30), "2026-03-28T09:30:00.000Z"),
    (datetime(2026, 3, 29, 9, 30), "2026-03-29T08:30:00.000Z"),
    (datetime(2026, 7, 1, 9, 30), "2026-07-01T08:30:00.000Z"),
    (datetime(2026, 10, 24, 9, 30), "2026-10-24T08:30:00.000Z"),
    (datetime(2026, 10, 25, 9, 30), "2026-10-25T09:30:00.000Z"),
]


def entry(**changes) -> Entry:
    return replace(Entry(calendar.uid(SESSION, PERSON), DETAILS, 0, START - timedelta(days=30), LINK), **changes)


def parsed(text: str):
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    return event


def test_every_reader_finds_the_same_instant_whatever_the_clocks_do():
    own = []
    for number, (wall, _) in enumerate(INSTANTS):
        start = clock.from_local(wall)
        details = replace(DETAILS, starts_at=start, ends_at=start + timedelta(hours=6))
        own.append(entry(uid=f"{number}@x", details=details))
    text = calendar.file(own)
    assert [one["starts"] for one in read(text)["events"]] == [instant for _, instant in INSTANTS]
    ours = [event["dtstart"].dt for event in Calendar.from_ical(text).walk("VEVENT")]
    assert [clock.local(one).replace(tzinfo=None) for one in ours] == [wall for wall, _ in INSTANTS]
    assert "TZID" not in text
    assert "VTIMEZONE" not in text


def test_a_session_over_the_night_of_the_change_has_its_true_length():
    start, end = clock.from_local(datetime(2026, 10, 24, 22)), clock.from_local(datetime(2026, 10, 25, 6))
    details = replace(DETAILS, starts_at=start, ends_at=end)
    (event,) = read(calendar.file([entry(details=details)]))["events"]
    assert (event["starts"], event["ends"]) == ("2026-10-24T21:00:00.000Z", "2026-10-25T06:00:00.000Z")


def test_a_message_says_what_it_asks_and_names_the_one_person_it_is_for():
    told = read(calendar.message(entry(), SENDER, LEAH))
    (event,) = told["events"]
    assert told["method"] == "REQUEST"
    assert event["organizer"] == "mailto:training@council.example"
    assert event["attendees"] == [["mailto:leah@trust.example", "Leah Stone"]]
    assert (event["status"], event["location"], event["url"]) == ("CONFIRMED", "Fern Hall", LINK)
    assert LINK in event["description"]


def test_a_cancelling_message_has_the_same_identity_a_higher_number_and_is_read_as_cancelled():
    first, last = entry(), entry(sequence=1, withdrawn=True)
    before, after = (read(calendar.message(one, SENDER, LEAH)) for one in (first, last))
    assert (before["method"], after["method"]) == ("REQUEST", "CANCEL")
    assert before["events"][0]["uid"] == after["events"][0]["uid"]
    assert (before["events"][0]["sequence"], after["events"][0]["sequence"]) == (0, 1)
    assert after["events"][0]["status"] == "CANCELLED"


def test_an_event_is_one_persons_and_one_sessions():
    ids = {calendar.uid(session, person) for session in (SESSION, OTHER) for person in (PERSON, UUID(int=4))}
    assert len(ids) == 4
    assert calendar.uid(SESSION, PERSON) == calendar.uid(SESSION, PERSON)


def test_an_online_session_has_its_link_where_and_in_the_text():
    details = replace(DETAILS, place="https://meet.example/a?b=1;c=2,3")
    (event,) = read(calendar.message(entry(details=details), SENDER, LEAH))["events"]
    assert event["location"] == details.place
    assert details.place in event["description"]


def test_a_feed_asks_nothing_and_names_nobody():
    text = calendar.file([entry()])
    assert read(text)["method"] is None
    for word in ("METHOD", "ATTENDEE", "ORGANIZER", "mailto:"):
        assert word not in text


@pytest.mark.parametrize(
    ("told", "wanted", "new"),
    [
        ({}, {SESSION: DETAILS}, {SESSION: Version(DETAILS, 0)}),
        ({SESSION: Version(DETAILS, 4)}, {SESSION: DETAILS}, {}),
        (
            {SESSION: Version(DETAILS, 4)},
            {SESSION: replace(DETAILS, place="Hall")},
            {SESSION: Version(replace(DETAILS, place="Hall"), 5)},
        ),
        ({SESSION: Version(DETAILS, 4)}, {}, {SESSION: Version(DETAILS, 5, withdrawn=True)}),
        ({SESSION: Version(DETAILS, 5, withdrawn=True)}, {}, {}),
        ({SESSION: Version(DETAILS, 5, withdrawn=True)}, {SESSION: DETAILS}, {SESSION: Version(DETAILS, 6)}),
        (
            {SESSION: Version(DETAILS, 0)},
            {OTHER: DETAILS},
            {OTHER: Version(DETAILS, 0), SESSION: Version(DETAILS, 1, withdrawn=True)},
        ),
    ],
    ids=["new", "same", "changed", "withdrawn", "stays withdrawn", "comes back", "one for another"],
)
def test_what_a_calendar_has_to_be_told(told, wanted, new):
    assert calendar.next_versions(told, wanted) == new


steps = st.lists(st.dictionaries(st.sampled_from([SESSION, OTHER]), st.sampled_from(["Hall", "Barn"])), max_size=12)


@given(steps)
def test_however_plans_change_the_calendar_ends_as_wanted_and_numbers_only_rise(plans):
    told: dict[UUID, Version] = {}
    for plan in plans:
        wanted = {session: replace(DETAILS, place=place) for session, place in plan.items()}
        new = calendar.next_versions(told, wanted)
        assert all(version.sequence > told[id_].sequence for id_, version in new.items() if id_ in told)
        told |= new
        assert {id_: one.details for id_, one in told.items() if not one.withdrawn} == wanted
        assert calendar.next_versions(told, wanted) == {}


printable = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=160)


@settings(deadline=None)
@given(title=printable, place=printable, name=printable)
def test_any_title_place_and_name_come_back_as_they_were_written_in_short_lines(title, place, name):
    details = replace(DETAILS, title=title, place=place)
    text = calendar.message(entry(details=details), SENDER, Address("leah@trust.example", name))
    assert all(len(line) <= 75 for line in text.encode().split(b"\r\n"))
    event = parsed(text)
    assert (str(event["summary"]), str(event["location"])) == (title, place)
    assert len(event.walk()) == 1
    assert str(event["attendee"]) == "mailto:leah@trust.example"


@pytest.mark.slow
@given(st.text(max_size=80))
def test_nothing_typed_can_add_a_line_of_its_own(typed):
    injected = f"{typed}\r\nATTENDEE:mailto:eve@x.example\x00"
    details = replace(DETAILS, title=injected, place=injected)
    text = calendar.message(entry(details=details), SENDER, Address("leah@trust.example", injected))
    event = parsed(text)
    assert str(event["attendee"]) == "mailto:leah@trust.example"
    assert "\x00" not in text


def test_the_other_reader_folds_and_escapes_as_we_do():
    title = "Öffnung; „wer leitet“, \\ 家 & łąka " * 4
    details = replace(DETAILS, title=title.strip(), place="Fern Hall, Room 2; upstairs")
    (event,) = read(calendar.message(entry(details=details), SENDER, Address("a@b.example", 'Eve "E", Dr; x: y')))[
        "events"
    ]
    assert (event["summary"], event["location"]) == (details.title, details.place)
    assert event["attendees"] == [["mailto:a@b.example", "Eve ”E”, Dr; x: y"]]
