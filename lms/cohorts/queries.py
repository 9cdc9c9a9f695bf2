"""Reads about joint training: what a person may open, who is on a cohort, and how its places stand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from lms.cohorts import mix, policy
from lms.cohorts.candidates import Candidate, Candidates, can_come, candidates
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession, CohortTrainer
from lms.cohorts.places import Room
from lms.cohorts.states import HOLDS_A_PLACE, IN_THE_ROOM, ON_IT, BookingState, CohortState
from lms.core import clock
from lms.core.actor import Actor, Seat
from lms.core.db import db
from lms.core.errors import NotFound
from lms.people.models import Agency, Person

# Who can come is asked through here too.
__all__ = ["Candidate", "Candidates", "can_come", "candidates"]


def get(actor: Actor, cohort_id: UUID) -> Cohort:
    """One cohort with its sessions, modules, agencies and trainers. Raises NotFound when the actor may not open it."""
    return _one(_whole().where(Cohort.id == cohort_id, policy.visible(actor)))


def get_run(actor: Actor, cohort_id: UUID) -> Cohort:
    """One cohort, for someone who runs it. Raises NotFound for everybody else."""
    return _one(_whole().where(Cohort.id == cohort_id, policy.run(actor)))


def lock(actor: Actor, cohort_id: UUID) -> Cohort:
    """The same as `get`, with the cohort's row locked until the transaction ends: whoever gives or frees a place
    begins so.
    """
    return _one(_locked(Cohort.id == cohort_id, policy.visible(actor)))


def lock_run(actor: Actor, cohort_id: UUID) -> Cohort:
    """The same as `get_run`, with the cohort's row locked until the transaction ends."""
    return _one(_locked(Cohort.id == cohort_id, policy.run(actor)))


def lock_known(cohort_id: UUID) -> Cohort:
    """The cohort with its row locked, for the clock and for callers whose own policy has let the actor in."""
    return _one(_locked(Cohort.id == cohort_id))


def _whole() -> Select[Cohort]:
    return select(Cohort).options(
        selectinload(Cohort.sessions),
        selectinload(Cohort.modules),
        selectinload(Cohort.agencies),
        selectinload(Cohort.held),
        selectinload(Cohort.trainers).joinedload(CohortTrainer.person),
    )


def _locked(*rules: ColumnElement[bool]) -> Select[Cohort]:
    """What another request changed while we waited for the lock must be read afresh."""
    return _whole().where(*rules).with_for_update(of=Cohort).execution_options(populate_existing=True)


def _one(wanted: Select[Cohort]) -> Cohort:
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def room(cohort: Cohort) -> Room:
    """The places of a cohort as they are now."""
    return rooms([cohort])[cohort.id]


def rooms(cohorts: Collection[Cohort]) -> dict[UUID, Room]:
    """The places of several cohorts as they are now. Two queries."""
    taken, sectors = _taken([one.id for one in cohorts]), sectors_in({one.partnership for one in cohorts})
    return {one.id: Room(one.limits, taken.get(one.id, {}), one.holds, sectors) for one in cohorts}


def sectors_in(partnerships: Collection[str]) -> dict[UUID, str]:
    """The sector of each agency of these partnerships."""
    rows = db.session.execute(select(Agency.id, Agency.sector).where(Agency.partnership.in_(partnerships)))
    return {row.id: row.sector for row in rows}


def _taken(cohort_ids: Collection[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Places taken or offered, by cohort and agency. One query for all of them."""
    rows = db.session.execute(
        select(Booking.cohort_id, Booking.agency_id, func.count())
        .where(Booking.cohort_id.in_(cohort_ids), Booking.state.in_(HOLDS_A_PLACE))
        .group_by(Booking.cohort_id, Booking.agency_id)
    )
    taken: dict[UUID, dict[UUID, int]] = {}
    for cohort_id, agency_id, number in rows:
        taken.setdefault(cohort_id, {})[agency_id] = number
    return taken


@dataclass(frozen=True)
class People:
    """Everybody on a cohort, each with person and agency loaded, in order of agency and name."""

    all: Sequence[Booking]

    def _in(self, *states: BookingState) -> list[Booking]:
        return [one for one in self.all if one.state in states]

    @property
    def booked(self) -> list[Booking]:
        """People with a place."""
        return self._in(BookingState.BOOKED)

    @property
    def in_the_room(self) -> list[Booking]:
        """People with a place, and those who came without one."""
        return self._in(*IN_THE_ROOM)

    @property
    def invited(self) -> list[Booking]:
        """People who were asked and have not answered."""
        return self._in(BookingState.INVITED)

    @property
    def asked(self) -> list[Booking]:
        """People whose manager has not answered."""
        return self._in(BookingState.ASKED)

    @property
    def offered(self) -> list[Booking]:
        """People to whom a place is offered."""
        return self._in(BookingState.OFFERED)

    @property
    def waiting(self) -> list[Booking]:
        """The waiting list, longest first."""
        return sorted(self._in(BookingState.WAITING), key=lambda one: (one.asked_at, one.id))

    def by_agency(self, *states: BookingState) -> list[tuple[Agency, list[Booking]]]:
        """People in these states (those in the room unless named), under their agency, by name."""
        groups: dict[UUID, list[Booking]] = {}
        for one in self._in(*(states or IN_THE_ROOM)):
            groups.setdefault(one.agency_id, []).append(one)
        return [(group[0].agency, group) for group in groups.values()]

    def own(self, actor: Actor) -> Booking | None:
        """The actor's own entry."""
        return next((one for one in self.all if one.person_id == actor.id), None)

    def before(self, booking: Booking) -> int:
        """How many people have waited longer."""
        return self.waiting.index(booking)

    def room(self, cohort: Cohort, *seats: Seat) -> Room:
        """How the places stand, for people on the cohort and for these further posts."""
        taken = {agency.id: len(group) for agency, group in self.by_agency(*HOLDS_A_PLACE)}
        sectors = {one.agency_id: one.agency.sector for one in self.all} | {one.agency_id: one.sector for one in seats}
        return Room(cohort.limits, taken, cohort.holds, sectors)

    def mix(self) -> mix.Mix:
        """The mix of those with a place."""
        groups = self.by_agency(BookingState.BOOKED)
        return mix.measure(mix.Group(agency.name, agency.sector, len(group)) for agency, group in groups)


def people_on(cohort: Cohort) -> People:
    """Everybody on a cohort the caller may open; who is shown whom is decided by the page. One query."""
    return People(
        db.session.scalars(
            select(Booking)
            .join(Booking.person)
            .join(Booking.agency)
            .where(Booking.cohort_id == cohort.id, Booking.state.in_(ON_IT))
            .options(joinedload(Booking.person), joinedload(Booking.agency))
            .order_by(Agency.name, Person.name, Booking.id)
        ).all()
    )


def booking_of(person_id: UUID, cohort: Cohort) -> Booking | None:
    """A person's entry on a cohort in any state, cancelled and removed too; the caller has loaded the cohort."""
    return db.session.scalar(select(Booking).where(Booking.cohort_id == cohort.id, Booking.person_id == person_id))


@dataclass(frozen=True)
class Entry:
    """One line of a list of cohorts."""

    cohort: Cohort
    taken: dict[UUID, int]
    booking: Booking | None = None
    sectors: dict[UUID, str] = field(default_factory=dict)

    @property
    def room(self) -> Room:
        """How the places stand."""
        return Room(self.cohort.limits, self.taken, self.cohort.holds, self.sectors)

    def left_for(self, actor: Actor) -> int:
        """Places the actor could have now, with any of their posts."""
        return max((self.room.left_for(seat.agency_id) for seat in actor.seats), default=0)

    @property
    def next_session(self) -> CohortSession | None:
        """The session that comes next, or the last one when all are over."""
        coming = [one for one in self.cohort.sessions if one.ends_at > clock.now()]
        return coming[0] if coming else self.cohort.sessions[-1] if self.cohort.sessions else None

    @property
    def agencies_wanted(self) -> int:
        """How many more agencies are needed."""
        return max(0, self.cohort.minimum_agencies - len(self.taken))


@dataclass(frozen=True)
class JointDays:
    """What staff see of joint training: their own days, and those open to them, each by date."""

    mine: list[Entry] = field(default_factory=list)
    open: list[Entry] = field(default_factory=list)


def joint_days(actor: Actor) -> JointDays:
    """The actor's joint days that are not over, and those still open to their agency. Seven queries at most."""
    mine = db.session.execute(
        select(Cohort, Booking)
        .join(Booking, Booking.cohort_id == Cohort.id)
        .where(Booking.person_id == actor.id, Booking.state.in_(ON_IT), policy.taking_part(actor))
        .options(selectinload(Cohort.sessions), selectinload(Cohort.held))
    ).all()
    own = {cohort.id: booking for cohort, booking in mine}
    offered = db.session.scalars(
        select(Cohort)
        .where(policy.on_offer(actor), Cohort.id.not_in(list(own)))
        .options(selectinload(Cohort.sessions), selectinload(Cohort.held))
    ).all()
    taken, sectors = _taken([*own, *(cohort.id for cohort in offered)]), sectors_in(actor.partnerships())
    return JointDays(
        _dated(Entry(cohort, taken.get(cohort.id, {}), own[cohort.id]) for cohort, _ in mine if not cohort.is_over),
        _dated(Entry(one, taken.get(one.id, {}), sectors=sectors) for one in offered if one.takes_bookings),
    )


@dataclass(frozen=True)
class RunCohorts:
    """What a trainer runs: cohorts to come or under way by date, and those that are over or cancelled, latest first."""

    coming: list[Entry]
    past: list[Entry]


def run_by(actor: Actor) -> RunCohorts:
    """The cohorts the actor runs; a coordinator all of the partnership's. Four queries."""
    with_them = (selectinload(Cohort.sessions), selectinload(Cohort.held))
    cohorts = db.session.scalars(select(Cohort).where(policy.run(actor)).options(*with_them)).all()
    taken = _taken([cohort.id for cohort in cohorts])
    entries = _dated(Entry(cohort, taken.get(cohort.id, {})) for cohort in cohorts)
    past = [one for one in entries if one.cohort.is_over or one.cohort.is_cancelled]
    return RunCohorts([one for one in entries if one not in past], past[::-1])


def _dated(entries: Iterable[Entry]) -> list[Entry]:
    far = datetime.max.replace(tzinfo=clock.now().tzinfo)
    return sorted(
        entries,
        key=lambda one: (one.next_session.starts_at if one.next_session else far, one.cohort.title, one.cohort.id),
    )


def next_joint_day(actor: Actor) -> tuple[Cohort, CohortSession] | None:
    """The next session at which the actor has a place, for the first page. One query."""
    row = db.session.execute(
        select(Cohort, CohortSession)
        .join(CohortSession, CohortSession.cohort_id == Cohort.id)
        .join(Booking, Booking.cohort_id == Cohort.id)
        .where(
            Booking.person_id == actor.id,
            Booking.state == BookingState.BOOKED,
            Cohort.state.in_((CohortState.OPEN, CohortState.CLOSED)),
            CohortSession.ends_at > clock.now(),
        )
        .order_by(CohortSession.starts_at, CohortSession.id)
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def agencies_of(partnership: str) -> Sequence[Agency]:
    """The agencies of a partnership, by name."""
    return db.session.scalars(select(Agency).where(Agency.partnership == partnership).order_by(Agency.name)).all()


def open_to(cohort: Cohort) -> Sequence[Agency]:
    """The agencies a cohort is open to, by name."""
    chosen = {one.agency_id for one in cohort.agencies}
    return [one for one in agencies_of(cohort.partnership) if cohort.all_agencies or one.id in chosen]


def session_of(cohort: Cohort, session_id: UUID) -> CohortSession:
    """One session of a cohort. Raises NotFound when it belongs to another."""
    for one in cohort.sessions:
        if one.id == session_id:
            return one
    raise NotFound


def register(session: CohortSession) -> dict[UUID, Attendance]:
    """What the register of one session says, by booking, each with who noted it."""
    rows = db.session.scalars(
        select(Attendance).where(Attendance.session_id == session.id).options(joinedload(Attendance.noter))
    )
    return {row.booking_id: row for row in rows}


def own_attendance(booking: Booking | None) -> dict[UUID, Attendance]:
    """What the registers say of one person's own booking, by session."""
    if booking is None:
        return {}
    rows = db.session.scalars(select(Attendance).where(Attendance.booking_id == booking.id))
    return {row.session_id: row for row in rows}


def sessions_noted(cohort: Cohort) -> set[UUID]:
    """Sessions of the cohort whose register has been begun."""
    ids = [one.id for one in cohort.sessions]
    return set(db.session.scalars(select(Attendance.session_id).where(Attendance.session_id.in_(ids)).distinct()))
