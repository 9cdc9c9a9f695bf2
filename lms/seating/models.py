"""Tables of seating: the plan of a session, its rounds, who sits where, and who keeps a seat all day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cohorts.models import CohortSession
from lms.core import clock
from lms.core.db import Base, Row
from lms.people.models import Agency, Person
from lms.seating.duties import Duty


class SeatingPlan(Row):
    """The tables of one session. Staff see theirs from `shown_from` on. `best_new` and `least_repeats` are what no plan
    could beat, as proved when the tables were made: pairs of different agencies who meet first, and pairs who sit
    together again.
    """

    __tablename__ = "seating_plans"
    __table_args__ = (UniqueConstraint("session_id"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("cohort_sessions.id", ondelete="CASCADE"))
    table_size: Mapped[int]
    shown_from: Mapped[datetime]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    best_new: Mapped[int | None]
    least_repeats: Mapped[int | None]
    session: Mapped[CohortSession] = relationship()
    rounds: Mapped[list["SeatingRound"]] = relationship(order_by="SeatingRound.number", cascade="all, delete-orphan")
    kept: Mapped[list["KeptSeat"]] = relationship(cascade="all, delete-orphan")

    @property
    def is_shown(self) -> bool:
        """Whether everybody may see the tables by now."""
        return self.shown_from <= clock.now()


class SeatingRound(Row):
    """One round: its number, from when until when, and the task in a sentence."""

    __tablename__ = "seating_rounds"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("seating_plans.id", ondelete="CASCADE"))
    number: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    task: Mapped[str] = mapped_column(String(300), default="")
    seats: Mapped[list["Seat"]] = relationship(cascade="all, delete-orphan")


class Seat(Row):
    """Where one person sits in one round, for which agency, and with what duty. `moved` says that the table is another
    than was shown before somebody turned out to be missing, or came.
    """

    __tablename__ = "seats"
    __table_args__ = (UniqueConstraint("round_id", "person_id"), Index(None, "person_id"))

    round_id: Mapped[UUID] = mapped_column(ForeignKey("seating_rounds.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    table_number: Mapped[int]
    duty: Mapped[str] = mapped_column(String(12), default="")
    moved: Mapped[bool] = mapped_column(default=False)
    person: Mapped[Person] = relationship()
    agency: Mapped[Agency] = relationship()

    @property
    def duty_words(self) -> str:
        """What the person does at the table, or nothing."""
        return Duty(self.duty).words if self.duty else ""


class KeptSeat(Base):
    """A person who sits at the same table all day: a hearing loop, a wheelchair space, an interpreter. Why is not
    kept.
    """

    __tablename__ = "kept_seats"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("seating_plans.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    table_number: Mapped[int]
