"""Joint days as calendars know them (RFC 5545 and 5546): one event for each person and session, in UTC, so that no
reader has to know when clocks change.

Pure: what is an event, which message tells a calendar of it, and how a whole feed is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from unicodedata import category
from uuid import UUID, uuid5

from icalendar import Calendar, Event, vCalAddress

PRODUCT = "-//Common Ground//Joint days//EN"
READ_AGAIN = timedelta(hours=1)
SPACES = "\n\t"
NOT_TEXT = ("Cc", "Cs")


class Method(StrEnum):
    """What a message asks a calendar to do (RFC 5546)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Details:
    """What a calendar shows of one session; another date, time, place or title is another version of the event."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str


@dataclass(frozen=True)
class Entry:
    """One session in one person's calendar, in its newest version. A withdrawn one is shown as cancelled."""

    uid: str
    details: Details
    sequence: int
    changed_at: datetime
    link: str
    withdrawn: bool = False

    @property
    def method(self) -> Method:
        """What a message about this version asks for."""
        return Method.CANCEL if self.withdrawn else Method.REQUEST


@dataclass(frozen=True)
class Address:
    """Who an event is from or for."""

    email: str
    name: str = ""


@dataclass(frozen=True)
class Version:
    """The state of an event that a person's calendar was last told."""

    details: Details
    sequence: int
    withdrawn: bool = False


def uid(session: UUID, person: UUID) -> str:
    """The identity of the event, the same for ever: a calendar finds by it what to change or remove."""
    return f"{uuid5(session, str(person))}@common-ground"


def next_versions(told: Mapping[UUID, Version], wanted: Mapping[UUID, Details]) -> dict[UUID, Version]:
    """The versions to tell now, by session, so that the person's calendar says what is wanted, and nothing else.

    A number only ever goes up, also when somebody comes back to a session they had left.
    """
    new = {}
    for session, details in wanted.items():
        before = told.get(session)
        if before is None:
            new[session] = Version(details, 0)
        elif before.withdrawn or before.details != details:
            new[session] = Version(details, before.sequence + 1)
    for session, before in told.items():
        if session not in wanted and not before.withdrawn:
            new[session] = Version(before.details, before.sequence + 1, withdrawn=True)
    return new


def message(entry: Entry, organiser: str, attendee: Address) -> str:
    """One event for one person, to go with a mail. `organiser` is a mail sender, as in `Training <training@a.example>`.

    One event a message: RFC 5546 lets a request speak of one event only, and mail programs read no further.
    """
    event = _event(entry)
    name, email = parseaddr(organiser)
    event.add("organizer", _address(Address(email, name or "Common Ground")))
    event.add("attendee", _address(attendee, ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE"))
    return _written([event], entry.method)


def file(entries: Iterable[Entry]) -> str:
    """Events as a file to open or a feed to subscribe to: without method, organiser or attendee."""
    ordered = sorted(entries, key=lambda one: (one.details.starts_at, one.uid))
    return _written([_event(one) for one in ordered])


def _written(events: Sequence[Event], method: Method | None = None) -> str:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method.value)
    else:
        calendar.add("name", "Joint days")
        calendar.add("x-wr-calname", "Joint days")
        calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for one in events:
        calendar.add_component(one)
    written: bytes = calendar.to_ical()
    return written.decode()


def _event(entry: Entry) -> Event:
    event, details = Event(), entry.details
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", _utc(entry.changed_at))
    event.add("last-modified", _utc(entry.changed_at))
    event.add("dtstart", _utc(details.starts_at))
    event.add("dtend", _utc(details.ends_at))
    event.add("summary", _plain(details.title))
    event.add("location", _plain(details.place))
    event.add("description", _description(entry))
    event.add("url", entry.link)
    event.add("status", "CANCELLED" if entry.withdrawn else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.withdrawn else "OPAQUE")
    event.add("class", "PRIVATE")
    return event


def _description(entry: Entry) -> str:
    if entry.withdrawn:
        return f"You are not expected at this session any more. The joint day: {entry.link}"
    online = f"Join here: {_plain(entry.details.place)}\n" if entry.details.place.startswith("https://") else ""
    return f"{online}What to prepare, what you need on the day, and cancelling if you cannot come: {entry.link}"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _plain(text: str) -> str:
    """Text without the control characters that no calendar may hold."""
    return "".join(letter for letter in text if letter in SPACES or category(letter) not in NOT_TEXT)


def _address(address: Address, **parameters: str) -> vCalAddress:
    made = vCalAddress(f"mailto:{_plain(address.email)}")
    name = " ".join(_plain(address.name).split())
    for key, value in {"CN": name.replace('"', "”"), **parameters}.items():
        if value:
            made.params[key] = value
    return made
