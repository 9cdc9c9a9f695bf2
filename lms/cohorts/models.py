"""Tables of joint training: cohorts and their sessions, who runs them, who is on them, and who came."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cohorts.places import Limits
from lms.cohorts.register import Line
from lms.cohorts.states import BookingState, CohortState, Mark
from lms.core import clock
from lms.core.db import Base, Row
from lms.people.models import Agency, Person


class Cohort(Row):
    """A group from several agencies that trains together, on one day or several. Its row is locked while places are
    given, so that none is given twice.
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
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    sessions: Mapped[list["CohortSession"]] = relationship(
        order_by="CohortSession.starts_at", cascade="all, delete-orphan", back_populates="cohort"
    )
    modules: Mapped[list["CohortModule"]] = relationship(order_by="CohortModule.module", cascade="all, delete-orphan")
    agencies: Mapped[list["CohortAgency"]] = relationship(cascade="all, delete-orphan")
    trainers: Mapped[list["CohortTrainer"]] = relationship(order_by="CohortTrainer.since", cascade="all, delete-orphan")

    @property
    def status(self) -> CohortState:
        """The state, with its words."""
        return CohortState(self.state)

    @property
    def limits(self) -> Limits:
        """How many places there are, and how many of them one agency may have."""
        return Limits(self.capacity, self.largest_share)

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
    sentence that tells why they got a freed place. `invited_at` and `booked_at` stay when the state has moved on: they
    say that the person was asked, and that they once had a place.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("cohort_id", "person_id"),
        Index(None, "person_id", "state"),
        Index(None, "cohort_id", "state"),
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
    moved_up: Mapped[str] = mapped_column(String(300), default="")
    access_needs: Mapped[str] = mapped_column(Text, default="")
    cohort: Mapped[Cohort] = relationship()
    person: Mapped[Person] = relationship()
    agency: Mapped[Agency] = relationship()

    @property
    def has_place(self) -> bool:
        """Whether one of the places is this person's."""
        return self.state == BookingState.BOOKED


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
