"""Tables of signing in at an agency's own provider (OpenID Connect): providers, who is who there, ways back used."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core import clock
from lms.core.db import Base, Row
from lms.people.models import Agency


class IdentityProvider(Row):
    """Where the people of one agency sign in. `domains` are the mail domains it speaks for; the client's secret is
    sealed (`sealing.py`). `required`: the agency's people sign in there and nowhere else. Issuer and client never
    change, since who is who hangs on them.
    """

    __tablename__ = "identity_providers"
    __table_args__ = (Index(None, "agency_id"),)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(300))
    client_id: Mapped[str] = mapped_column(String(255))
    client_secret: Mapped[bytes] = mapped_column(LargeBinary(600))
    domains: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)
    required: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    agency: Mapped[Agency] = relationship()


class ProviderPerson(Row):
    """Who somebody is at a provider: `subject` is its name for them. Made at the first sign-in; decides ever after."""

    __tablename__ = "provider_people"
    __table_args__ = (
        UniqueConstraint("provider_id", "subject"),
        UniqueConstraint("provider_id", "person_id"),
        Index(None, "person_id"),
    )

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_providers.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    subject: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class ProviderReturn(Base):
    """A way back from a provider that was taken, so that none is taken twice. Nothing about a person."""

    __tablename__ = "provider_returns"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
