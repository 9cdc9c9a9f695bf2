"""The table of exemptions: where a manager has decided that somebody need not do a module, and until when."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core import clock
from lms.core.db import Row
from lms.people.models import Agency, Person


class Exemption(Row):
    """One agency lifts one module from one person: `until` is the last day, None means for good.

    It speaks for the agency that granted it and for no other employer of the person. It is ended, never deleted, so
    that what was true on a past day stays readable.
    """

    __tablename__ = "exemptions"
    __table_args__ = (Index(None, "person_id", "module"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    module: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300))
    until: Mapped[date | None]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    agency: Mapped[Agency] = relationship()
    granter: Mapped[Person] = relationship(foreign_keys=[granted_by])
