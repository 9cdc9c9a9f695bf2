"""The outbox table, and when people want which mails."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Base, Row


class State(StrEnum):
    """Where a mail is. It leaves by `waiting`, `sending`, `sent`; the others are ends, but for `parked`, which waits
    for an administrator.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    GATHERED = "gathered"  # its line stands in a digest, `digest_id`
    WITHDRAWN = "withdrawn"  # what it spoke of was undone, or came too late
    UNWANTED = "unwanted"  # its reader chose never
    DROPPED = "dropped"  # an administrator gave it up


class Gather(StrEnum):
    """How a waiting mail leaves: by itself, or with others of the same hour, day or week."""

    NO = ""
    SOON = "soon"
    DAILY = "daily"
    WEEKLY = "weekly"


class OutboxMail(Row):
    """One mail to one person.

    A waiting mail is due from `next_try_at`, which was set at `set_at`: a moment in the future there means that the
    clock went back since, and the mail is due. `claimed_by` is the worker that sends it; `handed_at` is noted just
    before its text goes to the mail server, and `unsure` counts the times no answer came to that. `about` is the thing
    it speaks of, `until` when it is of no use any more.
    """

    __tablename__ = "outbox_mails"
    __table_args__ = (
        Index(None, "state", "next_try_at"),
        Index(None, "person_id", "state"),
        Index(None, "about"),
        Index(None, "digest_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    address: Mapped[str] = mapped_column(String(254))
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(500), default="")
    calendar: Mapped[str] = mapped_column(Text, default="")
    calendar_method: Mapped[str] = mapped_column(String(10), default="")
    about: Mapped[UUID | None]
    until: Mapped[datetime | None]
    urgent: Mapped[bool] = mapped_column(default=False)
    gather: Mapped[str] = mapped_column(String(8), default=Gather.NO.value)
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING.value)
    tries: Mapped[int] = mapped_column(default=0)
    unsure: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(default=clock.now)
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
    next_try_at: Mapped[datetime] = mapped_column(default=clock.now)
    let_go_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    claimed_by: Mapped[UUID | None]
    digest_id: Mapped[UUID | None] = mapped_column(ForeignKey("outbox_mails.id", ondelete="SET NULL"))
    fault: Mapped[str] = mapped_column(String(200), default="")


class MailChoice(Base):
    """When a person wants the mails of a topic, where that is not at once."""

    __tablename__ = "mail_choices"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(20), primary_key=True)
    choice: Mapped[str] = mapped_column(String(10))
    chosen_at: Mapped[datetime] = mapped_column(default=clock.now)
