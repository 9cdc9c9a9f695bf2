"""Tables of erasure: who asked for it, and what was done, without saying to whom."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core import clock
from lms.core.db import Row
from lms.people.models import Person


class ErasureRequest(Row):
    """Somebody asks to be erased. An administrator checks it, and another one does it; with the person it is gone."""

    __tablename__ = "erasure_requests"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    checked_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    checker: Mapped[Person | None] = relationship(foreign_keys=[checked_by])


class DormantAccount(Row):
    """Nobody uses an account: when its person was told so, and when it was closed. Gone once it is used again."""

    __tablename__ = "dormant_accounts"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    told_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]


class Erasure(Row):
    """Somebody was erased. The salted hashes say of a known person whether it was they, and nobody else anything, so
    that a restore of an older backup does it again. `wiped_at`: the database's file was cleaned too.
    """

    __tablename__ = "erasures"

    salt: Mapped[str] = mapped_column(String(32))
    email_hash: Mapped[str] = mapped_column(String(64))
    person_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(20))
    erased_at: Mapped[datetime] = mapped_column(default=clock.now)
    wiped_at: Mapped[datetime | None]


def hashed(salt: str, word: str | UUID) -> str:
    """An address or identity under a salt."""
    return sha256(f"{salt}\n{word}".lower().encode()).hexdigest()
