"""Tables of the record: acts, who looked at whom, and the end of each one's chain."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Base, Row

LONG = BigInteger().with_variant(Integer, "sqlite")
ERASED = JSON(none_as_null=True)


class AuditEntry(Base):
    """One act. Rows are added, never changed or removed; `id` is the row's place in the chain. `previous` is the hash
    of the row before; `salt` seals whom it speaks of, and is empty where something was erased, as `erased` then says.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "at", "id"), Index(None, "actor_id", "at"), Index(None, "subject_id"))

    id: Mapped[int] = mapped_column(LONG, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(32))
    erased: Mapped[dict[str, Any] | None] = mapped_column(ERASED)


class Why(StrEnum):
    """Why somebody's record was looked at: a report by name, a reminder about to be sent, a request of the person's."""

    REPORT = "report"
    REMINDER = "reminder"
    REQUEST = "request"


class RecordView(Row):
    """Somebody looked at a person's training record, perhaps their own. Role and agency are the viewer's as they were
    then; they are empty, like the reason, in rows from before these were kept. Chained as acts are, by `number`. People
    are named without a reference, as in acts: the record outlives an account, and says nobody where one was erased.
    """

    __tablename__ = "record_views"
    __table_args__ = (Index(None, "person_id", "at"),)

    at: Mapped[datetime] = mapped_column(default=clock.now)
    viewer_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    what: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20), default="")
    agency: Mapped[str] = mapped_column(String(300), default="")
    why: Mapped[str] = mapped_column(String(20), default="")
    number: Mapped[int] = mapped_column(LONG, unique=True)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(32))
    erased: Mapped[dict[str, Any] | None] = mapped_column(ERASED)


class AuditChain(Base):
    """The end of a chain: how many rows it has, and the hash of its last."""

    __tablename__ = "audit_chains"

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(LONG)
    hash: Mapped[str] = mapped_column(String(64))
