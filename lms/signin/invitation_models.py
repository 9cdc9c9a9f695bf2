"""Tables of invitations, and of the mail domains that agencies have proven to be theirs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core import clock
from lms.core.db import Row
from lms.people.models import Agency, Person, Team


class Invitation(Row):
    """Somebody is invited to an agency by mail. `role` and `scope` come on top of being staff, or are empty. Only a
    hash of the link's token is stored; `sent_at` is when the newest link left.
    """

    __tablename__ = "invitations"
    __table_args__ = (Index(None, "agency_id", "sent_at"), Index(None, "email"))

    email: Mapped[str] = mapped_column(String(254))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    job: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20), default="")
    scope: Mapped[str] = mapped_column(String(12), default="")
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    agency: Mapped[Agency] = relationship()
    team: Mapped[Team | None] = relationship()
    inviter: Mapped[Person] = relationship(foreign_keys=[invited_by])


class AgencyDomain(Row):
    """A mail domain of an agency, once the code that was mailed to an address at it is given back; until then it
    counts for nothing.
    """

    __tablename__ = "agency_domains"
    __table_args__ = (UniqueConstraint("agency_id", "domain"),)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    domain: Mapped[str] = mapped_column(String(253))
    code_hash: Mapped[str] = mapped_column(String(255), default="")
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    proven_at: Mapped[datetime | None]
