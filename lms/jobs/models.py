"""Tables of workers that are alive, and of what ran by the clock."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Base, Row


class Worker(Row):
    """Somebody at work, for as long as the row stands. `beat` goes up every few seconds; whoever sees it stand still
    for a minute on their own stopwatch removes the row. No time of day is compared, so a clock that jumps changes
    nothing.
    """

    __tablename__ = "workers"

    place: Mapped[str] = mapped_column(String(120))
    process: Mapped[int]
    beat: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)


class ClockRun(Base):
    """How one job by the clock stands: which of its times was done last, and how the last run ended. `worker_id` is
    who runs it now.
    """

    __tablename__ = "clock_runs"

    job: Mapped[str] = mapped_column(String(60), primary_key=True)
    done_for: Mapped[datetime | None]
    worker_id: Mapped[UUID | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    went_well_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    again_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(String(200), default="")
    fault_at: Mapped[datetime | None]
