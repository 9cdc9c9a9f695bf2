"""Tables of outcomes: whom a measure asked, what they answered, and examples from practice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cohorts.models import Booking
from lms.core import clock
from lms.core.db import Row
from lms.outcomes.items import VERSION, Level, Seen


class Measure(Row):
    """One person asked at one time: by mail at `asked_at`, and answered once. `version` is that of the questions."""

    __tablename__ = "measures"
    __table_args__ = (UniqueConstraint("booking_id", "wave"), Index(None, "cohort_id", "wave"))

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    wave: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=VERSION)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    answers: Mapped[list["MeasureAnswer"]] = relationship(order_by="MeasureAnswer.position", cascade="all")


class MeasureAnswer(Row):
    """One answer, with the evaluation level of its question. Read by the person, and added up for everybody else."""

    __tablename__ = "measure_answers"
    __table_args__ = (UniqueConstraint("measure_id", "item"),)

    measure_id: Mapped[UUID] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"))
    position: Mapped[int]
    item: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(2))
    given: Mapped[int]
    points: Mapped[int]


class PracticeExample(Row):
    """What somebody says they did differently, written for their manager, who says whether they saw it."""

    __tablename__ = "practice_examples"
    __table_args__ = (UniqueConstraint("booking_id"), Index(None, "cohort_id"))

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    level: Mapped[str] = mapped_column(String(2), default=Level.BEHAVIOUR.value)
    says: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen: Mapped[str] = mapped_column(String(10), default="")
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    booking: Mapped[Booking] = relationship()

    @property
    def answer(self) -> Seen | None:
        """What the manager said, or None while they have not."""
        return Seen(self.seen) if self.seen else None
