"""Tables of people: agencies, teams, people, memberships with dates, and the roles held at each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from lms.core import clock
from lms.core.db import Row
from lms.people import names

# In the order of code points, as Python and SQLite have them, whatever language PostgreSQL was set up for.
PLAIN = String(names.LONGEST).with_variant(String(names.LONGEST, collation="C"), "postgresql")


class Agency(Row):
    """An employer, such as a council's schools, an NHS trust or a charity, in one partnership of agencies that train
    together. A site may serve several partnerships; "all agencies" always means those of one.
    """

    __tablename__ = "agencies"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    sector: Mapped[str] = mapped_column(String(20))
    partnership: Mapped[str] = mapped_column(String(80), index=True)


class Team(Row):
    """A team or setting within one agency; `locality` is the part of the area it works in, or empty."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str] = mapped_column(String(120))
    locality: Mapped[str] = mapped_column(String(80), default="")
    agency: Mapped[Agency] = relationship()


class Person(Row):
    """Someone with an account. `demo` marks invented people, with whom a server must not listen beyond this machine;
    `plain_name` follows the name and is what lists look for and are put in order by.
    """

    __tablename__ = "people"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    plain_name: Mapped[str] = mapped_column(PLAIN)
    password_hash: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    theme: Mapped[str] = mapped_column(String(5), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    memberships: Mapped[list["Membership"]] = relationship(back_populates="person", order_by="Membership.starts_on")

    @validates("name")
    def _named(self, _: str, name: str) -> str:
        self.plain_name = names.plain_name(name)
        return name


class Membership(Row):
    """A person's work at one agency, perhaps in a team, from one date to another (`ends_on` is the last day)."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index(None, "person_id", "starts_on"),
        Index(None, "agency_id", "team_id"),
        Index(None, "team_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    job: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    person: Mapped[Person] = relationship(back_populates="memberships")
    agency: Mapped[Agency] = relationship()
    team: Mapped[Team | None] = relationship()
    roles: Mapped[list["MembershipRole"]] = relationship(cascade="all, delete-orphan")


class MembershipRole(Row):
    """One role held at a membership; `scope` says whether it reaches the team, the agency or the partnership."""

    __tablename__ = "membership_roles"
    __table_args__ = (UniqueConstraint("membership_id", "role", "scope"),)

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(String(12), default="team")


class Deputy(Row):
    """Somebody who stands in for a manager from one day to another (`last_day` is the last one): what the manager's
    post reaches, they see and chase. It ends with either post, or as soon as one of the two ends it.
    """

    __tablename__ = "deputies"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="ends_after_start"),
        Index(None, "deputy_id", "last_day"),
        Index(None, "membership_id", "last_day"),
    )

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id"))
    deputy_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    named_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    post: Mapped[Membership] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[deputy_id])
