"""The table of files of people that were looked at and wait to be taken."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Row

WAITING, TAKEN, DROPPED = "waiting", "taken", "dropped"


class PeopleFile(Row):
    """A file whose rows are sound. `fallback_id` is the agency of rows that name none; `whole` says that the file is
    its whole list. The rows are emptied once it is taken or dropped, or after a day; `counts` says what was done.
    """

    __tablename__ = "people_files"
    __table_args__ = (Index(None, "owner_id", "sent_at"), Index(None, "state", "sent_at"))

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    fallback_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    whole: Mapped[bool] = mapped_column(default=False)
    file_name: Mapped[str] = mapped_column(String(120))
    rows: Mapped[list[list[str | int | None]]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
