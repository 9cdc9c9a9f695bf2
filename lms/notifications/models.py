"""The outbox table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Row


class OutboxMail(Row):
    """One mail to one person. `state` is waiting, sending, sent or parked (given up after too many tries; a person
    must look).
    """

    __tablename__ = "outbox_mails"
    __table_args__ = (Index(None, "state", "next_try_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    address: Mapped[str] = mapped_column(String(254))
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str] = mapped_column(Text, default="")
    calendar_method: Mapped[str] = mapped_column(String(10), default="")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(default=clock.now)
    next_try_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(String(200), default="")
