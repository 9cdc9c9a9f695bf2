"""Reads about joint training as figures: each is asked once, for the page, the chart and the file alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from statistics import median_high
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, select

from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession, MissedPlace
from lms.cohorts.states import IN_THE_ROOM, BookingState, CohortState, Mark, Missed
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.people import policy as people
from lms.people.models import Agency as AgencyRow
from lms.people.models import Membership, Person, Team
from lms.together import meetings, policy, rooms, sheets
from lms.together.measures import Counts
from lms.together.meetings import Agency, Came, Matrix
from lms.together.periods import Period, quarter_of
from lms.together.policy import Reach
from lms.together.rooms import Held, Overview, Tally
from lms.together.sheets import Sheet

CAME = (Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY)
IN_LINE = (BookingState.WAITING, BookingState.OFFERED)
GOES_AHEAD = (CohortState.OPEN, CohortState.CLOSED)


def held_between(actor: Actor, reach: Reach) -> tuple[date, date] | None:
    """The days of the first and the last cohort that count; None when none does. One query."""
    held = _held(actor, reach).subquery()
    first, last = db.session.execute(select(func.min(held.c.starts_at), func.max(held.c.starts_at))).one()
    return (clock.local(first).date(), clock.local(last).date()) if first else None


def _held(
    actor: Actor, reach: Reach, period: Period | None = None, *, noted: bool = True
) -> Select[UUID, str, int, datetime, int]:
    """Cohorts that are over and whose register was begun (or was not), by the day of their first session."""
    starts, ends = func.min(CohortSession.starts_at), func.max(CohortSession.ends_at)
    register = exists().where(Attendance.session_id == CohortSession.id, CohortSession.cohort_id == Cohort.id)
    register = register.correlate(Cohort)
    parts = [Cohort.state.in_(GOES_AHEAD), policy.counted(actor, reach), register if noted else ~register]
    return (
        select(
            Cohort.id,
            Cohort.title,
            Cohort.capacity,
            starts.label("starts_at"),
            func.count(CohortSession.id).label("sessions"),
        )
        .join(CohortSession, CohortSession.cohort_id == Cohort.id)
        .where(*parts)
        .group_by(Cohort.id, Cohort.title, Cohort.capacity)
        .having(and_(ends <= clock.now(), *within(starts, period)))
    )


def within(moment: ColumnElement[datetime], period: Period | None) -> list[ColumnElement[bool]]:
    """SQL on a moment: it lies in the period, by the partnership’s calendar; nothing for no period."""
    if period is None:
        return []
    return [moment >= _midnight(period.first), moment < _midnight(clock.months_later(period.first, period.months))]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.PARTNERSHIP_ZONE)


def without_register(actor: Actor, reach: Reach, period: Period) -> int:
    """How many cohorts of the period are over and have no register, so that they cannot be counted. One query."""
    missing = _held(actor, reach, period, noted=False).subquery()
    return db.session.scalar(select(func.count()).select_from(missing)) or 0


def tallies(actor: Actor, reach: Reach, period: Period) -> list[Tally]:
    """Everybody on the cohorts of the period, counted by cohort and agency. Three queries, whatever the page shows."""
    held = _held(actor, reach, period).subquery()
    marks, late = _marks(held), _late(held)
    rows = db.session.execute(
        select(
            held.c.id,
            held.c.title,
            held.c.starts_at,
            held.c.capacity,
            Booking.agency_id,
            *_counts(marks, marks.c.full == held.c.sessions, late.c.booking_id.is_not(None)),
        )
        .join(Booking, Booking.cohort_id == held.c.id)
        .outerjoin(marks, marks.c.booking_id == Booking.id)
        .outerjoin(late, late.c.booking_id == Booking.id)
        .where(policy.whose(reach))
        .group_by(held.c.id, held.c.title, held.c.starts_at, held.c.capacity, Booking.agency_id)
        .order_by(held.c.starts_at, held.c.title, held.c.id, Booking.agency_id)
    )
    found, seen = [], set()
    for cohort, title, starts_at, capacity, agency, *numbers in rows:
        first = cohort not in seen  # the room is counted with the first of its agencies
        seen.add(cohort)
        counts = Counts(capacity if first else 0, int(first), *(int(number) for number in numbers))
        found.append(Tally(cohort, title, starts_at, agency, counts))
    return rooms.with_unmet(found, _unmet(held, reach))


def _late(held: Subquery) -> Subquery:
    """The bookings that were given up after the last day for it."""
    return (
        select(MissedPlace.booking_id)
        .where(MissedPlace.kind == Missed.LATE, MissedPlace.cohort_id.in_(select(held.c.id)))
        .group_by(MissedPlace.booking_id)
        .subquery()
    )


def _unmet(held: Subquery, reach: Reach) -> dict[tuple[UUID, UUID], int]:
    """People who waited when the day came and had a place on no cohort of that course: how many, by the last cohort
    they waited for and their agency there. Two queries.
    """
    waited = db.session.execute(
        select(Booking.person_id, held.c.title, held.c.id, Booking.agency_id)
        .join(held, Booking.cohort_id == held.c.id)
        .where(Booking.state.in_(IN_LINE), policy.whose(reach))
        .order_by(held.c.starts_at, held.c.id)
    ).all()
    met = {
        (person, title)
        for person, title in db.session.execute(
            select(Booking.person_id, held.c.title)
            .join(held, Booking.cohort_id == held.c.id)
            .where(
                Booking.state.in_(IN_THE_ROOM),
                Booking.person_id.in_(select(Booking.person_id).where(Booking.state.in_(IN_LINE))),
            )
        )
    }
    last = {(person, title): (cohort, agency) for person, title, cohort, agency in waited if (person, title) not in met}
    return Counter(last.values())


def _marks(held: Subquery) -> Subquery:
    """For every booking with a mark: whether one of them says that the person came, and how many sessions they attended
    for long enough.
    """
    return (
        select(
            Attendance.booking_id,
            func.max(case((Attendance.mark.in_(CAME), 1), else_=0)).label("came"),
            func.sum(case((Attendance.attended, 1), else_=0)).label("full"),
        )
        .join(CohortSession, Attendance.session_id == CohortSession.id)
        .where(CohortSession.cohort_id.in_(select(held.c.id)))
        .group_by(Attendance.booking_id)
        .subquery()
    )


def _counts(marks: Subquery, full: ColumnElement[bool], late: ColumnElement[bool]) -> list[ColumnElement[int]]:
    """In the order of `Counts`: invited, came, no-shows, cancelled, not noted, walk-ins, completed, late, waiting."""
    has_place, lost_it = Booking.state == BookingState.BOOKED, Booking.state != BookingState.BOOKED
    came, noted = marks.c.came == 1, marks.c.came.is_not(None)
    rules = (
        Booking.invited_at.is_not(None),
        and_(has_place, came),
        and_(has_place, marks.c.came == 0),
        and_(Booking.booked_at.is_not(None), lost_it),
        and_(has_place, ~noted),
        and_(Booking.state == BookingState.WALK_IN, came),
        and_(Booking.state.in_(IN_THE_ROOM), came, full),
        and_(Booking.booked_at.is_not(None), lost_it, late),
        Booking.state.in_(IN_LINE),
    )
    return [func.sum(case((rule, 1), else_=0)) for rule in rules]


def sheet(actor: Actor, reach: Reach, period: Period, today: date) -> Sheet:
    """The quarterly page of a period, for the page and the file. Four queries."""
    counted, places = tallies(actor, reach, period), agencies(reach, min(period.last, today))
    if reach.agency_id:
        return sheets.of_one_agency(counted, places, reach.agency_id)
    if reach.hides:
        over = [one for one in counted if quarter_of(clock.local(one.starts_at).date()).is_over(today)]
        return sheets.released(over, places, reach.partnership)
    return sheets.whole(counted, places, reach.name)


def mix(actor: Actor, reach: Reach, period: Period, today: date) -> tuple[Overview, list[Held]]:
    """The rooms of a period together and one by one, the latest first. Five queries."""
    counted, places = tallies(actor, reach, period), agencies(reach, min(period.last, today))
    new = new_people(actor, reach, period.last)
    held = [replace(one, new=new.get(one.key, 0.0)) for one in rooms.held(counted, places)]
    return rooms.overview(counted, held, places), held


def matrix(actor: Actor, reach: Reach, period: Period, today: date, locality: str = "") -> Matrix:
    """Who has trained with whom in a period. Two queries, three with a locality."""
    places = agencies(reach, min(period.last, today), locality)
    came = [one.came for one in present(actor, reach, period, locality)]
    return meetings.matrix(list(places.values()), came, hides=reach.hides)


def agencies(reach: Reach, day: date, locality: str = "") -> dict[UUID, Agency]:
    """The agencies of the partnership by name, with how many people work there on that day. One query."""
    inside = and_(Membership.agency_id == AgencyRow.id, people.is_current(day))
    if locality:
        in_it = select(Team.id).where(Team.locality == locality)
        inside = and_(inside, Membership.team_id.in_(in_it))
    rows = db.session.execute(
        select(AgencyRow.id, AgencyRow.name, AgencyRow.sector, func.count(Person.id.distinct()))
        .select_from(AgencyRow)
        .outerjoin(Membership, inside)
        .outerjoin(Person, and_(Person.id == Membership.person_id, Person.active))
        .where(AgencyRow.partnership == reach.partnership)
        .group_by(AgencyRow.id, AgencyRow.name, AgencyRow.sector)
        .order_by(AgencyRow.name)
    )
    return {id_: Agency(id_, name, sector, number) for id_, name, sector, number in rows}


def localities(reach: Reach) -> list[str]:
    """The localities that teams of the partnership have been given, by name. One query."""
    return list(
        db.session.scalars(
            select(Team.locality)
            .join(AgencyRow, Team.agency_id == AgencyRow.id)
            .where(AgencyRow.partnership == reach.partnership, Team.locality != "")
            .distinct()
            .order_by(Team.locality)
        )
    )


@dataclass(frozen=True)
class Present:
    """One person at one session who came, for an agency."""

    cohort: UUID
    session: UUID
    starts_at: datetime
    came: Came


def present(actor: Actor, reach: Reach, period: Period | None, locality: str = "") -> list[Present]:
    """Who came to which session, by number and never by name, in order of time. With a locality, those who belonged
    to a team there on the day. One query, two with a locality.

    The people of other agencies are among them also where the reader sees one agency: it is they whom it has met.
    """
    held = _held(actor, reach, period).subquery()
    rows = db.session.execute(
        select(CohortSession.cohort_id, CohortSession.id, CohortSession.starts_at, Booking.person_id, Booking.agency_id)
        .join(Attendance, Attendance.session_id == CohortSession.id)
        .join(Booking, Attendance.booking_id == Booking.id)
        .where(
            CohortSession.cohort_id.in_(select(held.c.id)),
            Attendance.mark.in_(CAME),
            Booking.state.in_((BookingState.BOOKED, BookingState.WALK_IN)),
        )
        .order_by(CohortSession.starts_at, CohortSession.id)
    )
    found = [Present(row[0], row[1], row[2], Came(row[1], row[3], row[4])) for row in rows]
    return _working_in(found, reach, locality) if locality else found


def _working_in(found: Sequence[Present], reach: Reach, locality: str) -> list[Present]:
    rows = db.session.execute(
        select(Membership.person_id, Membership.agency_id, Membership.starts_on, Membership.ends_on)
        .join(Team, Membership.team_id == Team.id)
        .join(AgencyRow, Membership.agency_id == AgencyRow.id)
        .where(Team.locality == locality, AgencyRow.partnership == reach.partnership)
    )
    posts: dict[tuple[UUID, UUID], list[tuple[date, date | None]]] = {}
    for person, agency, starts, ends in rows:
        posts.setdefault((person, agency), []).append((starts, ends))
    return [one for one in found if _covers(posts.get((one.came.person, one.came.agency), []), one.starts_at)]


def _covers(posts: Sequence[tuple[date, date | None]], moment: datetime) -> bool:
    day = clock.local(moment).date()
    return any(starts <= day and (ends is None or day <= ends) for starts, ends in posts)


def new_people(actor: Actor, reach: Reach, last: date) -> dict[UUID, float]:
    """For each cohort up to this day: how many people of other agencies the average person met there whom they had
    not met on any joint day of the partnership before. One query.
    """
    whole = Reach(policy.Kind.PARTNERSHIP, reach.partnership, "", "")
    sessions: dict[UUID, tuple[UUID, list[Came]]] = {}
    for one in present(actor, whole, None):
        if clock.local(one.starts_at).date() <= last:
            sessions.setdefault(one.session, (one.cohort, []))[1].append(one.came)
    return meetings.new_people(sessions.values())


@dataclass(frozen=True)
class Waiting:
    """The people of one agency who wait for a place, and since how many days the middle one of them has waited."""

    agency: Agency
    people: int
    days: int


def waiting(actor: Actor, reach: Reach, places: dict[UUID, Agency]) -> list[Waiting]:
    """Who waits today for cohorts that have not begun, by agency, the longest first. One query."""
    begun = exists().where(CohortSession.cohort_id == Cohort.id, CohortSession.starts_at <= clock.now())
    rows = db.session.execute(
        select(Booking.agency_id, Booking.asked_at)
        .join(Cohort, Booking.cohort_id == Cohort.id)
        .where(
            Booking.state == BookingState.WAITING,
            Cohort.state.in_(GOES_AHEAD),
            policy.counted(actor, reach),
            policy.whose(reach),
            ~begun.correlate(Cohort),
        )
    )
    since: dict[UUID, list[int]] = {}
    for agency, asked_at in rows:
        since.setdefault(agency, []).append((clock.today() - clock.local(asked_at).date()).days)
    found = [Waiting(places[agency], len(days), median_high(days)) for agency, days in since.items()]
    return sorted(found, key=lambda one: (-one.days, -one.people, one.agency.name))
