"""The table of flags: what a learner finds wrong with a passage, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Row


class Flag(Row):
    """One passage somebody flagged, in the version they read. `passage` is the heading it stands under, empty for the
    whole page; `kind` is one of `forms.KINDS`. Answered means closed, and nothing is deleted.
    """

    __tablename__ = "flags"
    __table_args__ = (Index(None, "person_id"), Index(None, "answered_at", "flagged_at"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    module: Mapped[str] = mapped_column(String(80))
    page: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    passage: Mapped[str] = mapped_column(String(300), default="")
    kind: Mapped[str] = mapped_column(String(20))
    says: Mapped[str] = mapped_column(Text, default="")
    flagged_at: Mapped[datetime] = mapped_column(default=clock.now)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
