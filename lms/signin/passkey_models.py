"""Tables of passkeys (WebAuthn): the public half of each, and which questions were answered already."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Base, Row

LONGEST_NAME = 60
LONGEST_CREDENTIAL = 1023  # bytes; WebAuthn level 2, section 5.8.3


class Passkey(Row):
    """One passkey of a person, under a name of their own. `credential` is its number and `public_key` a COSE key; the
    secret half never leaves the device. `sign_count` is what the device counted last, or 0 where it does not count.
    """

    __tablename__ = "passkeys"
    __table_args__ = (Index(None, "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    credential: Mapped[bytes] = mapped_column(LargeBinary(LONGEST_CREDENTIAL), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(2000))
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_used_at: Mapped[datetime | None]


class UsedChallenge(Base):
    """A question that a passkey has answered, so that no answer counts twice. Nothing about a person."""

    __tablename__ = "used_challenges"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
