"""Tables of what is asked of people: requirements and their versions, levels, assignments, what else is accepted,
exemptions and long leave. All of it is ended, never deleted, so that what was true on a past day stays readable.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core import clock
from lms.core.db import Row
from lms.people.models import Agency, Person


class Requirement(Row):
    """Something asked of a group of people: of a whole partnership, or of one agency when `agency_id` is set. `kind` is
    core, module, programme or level; `target` its address or code, empty for the core modules.
    """

    __tablename__ = "requirements"
    __table_args__ = (Index(None, "partnership"),)

    partnership: Mapped[str] = mapped_column(String(80))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[str] = mapped_column(String(10))
    target: Mapped[str] = mapped_column(String(80), default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    agency: Mapped[Agency | None] = relationship()
    versions: Mapped[list["RequirementVersion"]] = relationship(
        back_populates="requirement", order_by="RequirementVersion.number"
    )


class RequirementVersion(Row):
    """What a requirement says from its first to its last day (None: until further notice). Empty lists of jobs,
    sectors, teams and levels mean everyone. `minutes`, `participatory` (in %) and `multi_agency` are for levels alone.
    `why` is the sentence its people read.
    """

    __tablename__ = "requirement_versions"
    __table_args__ = (
        UniqueConstraint("requirement_id", "number"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="ends_after_start"),
    )

    requirement_id: Mapped[UUID] = mapped_column(ForeignKey("requirements.id"))
    number: Mapped[int] = mapped_column(default=1)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    jobs: Mapped[Sequence[str]] = mapped_column(JSON, default=list)
    sectors: Mapped[Sequence[str]] = mapped_column(JSON, default=list)
    teams: Mapped[Sequence[str]] = mapped_column(JSON, default=list)
    levels: Mapped[Sequence[str]] = mapped_column(JSON, default=list)
    first_due_days: Mapped[int] = mapped_column(default=90)
    renew_months: Mapped[int | None]
    keeps_date: Mapped[bool] = mapped_column(default=False)
    minutes: Mapped[int] = mapped_column(default=0)
    participatory: Mapped[int] = mapped_column(default=0)
    multi_agency: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(String(300))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    requirement: Mapped[Requirement] = relationship(back_populates="versions")


class Level(Row):
    """A level of a partnership's own scheme: which jobs belong to it, and which audience levels of modules count
    towards its hours (none named: all).
    """

    __tablename__ = "levels"
    __table_args__ = (UniqueConstraint("partnership", "code"),)

    partnership: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    jobs: Mapped[Sequence[str]] = mapped_column(JSON, default=list)
    module_levels: Mapped[Sequence[str]] = mapped_column(JSON, default=list)


class Assignment(Row):
    """A manager asks one person for one module by a date, beside what requirements ask."""

    __tablename__ = "assignments"
    __table_args__ = (Index(None, "person_id", "target"), Index(None, "agency_id"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    target: Mapped[str] = mapped_column(String(80))
    due_on: Mapped[date]
    why: Mapped[str] = mapped_column(String(300), default="")
    assigned_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    assigned_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str] = mapped_column(String(300), default="")
    agency: Mapped[Agency] = relationship()
    assigner: Mapped[Person] = relationship(foreign_keys=[assigned_by])


class Equivalent(Row):
    """A course of somebody else that the partnership accepts for a module or level, for so many months."""

    __tablename__ = "equivalents"
    __table_args__ = (Index(None, "partnership"),)

    partnership: Mapped[str] = mapped_column(String(80))
    target: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str] = mapped_column(String(120))
    valid_months: Mapped[int]
    accepted_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    accepted_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]


class PriorLearning(Row):
    """What somebody learned elsewhere, accepted for a target with evidence by a manager. By a listed equivalent it
    counts in the whole partnership, otherwise for the agency that accepted it alone.
    """

    __tablename__ = "prior_learning"
    __table_args__ = (Index(None, "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    target: Mapped[str] = mapped_column(String(80))
    equivalent_id: Mapped[UUID | None] = mapped_column(ForeignKey("equivalents.id"))
    title: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str] = mapped_column(String(120), default="")
    completed_on: Mapped[date]
    valid_until: Mapped[date | None]
    minutes: Mapped[int] = mapped_column(default=0)
    participatory: Mapped[bool] = mapped_column(default=False)
    multi_agency: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[str] = mapped_column(String(500))
    accepted_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    accepted_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(300), default="")
    agency: Mapped[Agency] = relationship()
    accepter: Mapped[Person] = relationship(foreign_keys=[accepted_by])
    equivalent: Mapped[Equivalent | None] = relationship()


class Leave(Row):
    """Long leave from one agency, without its reason. `last_day` is the last day away, None while nobody knows it."""

    __tablename__ = "leaves"
    __table_args__ = (
        Index(None, "person_id"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="ends_after_start"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    cancelled_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    cancelled_at: Mapped[datetime | None]
    agency: Mapped[Agency] = relationship()
    recorder: Mapped[Person] = relationship(foreign_keys=[recorded_by])


class Exemption(Row):
    """One agency lifts one target from one person: `until` is the last day, None means for good.

    It speaks for the agency that granted it and for no other employer of the person.
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
