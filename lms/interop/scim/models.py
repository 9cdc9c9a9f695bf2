"""Tables of SCIM: connections of agencies, and the people as each agency's directory describes them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core import clock
from lms.core.db import Row
from lms.people.models import Agency


class ScimConnection(Row):
    """The right of one agency's directory to tell about its people; only a hash of the token is kept."""

    __tablename__ = "scim_connections"
    __table_args__ = (Index(None, "agency_id"),)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    agency: Mapped[Agency] = relationship()


class ScimUser(Row):
    """Somebody as their agency's directory describes them: `described` is what it sent, as SCIM. Somebody described
    as inactive from the first has no account yet.
    """

    __tablename__ = "scim_users"
    __table_args__ = (
        UniqueConstraint("agency_id", "user_name"),
        UniqueConstraint("agency_id", "person_id"),
        Index(None, "person_id"),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    user_name: Mapped[str] = mapped_column(String(254))
    external_id: Mapped[str | None] = mapped_column(String(254))
    described: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
