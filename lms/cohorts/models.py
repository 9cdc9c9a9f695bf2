"""Tables of joint training: cohorts and their sessions, who runs them, who is on them, what they need, who came, and
which places were missed.
"""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cohorts import workdays
from lms.cohorts.places import Limits
from lms.cohorts.register import Line
from lms.cohorts.states import HOLDS_A_PLACE, BookingState, Cleared, CohortState, Kept, Mark, Missed
from lms.core import clock
from lms.core.db import Base, Row
from lms.people.models import Agency, Person


class Cohort(Row):
    """A group from several agencies that trains together, on one day or several. Its row is locked while places are
    given, so that none is given twice; `version` counts its edits, so that none is lost.

    Places held for sectors are given up on `release_on`, and `released_at` says that they were. `offers_places`: a
    freed place is offered for a time instead of given at once. `moved_message` is what its trainer wrote when a date
    was moved or called off.
    """

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="has_room"),
        CheckConstraint("largest_share BETWEEN 1 AND 100", name="share_is_percent"),
        Index(None, "partnership", "state"),
    )

    partnership: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(160))
    about: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default=CohortState.DRAFT.value)
    capacity: Mapped[int]
    minimum_agencies: Mapped[int]
    largest_share: Mapped[int]
    all_agencies: Mapped[bool] = mapped_column(default=True)
    minimum_sectors: Mapped[int] = mapped_column(default=0)
    needs_approval: Mapped[bool] = mapped_column(default=False)
    offers_places: Mapped[bool] = mapped_column(default=False)
    release_on: Mapped[date | None]
    released_at: Mapped[datetime | None]
    must_prepare: Mapped[bool] = mapped_column(default=False)
    prepare_days: Mapped[int] = mapped_column(default=3)
    late_days: Mapped[int] = mapped_column(default=3)
    features: Mapped[list[str]] = mapped_column(JSON, default=list)
    moved_message: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    sessions: Mapped[list["CohortSession"]] = relationship(
        order_by="CohortSession.starts_at", cascade="all, delete-orphan", back_populates="cohort"
    )
    modules: Mapped[list["CohortModule"]] = relationship(order_by="CohortModule.module", cascade="all, delete-orphan")
    agencies: Mapped[list["CohortAgency"]] = relationship(cascade="all, delete-orphan")
    trainers: Mapped[list["CohortTrainer"]] = relationship(order_by="CohortTrainer.since", cascade="all, delete-orphan")
    held: Mapped[list["HeldPlaces"]] = relationship(order_by="HeldPlaces.sector", cascade="all, delete-orphan")
    other_dates: Mapped[list["OtherDate"]] = relationship(
        cascade="all, delete-orphan", foreign_keys="OtherDate.cohort_id"
    )

    @property
    def status(self) -> CohortState:
        """The state, with its words."""
        return CohortState(self.state)

    @property
    def limits(self) -> Limits:
        """How many places there are, and how many of them one agency may have."""
        return Limits(self.capacity, self.largest_share)

    @property
    def holds(self) -> dict[str, int]:
        """Places that only people of a sector get, by sector, while they are held."""
        return {} if self.released_at else {one.sector: one.places for one in self.held}

    @property
    def starts_on(self) -> date | None:
        """The date of the first session, by the partnership's calendar."""
        return clock.local(self.starts_at).date() if self.starts_at else None

    @property
    def prepare_by(self) -> date | None:
        """The last day to finish the preparation, where it must be finished to come."""
        if not (self.must_prepare and self.modules and self.starts_on):
            return None
        return workdays.before(self.starts_on, self.prepare_days)

    @property
    def cancel_by(self) -> date | None:
        """The last day on which giving up a place is not late."""
        return workdays.before(self.starts_on, self.late_days) if self.starts_on else None

    @property
    def is_late_to_cancel(self) -> bool:
        """Whether giving up a place today is recorded for the agency."""
        return self.cancel_by is not None and clock.today() > self.cancel_by

    @property
    def starts_at(self) -> datetime | None:
        """When the first session begins."""
        return min((one.starts_at for one in self.sessions), default=None)

    @property
    def has_begun(self) -> bool:
        """Whether the first session has started."""
        return self.starts_at is not None and self.starts_at <= clock.now()

    @property
    def is_over(self) -> bool:
        """Whether the last session has ended."""
        return bool(self.sessions) and max(one.ends_at for one in self.sessions) <= clock.now()

    @property
    def is_draft(self) -> bool:
        """Whether only its trainers know of it."""
        return self.state == CohortState.DRAFT

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not take place."""
        return self.state == CohortState.CANCELLED

    @property
    def takes_bookings(self) -> bool:
        """Whether people can still book for themselves."""
        return self.state == CohortState.OPEN and not self.has_begun


class CohortSession(Row):
    """One date of a cohort, in a place or at an https link."""

    __tablename__ = "cohort_sessions"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index(None, "cohort_id", "starts_at"),
    )

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    cohort: Mapped[Cohort] = relationship(back_populates="sessions")

    @property
    def is_online(self) -> bool:
        """Whether the place is a link."""
        return self.place.startswith("https://")


class CohortModule(Base):
    """A module to prepare before the joint day."""

    __tablename__ = "cohort_modules"

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    module: Mapped[str] = mapped_column(String(80), primary_key=True)


class HeldPlaces(Base):
    """Places of a cohort that are kept for the people of one sector until the release date."""

    __tablename__ = "held_places"
    __table_args__ = (CheckConstraint("places > 0", name="holds_some"),)

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    sector: Mapped[str] = mapped_column(String(20), primary_key=True)
    places: Mapped[int]


class OtherDate(Base):
    """Another cohort that is offered to the people of one whose date was moved or called off."""

    __tablename__ = "other_dates"

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)


class CohortAgency(Base):
    """An agency the cohort is open to, where it is not open to all of the partnership."""

    __tablename__ = "cohort_agencies"

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)


class CohortTrainer(Base):
    """A person who runs the cohort; the one who created it has the earliest date."""

    __tablename__ = "cohort_trainers"
    __table_args__ = (Index(None, "person_id"),)

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
    person: Mapped[Person] = relationship()


class Booking(Row):
    """A person on a cohort, in one state at a time. Agency and job are those at the time of booking; `moved_up` is the
    sentence that tells why they got a freed place, or are offered one. `invited_at` and `booked_at` stay when the state
    has moved on: they say that the person was asked, and that they once had a place.

    `cover_by` let the person come although their team is at its limit of people out, and `cover_why` says why.

    While waiting, `passed_over` counts how often a place they could have had went to somebody who asked
    later, and `sits_out` says that they let the places pass that are free now.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("cohort_id", "person_id"),
        Index(None, "person_id", "state"),
        Index(None, "cohort_id", "state"),
        Index(None, "state", "offer_until"),
    )

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    job: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    invited_at: Mapped[datetime | None]
    booked_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]
    passed_over: Mapped[int] = mapped_column(default=0)
    sits_out: Mapped[bool] = mapped_column(default=False)
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str] = mapped_column(String(300), default="")
    waived_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    waived_why: Mapped[str] = mapped_column(String(300), default="")
    cover_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    cover_why: Mapped[str] = mapped_column(String(300), default="")
    moved_up: Mapped[str] = mapped_column(String(300), default="")
    access_needs: Mapped[str] = mapped_column(Text, default="")
    cohort: Mapped[Cohort] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    agency: Mapped[Agency] = relationship()
    arrangements: Mapped[list["Arrangement"]] = relationship(
        order_by="Arrangement.position", cascade="all, delete-orphan", back_populates="booking"
    )

    @property
    def has_place(self) -> bool:
        """Whether one of the places is this person's."""
        return self.state == BookingState.BOOKED

    @property
    def holds_place(self) -> bool:
        """Whether one of the places is this person's or is offered to them."""
        return self.state in HOLDS_A_PLACE

    @property
    def is_waived(self) -> bool:
        """Whether a trainer lets the person come without the preparation."""
        return self.waived_by is not None


class Arrangement(Row):
    """One thing a person needs on the day: what to arrange, never why, and how far that is."""

    __tablename__ = "arrangements"
    __table_args__ = (Index(None, "booking_id"),)

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"))
    position: Mapped[int]
    need: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default=Kept.TO_ARRANGE.value)
    note: Mapped[str] = mapped_column(String(200), default="")
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    booking: Mapped[Booking] = relationship(back_populates="arrangements")

    @property
    def kept(self) -> Kept:
        """How far it is, with its words."""
        return Kept(self.state)


class MissedPlace(Row):
    """A place that was left empty: given up late, or not come to. It counts for the agency, until it is cleared."""

    __tablename__ = "missed_places"
    __table_args__ = (
        UniqueConstraint("booking_id", "kind", "session_id"),
        Index(None, "cohort_id"),
        Index(None, "agency_id", "missed_at"),
    )

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohort_sessions.id"))
    kind: Mapped[str] = mapped_column(String(10))
    missed_at: Mapped[datetime] = mapped_column(default=clock.now)
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    cleared_how: Mapped[str] = mapped_column(String(10), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    booking: Mapped[Booking] = relationship()
    agency: Mapped[Agency] = relationship()
    cohort: Mapped[Cohort] = relationship()
    session: Mapped[CohortSession | None] = relationship()

    @property
    def how(self) -> Missed:
        """The kind, with its words."""
        return Missed(self.kind)

    @property
    def cleared(self) -> Cleared | None:
        """Why it counts no longer, or None while it does."""
        return Cleared(self.cleared_how) if self.cleared_how else None


class Attendance(Row):
    """What the register says of one person at one session, who noted it and when. `attended` is worked out from mark
    and times whenever they change; `by_phone_at` is when the person signed themself in.
    """

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("session_id", "booking_id"), Index(None, "booking_id"))

    session_id: Mapped[UUID] = mapped_column(ForeignKey("cohort_sessions.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    mark: Mapped[str] = mapped_column(String(10))
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    attended: Mapped[bool] = mapped_column(default=False)
    by_phone_at: Mapped[datetime | None]
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    noted_at: Mapped[datetime] = mapped_column(default=clock.now)
    noter: Mapped[Person] = relationship()

    @property
    def line(self) -> Line:
        """Mark and times, as the register shows them."""
        return Line(Mark(self.mark), _minute(self.arrived_at), _minute(self.left_at))


def _minute(moment: datetime | None) -> time | None:
    return clock.local(moment).time().replace(second=0, microsecond=0) if moment else None


class RoomCode(Base):
    """How often a trainer has asked for a new code to sign in to a session with; none yet while there is no row."""

    __tablename__ = "room_codes"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("cohort_sessions.id", ondelete="CASCADE"), primary_key=True)
    turn: Mapped[int]
