"""Tables of signing in: each sign-in, the second step and its recovery codes, and recent wrong tries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core import clock
from lms.core.db import Base, Row
from lms.people.models import Person


class SignIn(Row):
    """One sign-in on one device. The cookie holds a random token; only its hash is stored. `remote` is the address it
    came from, as the server saw it; `second_step` says that a code was given too.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "person_id", "ended_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(80), default="")
    remote: Mapped[str] = mapped_column(String(45), default="")
    second_step: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_used_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The secret a person's phone shares with us, sealed (`sealing.py`). `last_counter` is the half minute of the last
    code that was used. `new_secret` waits for its first code, for some minutes from `begun_at`.
    """

    __tablename__ = "second_factors"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary(200))
    new_secret: Mapped[bytes | None] = mapped_column(LargeBinary(200))
    last_counter: Mapped[int] = mapped_column(BigInteger, default=0)
    begun_at: Mapped[datetime | None]
    set_up_at: Mapped[datetime | None]


class RecoveryCode(Row):
    """One code for the day the phone is lost: its argon2id hash, and when it was used."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index(None, "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    code_hash: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]


class PasswordReset(Row):
    """Somebody asked for a link to a new password. `email` is what was typed, until the worker has looked whether there
    is such an account; then the row goes, or holds the person and the hash of the link's token.
    """

    __tablename__ = "password_resets"
    __table_args__ = (Index(None, "answered_at", "asked_at"), Index(None, "person_id"))

    email: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]


class BreakGlassLink(Row):
    """A link made on the machine itself, by which an administrator signs in once: the hash of its token, and why it
    was made.
    """

    __tablename__ = "break_glass_links"
    __table_args__ = (Index(None, "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    reason: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class WrongTry(Base):
    """How often a sign-in failed of late, by hashed account name or address."""

    __tablename__ = "wrong_tries"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime]
