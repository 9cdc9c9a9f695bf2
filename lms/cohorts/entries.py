"""A person's joint days for their calendar: what to tell it with a mail, and all of them for a file or a feed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import selectinload

from lms.cohorts import calendar
from lms.cohorts.calendar_models import CalendarEntry, CalendarFeed
from lms.cohorts.models import Booking, Cohort, CohortSession
from lms.cohorts.states import IN_THE_ROOM, BookingState, CohortState
from lms.core import clock
from lms.core.db import db
from lms.people import policy as people
from lms.people.models import Membership, Person
from lms.web.links import absolute

MONTHS_KEPT = 3


def news(person_id: UUID, cohort: Cohort, *, leaves: bool = False) -> list[calendar.Entry]:
    """What the person's calendar has to be told of a cohort now, noted as told: requests first, each by date.

    Only whoever has a place is expected anywhere; `leaves` says that they have none any more. Sessions that are over
    stay in calendars as they were.
    """
    db.session.flush()
    has_place = not leaves and db.session.scalar(
        select(
            exists().where(
                Booking.person_id == person_id, Booking.cohort_id == cohort.id, Booking.state == BookingState.BOOKED
            )
        )
    )
    known = {one.session_id: one for one in db.session.scalars(_told(person_id, cohort.id))}
    wanted = {one.id: _details(cohort, one) for one in cohort.sessions} if has_place else {}
    new = calendar.next_versions({id_: row.version for id_, row in known.items()}, wanted)
    told = []
    for session_id, version in new.items():
        if version.details.ends_at <= clock.now():
            continue
        row = known.get(session_id) or CalendarEntry(person_id=person_id, cohort_id=cohort.id, session_id=session_id)
        row.take(version)
        db.session.add(row)
        told.append(_as_told(row))
    return sorted(told, key=lambda one: (one.withdrawn, one.details.starts_at, one.uid))


def _told(person_id: UUID, cohort_id: UUID | None) -> Select[CalendarEntry]:
    wanted = select(CalendarEntry).where(CalendarEntry.person_id == person_id)
    return wanted.where(CalendarEntry.cohort_id == cohort_id) if cohort_id else wanted


def is_told(person_id: UUID, cohort: Cohort) -> bool:
    """Whether the person's calendar expects them at a session of the cohort that is still to come."""
    told = db.session.scalars(_told(person_id, cohort.id))
    return any(not one.withdrawn and one.ends_at > clock.now() for one in told)


def is_expected(person_id: UUID, cohort: Cohort, by: datetime) -> bool:
    """Whether the person's calendar expects them at a session of the cohort from now until then."""
    told = db.session.scalars(_told(person_id, cohort.id))
    return any(not one.withdrawn and clock.now() <= one.starts_at <= by for one in told)


def of_person(person_id: UUID, cohort_id: UUID | None = None) -> list[calendar.Entry]:
    """All the joint days of a person from three months ago on, or one of them: where they have a place or came, and
    as cancelled what their calendar still knows. Two queries and one for sessions.
    """
    told = {one.session_id: one for one in db.session.scalars(_told(person_id, cohort_id))}
    bookings = (
        select(Booking, Cohort)
        .join(Booking.cohort)
        .where(Booking.person_id == person_id, Booking.state.in_(IN_THE_ROOM), Cohort.state != CohortState.DRAFT)
        .options(selectinload(Cohort.sessions))
    )
    if cohort_id:
        bookings = bookings.where(Cohort.id == cohort_id)
    entries = {}
    for booking, cohort in db.session.execute(bookings):
        for one in cohort.sessions:
            entries[one.id] = _present(booking, cohort, one, told.get(one.id))
    for session_id, row in told.items():
        if row.withdrawn and session_id not in entries:
            entries[session_id] = _as_told(row)
    earliest = clock.months_later(clock.today(), -MONTHS_KEPT)
    return [one for one in entries.values() if clock.local(one.details.ends_at).date() >= earliest]


def _present(booking: Booking, cohort: Cohort, session: CohortSession, row: CalendarEntry | None) -> calendar.Entry:
    return calendar.Entry(
        calendar.uid(session.id, booking.person_id),
        _details(cohort, session),
        row.sequence if row else 0,
        max(booking.changed_at, row.changed_at) if row else booking.changed_at,
        _page(cohort.id),
        withdrawn=cohort.is_cancelled,
    )


def _as_told(row: CalendarEntry) -> calendar.Entry:
    version = row.version
    return calendar.Entry(
        calendar.uid(row.session_id, row.person_id),
        version.details,
        version.sequence,
        row.changed_at,
        _page(row.cohort_id),
        withdrawn=version.withdrawn,
    )


def _details(cohort: Cohort, session: CohortSession) -> calendar.Details:
    return calendar.Details(cohort.title, session.starts_at, session.ends_at, session.place)


def _page(cohort_id: UUID) -> str:
    return absolute("cohorts.show", cohort_id=cohort_id)


def feed_of(person_id: UUID) -> CalendarFeed | None:
    """A person's feed, where it is switched on."""
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.person_id == person_id))


def reader(number: str) -> UUID | None:
    """Whose feed has this number: nobody's once the person's account is closed or they have left the partnership."""
    works = exists().where(Membership.person_id == Person.id, people.is_current(clock.today()))
    return db.session.scalar(
        select(Person.id)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .where(CalendarFeed.number == number, Person.active, works)
    )
