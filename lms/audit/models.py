"""Tables of the record: acts, and who looked at whom."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Base, Row


class AuditEntry(Base):
    """One act. Rows are added, never changed or removed."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "actor_id", "at"), Index(None, "subject_id"))

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Why(StrEnum):
    """Why somebody's record was looked at: a report by name, a reminder about to be sent, a request of the person's."""

    REPORT = "report"
    REMINDER = "reminder"
    REQUEST = "request"


class RecordView(Row):
    """Somebody looked at a person's training record, perhaps their own. Role and agency are the viewer's as they were
    then; they are empty, like the reason, in rows from before these were kept.
    """

    __tablename__ = "record_views"
    __table_args__ = (Index(None, "person_id", "at"),)

    at: Mapped[datetime] = mapped_column(default=clock.now)
    viewer_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    what: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20), default="")
    agency: Mapped[str] = mapped_column(String(300), default="")
    why: Mapped[str] = mapped_column(String(20), default="")
