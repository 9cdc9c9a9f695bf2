"""Tables of calendars: what each person's calendar was told, and who reads their joint days in a feed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.cohorts.calendar import Details, Version
from lms.core import clock
from lms.core.db import Row


class CalendarEntry(Row):
    """What one person's calendar was last told of one session. It outlives the session, and its number only goes up:
    a calendar ignores whatever is not newer than what it has.
    """

    __tablename__ = "calendar_entries"
    __table_args__ = (UniqueConstraint("person_id", "session_id"), Index(None, "cohort_id", "person_id"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"))
    session_id: Mapped[UUID]
    sequence: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(160))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def version(self) -> Version:
        """The version the calendar has."""
        return Version(Details(self.title, self.starts_at, self.ends_at, self.place), self.sequence, self.withdrawn)

    def take(self, version: Version) -> None:
        """Note a newer version."""
        details = version.details
        self.title, self.place = details.title, details.place
        self.starts_at, self.ends_at = details.starts_at, details.ends_at
        self.sequence, self.withdrawn, self.changed_at = version.sequence, version.withdrawn, clock.now()


class CalendarFeed(Row):
    """A person's private feed. The address holds `number` and a signature that only the server can make, so whoever
    reads this table cannot read the feed; a new number ends the old address.
    """

    __tablename__ = "calendar_feeds"
    __table_args__ = (UniqueConstraint("person_id"), UniqueConstraint("number"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    number: Mapped[str] = mapped_column(String(32))
    since: Mapped[datetime] = mapped_column(default=clock.now)
