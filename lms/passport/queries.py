"""Reads about what is one's own: past joint days, hours, what is in date, history, and the passport made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from uuid import UUID

from flask import current_app
from sqlalchemy import and_, func, select

from lms.assignments import queries as assignments
from lms.assignments.due import FOREVER, ModuleStanding, Status
from lms.catalogue.content import Module
from lms.catalogue.shelf import library
from lms.certificates import queries as certificates
from lms.certificates.models import Certificate
from lms.cohorts import contests
from lms.cohorts.contest_models import Contest
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession
from lms.cohorts.states import IN_THE_ROOM, CohortState, Mark
from lms.config import Settings
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.passport import hours, reasons, signed
from lms.passport.hours import Lesson, Year

NEVER_HELD = (CohortState.DRAFT, CohortState.CANCELLED)


@dataclass(frozen=True)
class PastDay:
    """A session that is over and on which I had a place or came without one; `mark` is what the register says of me,
    None while it says nothing, `agencies` how many attended.
    """

    cohort_id: UUID
    session_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    mark: Mark | None
    attended: bool
    agencies: int
    contest: Contest | None = None
    can_contest: bool = False

    @property
    def day(self) -> date:
        """The date, by the partnership's calendar."""
        return clock.local(self.starts_at).date()

    @property
    def minutes(self) -> int:
        """From start to end."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def words(self) -> str:
        """What the register says."""
        if self.mark is None:
            return "Not marked in the register"
        short = self.mark is not Mark.ABSENT and not self.attended
        return f"{self.mark.words}{', too short to count as attended' if short else ''}"


@dataclass(frozen=True)
class Event:
    """One line of my history: a certificate of a module or programme, or a joint day."""

    day: date
    certificate: Certificate | None = None
    joint_day: PastDay | None = None


@dataclass(frozen=True)
class Record:
    """All of my record: `years` and `history` newest first, `in_date` by the day it ends."""

    years: Sequence[Year]
    in_date: Sequence[Certificate]
    joint_days: Sequence[PastDay]
    history: Sequence[Event]

    @property
    def attended(self) -> list[PastDay]:
        """The joint days that count as attended."""
        return [one for one in self.joint_days if one.attended]

    def of(self, year: int) -> Year:
        """The hours of one year, none among them."""
        return next((one for one in self.years if one.year == year), Year(year))


def record(actor: Actor) -> Record:
    """The actor's own record, whatever became of their posts. Four queries."""
    owned, days = certificates.own(actor), past_days(actor)
    history = [Event(one.completed_on, certificate=one) for one in owned] + [
        Event(one.day, joint_day=one) for one in days
    ]
    return Record(
        years=hours.by_year(_lessons(owned, days)),
        in_date=in_date(owned),
        joint_days=days,
        history=sorted(history, key=lambda one: one.day, reverse=True),
    )


def past_days(actor: Actor) -> list[PastDay]:
    """The actor's sessions that are over, newest first. Three queries."""
    rows = db.session.execute(
        select(Cohort.id, Cohort.title, CohortSession, Attendance.mark, Attendance.attended)
        .join(Booking, Booking.cohort_id == Cohort.id)
        .join(CohortSession, CohortSession.cohort_id == Cohort.id)
        .outerjoin(Attendance, and_(Attendance.session_id == CohortSession.id, Attendance.booking_id == Booking.id))
        .where(
            Booking.person_id == actor.id,
            Booking.state.in_(IN_THE_ROOM),
            Cohort.state.not_in(NEVER_HELD),
            CohortSession.ends_at <= clock.now(),
        )
        .order_by(CohortSession.starts_at.desc(), CohortSession.id)
    ).all()
    ids = [session.id for _, _, session, *_ in rows]
    attended, contested = _agencies_in(ids), contests.own(actor.id, ids)
    return [
        PastDay(
            cohort_id=cohort_id,
            session_id=session.id,
            title=title,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            mark=Mark(mark) if mark else None,
            attended=bool(came),
            agencies=attended.get(session.id, 0),
            contest=contested.get(session.id),
            can_contest=contests.can_be_contested(session),
        )
        for cohort_id, title, session, mark, came in rows
    ]


def _agencies_in(session_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many agencies attended each of these sessions. One query."""
    rows = db.session.execute(
        select(Attendance.session_id, func.count(Booking.agency_id.distinct()))
        .join(Booking, Attendance.booking_id == Booking.id)
        .where(Attendance.session_id.in_(session_ids), Attendance.attended)
        .group_by(Attendance.session_id)
    )
    return dict(rows.all())


def _lessons(owned: Sequence[Certificate], days: Sequence[PastDay]) -> list[Lesson]:
    """What counts as hours: modules finished, unless withdrawn, and joint days attended. A programme's hours are those
    of its modules.
    """
    years = {one.completed_on.year for one in owned}
    counted = chain.from_iterable(certificates.counted_in(owned, year) for year in years)
    alone = [Lesson(one.completed_on, one.minutes) for one in counted]
    return alone + [
        Lesson(one.day, one.minutes, participatory=True, agencies=one.agencies) for one in days if one.attended
    ]


def in_date(owned: Sequence[Certificate]) -> list[Certificate]:
    """Of each module and programme the certificate in date that lasts longest, the first to end first."""
    longest: dict[tuple[str, str], Certificate] = {}
    for one in owned:
        known = longest.get((one.module, one.programme))
        if one.state.kind == "valid" and (known is None or known.valid_until < one.valid_until):
            longest[one.module, one.programme] = one
    return sorted(longest.values(), key=lambda one: (one.valid_until, one.title))


@dataclass(frozen=True)
class Need:
    """A module, or a level by hours, with where I stand and why it is asked of me; `module` is None for a level."""

    title: str
    module: Module | None
    asked: ModuleStanding

    @property
    def why(self) -> str:
        """The reason in a sentence."""
        return reasons.why(self.asked)

    @property
    def by(self) -> date | None:
        """The day by which something is to be done; None where nothing is."""
        return self.asked.standing.on or self.asked.due_on


@dataclass(frozen=True)
class Needs:
    """What is asked of me: what is to be done, first the most pressing; what is done for now; what I am exempt from."""

    to_do: Sequence[Need]
    done: Sequence[Need]
    exempt: Sequence[Need]


SETTLED = (Status.CURRENT, Status.EXEMPT)


def needs(actor: Actor) -> Needs:
    """Everything required of the actor today. The same few queries for everybody."""
    titles = assignments.titles(actor.partnerships())
    every = [
        Need(titles.get(one.module, one.module), library().module(one.module), one)
        for one in assignments.own(actor)
        if one.required
    ]
    return Needs(
        to_do=sorted((one for one in every if one.asked.status not in SETTLED), key=lambda one: one.by or FOREVER),
        done=[one for one in every if one.asked.status is Status.CURRENT],
        exempt=[one for one in every if one.asked.status is Status.EXEMPT],
    )


def passport(actor: Actor, kept: Record) -> signed.Passport:
    """The passport of today: certificates in date, joint days attended, and hours; no scores, no employer."""
    settings: Settings = current_app.extensions["settings"]
    today = clock.today()
    days = [_of_a_day(one, settings.partnership) for one in kept.attended]
    return signed.Passport(
        name=actor.name,
        issuer=settings.partnership,
        issued_on=today,
        expires_on=signed.last_good_day(today),
        entries=[_of_a_certificate(one) for one in kept.in_date] + days,
        hours=[
            signed.Hours(one.year, one.participatory, one.other, one.multi_agency, one.single_agency)
            for one in kept.years
        ],
    )


def _of_a_certificate(one: Certificate) -> signed.Entry:
    module = library().module(one.module)
    return signed.Entry(
        course=one.title,
        version=one.version,
        completed_on=one.completed_on.isoformat(),
        in_date_until=one.valid_until.isoformat(),
        minutes=one.minutes,
        level=module.level if module else "",
        issuer=one.issued_by,
        certificate=one.shown_code,
    )


def _of_a_day(one: PastDay, issuer: str) -> signed.Entry:
    return signed.Entry(
        course=one.title,
        version=None,
        completed_on=one.day.isoformat(),
        in_date_until=None,
        minutes=one.minutes,
        level="",
        issuer=issuer,
        certificate=None,
    )
