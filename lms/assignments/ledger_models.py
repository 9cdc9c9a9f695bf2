"""Tables of the ledger: where everybody stands from day to day, and the counts of it. Written by `ledger` alone.

A row is only ever changed for days to come, so what was known at the end of a day can be asked for ever after.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Base, Row


class PostSpan(Base):
    """A membership as it was known, from day to day, with everything people are counted by."""

    __tablename__ = "post_spans"
    __table_args__ = (
        Index(None, "agency_id", "last_day"),
        Index(None, "team_id", "last_day"),
        Index(None, "person_id"),
    )

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id"), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    partnership: Mapped[str] = mapped_column(String(80))
    sector: Mapped[str] = mapped_column(String(20))
    job: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(20), default="")
    locality: Mapped[str] = mapped_column(String(80), default="")


class StandingSpan(Base):
    """Where a person stands with one target for one agency, from day to day. `target` is empty for everything asked
    together; `rank` grows with what needs attention. What is not required and was never begun has no row.
    """

    __tablename__ = "standing_spans"
    __table_args__ = (Index(None, "person_id"), {"sqlite_with_rowid": False})

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    target: Mapped[str] = mapped_column(String(80), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date]
    status: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    required: Mapped[bool]
    on_leave: Mapped[bool] = mapped_column(default=False)
    on_day: Mapped[date | None]
    due_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    version: Mapped[int | None]
    by: Mapped[str] = mapped_column(String(10), default="")
    rank: Mapped[int] = mapped_column(default=0)


class StandingChange(Base):
    """By how much a count changes on a day. Rows are added, and summed up by the clock."""

    __tablename__ = "standing_changes"
    __table_args__ = (
        Index("ix_standing_changes_reading", "partnership", "grouping", "day", "value", "target", "state", "change"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    partnership: Mapped[str] = mapped_column(String(80))
    grouping: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(120))
    target: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12))
    day: Mapped[date]
    change: Mapped[int]


class StandingBalance(Base):
    """A count at the end of a month, stored when the month was over."""

    __tablename__ = "standing_balances"

    partnership: Mapped[str] = mapped_column(String(80), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    grouping: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[str] = mapped_column(String(120), primary_key=True)
    target: Mapped[str] = mapped_column(String(80), primary_key=True)
    state: Mapped[str] = mapped_column(String(12), primary_key=True)
    people: Mapped[int]


class Refreshing(Row):
    """People whose standings have to be worked out anew, by the worker, in portions: all of a partnership, or of one
    agency. `done_to` is the last person done.
    """

    __tablename__ = "refreshings"
    __table_args__ = (Index(None, "finished_at"),)

    partnership: Mapped[str] = mapped_column(String(80))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    done_to: Mapped[UUID | None]
    finished_at: Mapped[datetime | None]
