"""The table of contests: people who say that the register is wrong about them, and what they were answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cohorts.contesting import ContestState
from lms.cohorts.models import Booking, CohortSession
from lms.cohorts.register import Line, line_of
from lms.core import clock
from lms.core.db import Row


class Contest(Row):
    """One person says that the register of one session is wrong about them. `was` is what it said when they did, and
    `became` what it said when they were answered, as keys of register lines; so a correction loses nothing.
    """

    __tablename__ = "attendance_contests"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered_or_open"),
        Index(None, "session_id", "state"),
        Index(None, "booking_id"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("cohort_sessions.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    says: Mapped[str] = mapped_column(String(500))
    was: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(String(10), default=ContestState.OPEN.value)
    became: Mapped[str] = mapped_column(String(40), default="")
    answer: Mapped[str] = mapped_column(String(500), default="")
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    booking: Mapped[Booking] = relationship()
    session: Mapped[CohortSession] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered."""
        return self.state == ContestState.OPEN

    @property
    def outcome(self) -> ContestState:
        """The state, with its words."""
        return ContestState(self.state)

    @property
    def line_then(self) -> Line:
        """What the register said when it was contested."""
        return line_of(self.was)

    @property
    def line_after(self) -> Line:
        """What it said when the contest was answered."""
        return line_of(self.became)
