"""Tables of building a cohort: programmes of dates, nominations, what trainers decided, and proposals."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cohorts.models import Cohort
from lms.core import clock
from lms.core.db import Base, Row
from lms.people.models import Agency, Person, Team
from lms.planning.rules import Band, Rules, from_stored
from lms.planning.states import AT_WORK, HAS_PLAN, NominationState, ProposalState


class DateProgramme(Row):
    """Dates that share their nominations and rules. `version` counts every change of the plan, so that of two people
    who change it at once the second is told; its row is locked for each change.
    """

    __tablename__ = "date_programmes"
    __table_args__ = (Index(None, "partnership"),)

    partnership: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(160))
    about: Mapped[str] = mapped_column(Text, default="")
    stored_rules: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    needs_approval: Mapped[bool] = mapped_column(default=True)
    opens: Mapped[bool] = mapped_column(default=False)
    closes_on: Mapped[date | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime | None]
    dates: Mapped[list["ProgrammeDate"]] = relationship(cascade="all, delete-orphan", back_populates="programme")
    changer: Mapped[Person | None] = relationship(foreign_keys=[changed_by])

    @property
    def rules(self) -> Rules:
        """What every date must keep."""
        return from_stored(self.stored_rules)

    @property
    def in_order(self) -> list["ProgrammeDate"]:
        """The dates that are not called off, earliest first."""
        there = [one for one in self.dates if not one.cohort.is_cancelled and one.cohort.starts_at]
        return sorted(there, key=lambda one: (str(one.cohort.starts_at), str(one.cohort_id)))

    @property
    def takes_nominations(self) -> bool:
        """Whether people can still ask or be nominated."""
        in_time = self.closes_on is None or self.closes_on >= clock.today()
        return in_time and any(not one.cohort.has_begun for one in self.in_order)


class ProgrammeDate(Base):
    """A cohort that is one date of a programme."""

    __tablename__ = "programme_dates"
    __table_args__ = (UniqueConstraint("cohort_id"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("date_programmes.id", ondelete="CASCADE"), primary_key=True)
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    programme: Mapped[DateProgramme] = relationship(back_populates="dates")
    cohort: Mapped[Cohort] = relationship()


class Nomination(Row):
    """Someone who wants, or is to have, a place on one of the dates. `dates` are the cohorts they can attend, without
    reasons; None means all of them. Agency, team and job are those at the time.
    """

    __tablename__ = "nominations"
    __table_args__ = (UniqueConstraint("programme_id", "person_id"), Index(None, "person_id"), Index(None, "agency_id"))

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("date_programmes.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    job: Mapped[str] = mapped_column(String(120))
    stored_band: Mapped[int] = mapped_column(default=Band.OPTIONAL.value)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    dates: Mapped[list[str] | None] = mapped_column(JSON)
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10))
    nominated_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    agency: Mapped[Agency] = relationship()
    team: Mapped[Team | None] = relationship()

    @property
    def band(self) -> Band:
        """How urgent a place is."""
        return Band(self.stored_band)

    @property
    def counts(self) -> bool:
        """Whether it is planned with."""
        return self.state == NominationState.APPROVED


class KeepApart(Row):
    """Two people who are never placed together, until a date. Why is not stored anywhere."""

    __tablename__ = "keep_apart_pairs"
    __table_args__ = (Index(None, "partnership", "until"),)

    partnership: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    set_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[date]
    ended_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    other: Mapped[Person] = relationship(foreign_keys=[other_id])


class Hold(Row):
    """What a trainer decided for one person, kept when the plan is worked out again."""

    __tablename__ = "plan_holds"
    __table_args__ = (UniqueConstraint("programme_id", "person_id"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("date_programmes.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(5))
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohorts.id"))
    set_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(default=clock.now)


class Override(Row):
    """A rule changed after people were nominated, or set aside for one move: which, by whom, when and why. `key` names
    the rule that was set aside, so that later plans keep to that.
    """

    __tablename__ = "rule_overrides"
    __table_args__ = (Index(None, "programme_id", "at"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("date_programmes.id", ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(String(300))
    key: Mapped[str] = mapped_column(String(160), default="")
    reason: Mapped[str] = mapped_column(String(300))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by: Mapped[Person] = relationship()


class Proposal(Row):
    """One go at a plan. `plan` is what the engine answered, `assignment` (person to cohort or None) is that with the
    trainer's moves; `undo` holds what was before each move; `booked` who had which date when it was started.
    """

    __tablename__ = "proposals"
    __table_args__ = (UniqueConstraint("programme_id", "number"), Index(None, "state", "lease_until"))

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("date_programmes.id", ondelete="CASCADE"))
    number: Mapped[int]
    seed: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default=ProposalState.QUEUED.value)
    stage: Mapped[str] = mapped_column(String(80), default="")
    plan: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    assignment: Mapped[dict[str, str | None]] = mapped_column(JSON, default=dict)
    booked: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    undo: Mapped[list[Any]] = mapped_column(JSON, default=list)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    lease_until: Mapped[datetime | None]
    started_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    @property
    def is_at_work(self) -> bool:
        """Whether the worker has it or will have it."""
        return self.state in AT_WORK

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan to look at and change."""
        return self.state in HAS_PLAN
