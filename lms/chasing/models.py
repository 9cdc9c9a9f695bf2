"""Tables of reminders: who was reminded on which day, of what, and in which round of a manager's."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.chasing.stages import ASSIGNED
from lms.core import clock
from lms.core.db import Row
from lms.people.models import Person


class ReminderRound(Row):
    """One press of "Send 3 reminders". Its identity comes with the page that was looked at before, so that pressing
    twice sends once. `left_out` holds, for each person who got none, their identity, why, and the day it speaks of.
    """

    __tablename__ = "reminder_rounds"

    by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_out: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class Reminder(Row):
    """One mail of chasing to one person: at most one a day, whoever sends it. `week` is the Monday of a manager's
    weekly summary, and None for a reminder of one's own training; `round_id` is None when the clock sent it.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("person_id", "day"),
        UniqueConstraint("person_id", "week"),
        Index(None, "round_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    day: Mapped[date]
    week: Mapped[date | None]
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("reminder_rounds.id"))
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    items: Mapped[list["ReminderItem"]] = relationship(order_by="ReminderItem.last_day, ReminderItem.module")
    person: Mapped[Person] = relationship()

    @property
    def spoken_of(self) -> list["ReminderItem"]:
        """What its mail spoke of; what was assigned on the same day was told by a mail of its own."""
        return [item for item in self.items if not item.stage.startswith(ASSIGNED)]


class ReminderItem(Row):
    """One module and date that a reminder spoke of, and at which stage; never the same twice."""

    __tablename__ = "reminder_items"
    __table_args__ = (UniqueConstraint("person_id", "module", "last_day", "stage"), Index(None, "reminder_id"))

    reminder_id: Mapped[UUID] = mapped_column(ForeignKey("reminders.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    module: Mapped[str] = mapped_column(String(80))
    last_day: Mapped[date]
    stage: Mapped[str] = mapped_column(String(20))
