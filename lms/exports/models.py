"""Tables of files that the worker makes, and of views that people keep."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Row
from lms.exports.states import AT_WORK, ExportState


class Export(Row):
    """One file for one person. `reach` is what their right rested on when it was made; `file` is its random name in
    the data folder, and with it the worker's claim: who finds another name there has lost the work to somebody else.
    """

    __tablename__ = "exports"
    __table_args__ = (Index(None, "owner_id", "asked_at"), Index(None, "state", "lease_until"))

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    sheet: Mapped[str] = mapped_column(String(80))
    format: Mapped[str] = mapped_column(String(4))
    arguments: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default=ExportState.WAITING.value)
    scope: Mapped[str] = mapped_column(String(300), default="")
    reach: Mapped[list[str]] = mapped_column(JSON, default=list)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    file: Mapped[str] = mapped_column(String(60), default="")
    file_name: Mapped[str] = mapped_column(String(160), default="")
    fault: Mapped[str] = mapped_column(String(400), default="")
    stop_asked: Mapped[bool] = mapped_column(default=False)
    lease_until: Mapped[datetime | None]
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]

    @property
    def is_at_work(self) -> bool:
        """Whether it is not there yet, and may still come."""
        return self.state in AT_WORK


class SavedView(Row):
    """A report with its filters, under a name of its owner's; never with what they looked for by name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("owner_id", "name"), Index(None, "next_mail_on"))

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    sheet: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    arguments: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    every: Mapped[str] = mapped_column(String(5), default="")
    next_mail_on: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
