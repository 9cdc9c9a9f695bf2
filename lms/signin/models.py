"""Tables of signing in: each sign-in, and recent wrong tries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Base, Row


class SignIn(Row):
    """One sign-in on one device. The cookie holds a random token; only its hash is stored."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "person_id", "ended_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(80), default="")
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_used_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]


class WrongTry(Base):
    """How often a sign-in failed of late, by hashed account name or address."""

    __tablename__ = "wrong_tries"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime]
