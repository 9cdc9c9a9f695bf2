"""What a person's calendar is told with mails about a joint day, and what a mail program finds in them."""

import socket
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from icalendar import Calendar
from sqlalchemy import select

from lms.cohorts.actions import approving, booking, building, moving, offers, substituting
from lms.cohorts.actions.building import Move
from lms.cohorts.calendar_models import CalendarEntry
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.plan import PlannedSession
from lms.config import Settings
from lms.core import clock
from lms.core.db import db, writing
from lms.notifications import carriers, delivering
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from tests.cohorts.conftest import Partnership, a_plan, mails
from tests.support.calendars import read


@dataclass
class Told:
    """One event that went with a mail."""

    kind: str
    method: str
    uid: str
    sequence: int
    starts: object
    text: str


def told(person) -> list[Told]:
    """The events that went to a person, in the order of the mails."""
    db.session.rollback()
    rows = db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.person_id == person.id, OutboxMail.calendar != "")
        .order_by(OutboxMail.queued_at, OutboxMail.id)
    )
    found = []
    for mail in rows:
        (event,) = Calendar.from_ical(mail.calendar).walk("VEVENT")
        kind = mail.kind.removeprefix("cohorts/")
        found.append(Told(kind, mail.calendar_method, str(event["uid"]), event["sequence"], event["dtstart"].dt,
                          mail.calendar))  # fmt: skip
    return found


def act(person, what, *given, **named):
    with writing():
        return what(people.actor(person), *given, **named)


def sessions_of(cohort):
    db.session.rollback()
    row = db.session.get(Cohort, cohort.id, populate_existing=True)
    return [PlannedSession(one.starts_at, one.ends_at, one.place, one.id) for one in row.sessions]


def two_days():
    first = a_plan().sessions[0]
    later = timedelta(days=7)
    return (first, PlannedSession(first.starts_at + later, first.ends_at + later, "Fern Hall"))


def moved(one, **by):
    return PlannedSession(one.starts_at + timedelta(**by), one.ends_at + timedelta(**by), one.place, one.id)


def test_a_booked_place_comes_with_its_event_in_the_same_mail(partnership: Partnership):
    cohort, leah = partnership.cohort(), partnership.person(name="Leah Stone")
    act(leah, booking.book, cohort.id)
    (one,) = told(leah)
    assert (one.kind, one.method, one.sequence) == ("place_booked", "REQUEST", 0)
    assert one.starts == cohort.sessions[0].starts_at
    assert f"/cohorts/{cohort.id}/" in one.text.replace("\r\n ", "")


def test_people_without_a_place_get_no_event(partnership: Partnership):
    cohort = partnership.cohort(capacity=1, largest_share=100)
    first, second, asked = (partnership.person(name=name) for name in ("First", "Second", "Asked"))
    act(first, booking.book, cohort.id)
    act(second, booking.book, cohort.id)
    act(partnership.trainer, booking.invite, cohort.id, [asked.id])
    assert told(second) == told(asked) == []
    assert {name for name, _ in mails()} == {"First", "Second", "Asked"}


def test_whoever_moves_up_gets_the_event_and_whoever_leaves_has_it_taken_out(partnership: Partnership):
    cohort = partnership.cohort(capacity=1, largest_share=100)
    first, second = partnership.person(name="First"), partnership.person(name="Second")
    act(first, booking.book, cohort.id)
    act(second, booking.book, cohort.id)
    act(first, booking.cancel, cohort.id)
    request, cancel = told(first)
    assert (cancel.kind, cancel.method, cancel.sequence) == ("given_up", "CANCEL", 1)
    assert cancel.uid == request.uid
    assert [(one.kind, one.method) for one in told(second)] == [("moved_up", "REQUEST")]
    assert told(second)[0].uid != request.uid


def test_giving_up_a_line_on_the_waiting_list_sends_no_mail(partnership: Partnership):
    cohort = partnership.cohort(capacity=1, largest_share=100)
    act(partnership.person(name="First"), booking.book, cohort.id)
    second = partnership.person(name="Second")
    act(second, booking.book, cohort.id)
    before = mails()
    act(second, booking.cancel, cohort.id)
    assert mails() == before


def test_another_time_is_a_higher_number_of_the_same_event_and_another_title_alone_is_none(partnership: Partnership):
    cohort, leah = partnership.cohort(), partnership.person()
    act(leah, booking.book, cohort.id)
    (one,) = sessions_of(cohort)
    act(partnership.trainer, building.edit, cohort.id, a_plan(title="Another title", sessions=(one,)))
    assert len(told(leah)) == 1
    act(partnership.trainer, building.edit, cohort.id, a_plan(sessions=(moved(one, hours=1),)))
    request, change = told(leah)
    assert (change.kind, change.method, change.sequence, change.uid) == ("changed", "REQUEST", 1, request.uid)
    assert change.starts == one.starts_at + timedelta(hours=1)


def test_each_session_is_an_event_with_a_mail_of_its_own(partnership: Partnership):
    cohort, leah = partnership.cohort(sessions=two_days()), partnership.person(name="Leah Stone")
    act(leah, booking.book, cohort.id)
    assert [(one.kind, one.method) for one in told(leah)] == [
        ("place_booked", "REQUEST"), ("another_date", "REQUEST"),
    ]  # fmt: skip
    assert len({one.uid for one in told(leah)}) == 2


def test_a_session_that_is_dropped_is_taken_out_and_the_other_stays(partnership: Partnership):
    cohort, leah = partnership.cohort(sessions=two_days()), partnership.person()
    act(leah, booking.book, cohort.id)
    first, second = sessions_of(cohort)
    act(partnership.trainer, building.edit, cohort.id, a_plan(sessions=(moved(first, hours=1),)))
    one, two, change, gone = told(leah)
    assert (change.method, change.uid, change.sequence) == ("REQUEST", one.uid, 1)
    assert (gone.kind, gone.method, gone.uid, gone.sequence) == ("another_date", "CANCEL", two.uid, 1)
    assert gone.starts == second.starts_at


def test_a_cohort_called_off_and_a_person_taken_off_are_taken_out_of_calendars(partnership: Partnership):
    cohort, leah, ben = partnership.cohort(), partnership.person(), partnership.person(1)
    act(leah, booking.book, cohort.id)
    act(ben, booking.book, cohort.id)
    own = db.session.scalar(select(Booking.id).where(Booking.person_id == ben.id))
    act(partnership.trainer, booking.remove, cohort.id, own)
    act(partnership.trainer, building.call_off, cohort.id)
    assert [(one.kind, one.method, one.sequence) for one in told(ben)][1:] == [("removed", "CANCEL", 1)]
    assert [(one.kind, one.method, one.sequence) for one in told(leah)][1:] == [("cancelled", "CANCEL", 1)]


def test_who_comes_back_gets_a_number_above_all_before(partnership: Partnership):
    cohort, leah = partnership.cohort(), partnership.person()
    for _ in range(2):
        act(leah, booking.book, cohort.id)
        act(leah, booking.cancel, cohort.id)
    act(leah, booking.book, cohort.id)
    assert [one.sequence for one in told(leah)] == [0, 1, 2, 3, 4]
    assert [one.method for one in told(leah)] == ["REQUEST", "CANCEL", "REQUEST", "CANCEL", "REQUEST"]


def test_a_draft_tells_no_calendar_until_it_opens(partnership: Partnership):
    cohort, leah = partnership.cohort(draft=True), partnership.person()
    act(partnership.trainer, booking.add, cohort.id, [leah.id])
    assert told(leah) == []
    act(partnership.trainer, building.open_for_booking, cohort.id)
    assert [(one.kind, one.sequence) for one in told(leah)] == [("place_booked", 0)]


def test_what_is_over_stays_in_calendars(partnership: Partnership):
    cohort, leah = partnership.cohort(sessions=two_days()), partnership.person()
    act(leah, booking.book, cohort.id)
    with writing():
        first = db.session.scalars(select(CalendarEntry).order_by(CalendarEntry.starts_at)).first()
        past = clock.now() - timedelta(days=2)
        first.starts_at, first.ends_at = past, past + timedelta(hours=1)
    act(partnership.trainer, building.call_off, cohort.id)
    assert [one.method for one in told(leah)] == ["REQUEST", "REQUEST", "CANCEL"]


def test_an_act_that_is_undone_leaves_the_number_as_it_was(partnership: Partnership):
    cohort, leah = partnership.cohort(), partnership.person()
    act(leah, booking.book, cohort.id)

    def undone():
        with writing():
            booking.cancel(people.actor(leah), cohort.id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    act(leah, booking.cancel, cohort.id)
    assert [one.sequence for one in told(leah)] == [0, 1]


def test_no_event_names_anybody_else(partnership: Partnership):
    cohort, leah, ben = partnership.cohort(), partnership.person(name="Leah Stone"), partnership.person(1, name="Ben")
    act(leah, booking.book, cohort.id)
    act(ben, booking.book, cohort.id)
    for other in (ben.email, "Ben", partnership.trainer.name, partnership.trainer.email):
        assert other not in told(leah)[0].text.replace("\r\n ", "")
    assert read(told(leah)[0].text)["events"][0]["attendees"] == [[f"mailto:{leah.email}", "Leah Stone"]]


def check_parts(message, method):
    """The text, the event beside it for mail programs with a calendar, and the same as a file."""
    assert message.get_content_type() == "multipart/mixed"
    alternative, attached = message.iter_parts()
    text, event = alternative.iter_parts()
    assert (text.get_content_type(), event.get_content_type()) == ("text/plain", "text/calendar")
    assert (event.get_param("method"), event.get_content_charset()) == (method, "utf-8")
    assert event.get_content_disposition() is None
    assert (attached.get_content_type(), attached.get_filename()) == ("application/ics", "joint-day.ics")
    assert event.get_payload(decode=True) == attached.get_payload(decode=True)
    return attached.get_payload(decode=True).decode()


def test_the_demos_mail_holds_text_event_and_file(partnership: Partnership, tmp_path):
    cohort, leah = partnership.cohort(), partnership.person()
    act(leah, booking.book, cohort.id)
    assert delivering.deliver_waiting(carriers.FileCarrier(tmp_path, "T <t@x.example>")) == 1
    (path,) = tmp_path.iterdir()
    text = check_parts(message_from_bytes(path.read_bytes(), policy=policy.default), "REQUEST")
    assert read(text)["method"] == "REQUEST"


def test_the_event_goes_out_by_smtp(partnership: Partnership):
    cohort, leah = partnership.cohort(), partnership.person(name="Łucja Żak")
    act(leah, booking.book, cohort.id)
    act(leah, booking.cancel, cohort.id)
    received = []

    class Taker:
        async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 -- the name aiosmtpd calls
            received.append(envelope.content)
            return "250 taken"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(Taker(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings = Settings(
            {"LMS_SECRET_KEY": "tests-only-0123456789-abcdefghijklmnop", "LMS_MAIL": "smtp", "LMS_SMTP_PORT": str(port)}
        )
        assert delivering.deliver_waiting(carriers.carrier(settings)) == 2
    finally:
        server.stop()
    parts = [message_from_bytes(one, policy=policy.default) for one in received]
    first, second = (check_parts(*one) for one in zip(parts, ("REQUEST", "CANCEL"), strict=True))
    assert read(first)["events"][0]["attendees"] == [[f"mailto:{leah.email}", "Łucja Żak"]]
    assert read(second)["method"] == "CANCEL"


def test_a_mail_without_event_is_plain_text_as_before(partnership: Partnership):
    cohort, asked = partnership.cohort(), partnership.person()
    act(partnership.trainer, booking.invite, cohort.id, [asked.id])
    mail = db.session.scalar(select(OutboxMail))
    assert carriers.message(mail, "T <t@x.example>").get_content_type() == "text/plain"


def the_events(person):
    return [(one.kind, one.method, one.sequence) for one in told(person)]


def test_an_offer_brings_no_event_and_taking_it_does(partnership: Partnership):
    cohort = partnership.cohort(capacity=1, largest_share=100, offers_places=True)
    first, second = partnership.person(name="First"), partnership.person(1, name="Second")
    act(first, booking.book, cohort.id)
    act(second, booking.book, cohort.id)
    act(first, booking.cancel, cohort.id)
    assert mails("offer") == [("Second", "offer")]
    assert told(second) == []
    act(second, offers.take, cohort.id)
    assert the_events(second) == [("place_booked", "REQUEST", 0)]


def test_approval_brings_the_event_and_asking_for_it_does_not(partnership: Partnership):
    cohort, leah = partnership.cohort(needs_approval=True), partnership.person(name="Leah Stone")
    act(leah, booking.book, cohort.id)
    assert told(leah) == []
    own = db.session.scalar(select(Booking.id).where(Booking.person_id == leah.id))
    act(partnership.trainer, approving.approve, own)
    assert the_events(leah) == [("place_booked", "REQUEST", 0)]


def test_a_colleague_who_is_sent_gets_the_event_and_whoever_sent_them_loses_it(partnership: Partnership):
    cohort, sam, ben = partnership.cohort(), partnership.person(name="Sam"), partnership.person(name="Ben")
    act(sam, booking.book, cohort.id)
    act(sam, substituting.send, cohort.id, ben.id)
    assert the_events(ben) == [("sent", "REQUEST", 0)]
    assert the_events(sam) == [("place_booked", "REQUEST", 0), ("replaced", "CANCEL", 1)]


def test_whoever_takes_another_date_has_the_moved_one_taken_out(partnership: Partnership):
    cohort, other, leah = partnership.cohort(), partnership.cohort(title="Another date"), partnership.person()
    act(leah, booking.book, cohort.id)
    (one,) = sessions_of(cohort)
    act(
        partnership.trainer,
        building.edit,
        cohort.id,
        a_plan(sessions=(moved(one, days=1),)),
        move=Move("", (other.id,)),
    )
    act(leah, moving.take, cohort.id, other.id)
    assert the_events(leah) == [
        ("place_booked", "REQUEST", 0), ("changed", "REQUEST", 1),
        ("given_up", "CANCEL", 2), ("place_booked", "REQUEST", 0),
    ]  # fmt: skip
    assert len({one.uid for one in told(leah)}) == 2


def test_a_day_called_off_is_taken_out_once_also_when_another_date_is_taken(partnership: Partnership):
    cohort, other, leah = partnership.cohort(), partnership.cohort(title="Another date"), partnership.person()
    act(leah, booking.book, cohort.id)
    act(partnership.trainer, building.call_off, cohort.id, move=Move("", (other.id,)))
    act(leah, moving.take, cohort.id, other.id)
    assert the_events(leah) == [
        ("place_booked", "REQUEST", 0), ("cancelled", "CANCEL", 1), ("place_booked", "REQUEST", 0),
    ]  # fmt: skip
