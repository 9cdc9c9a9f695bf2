"""Tables of corrected names: what owners asked for, and the certificates as they were before."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.certificates import codes
from lms.certificates.correction import Outcome
from lms.certificates.models import Certificate
from lms.core import clock
from lms.core.db import Row
from lms.people.models import Person


class NameCorrection(Row):
    """An owner asks that a certificate is issued anew with another name. Answered once, never deleted."""

    __tablename__ = "name_corrections"
    __table_args__ = (
        CheckConstraint("(outcome = 'open') = (decided_at IS NULL)", name="decided_or_open"),
        Index(None, "certificate_id"),
        Index(None, "person_id"),
        Index(None, "outcome", "asked_at"),
    )

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[str] = mapped_column(String(10), default=Outcome.OPEN.value)
    answer: Mapped[str] = mapped_column(String(300), default="")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    certificate: Mapped[Certificate] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided."""
        return self.outcome == Outcome.OPEN


class ReplacedCertificate(Row):
    """A certificate as it was before its name was corrected: everything it said, with its code. The certificate itself
    goes on under a new code; this row never changes.
    """

    __tablename__ = "replaced_certificates"
    __table_args__ = (Index(None, "certificate_id"),)

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"))
    correction_id: Mapped[UUID] = mapped_column(ForeignKey("name_corrections.id"), unique=True)
    replaced_at: Mapped[datetime] = mapped_column(default=clock.now)
    code: Mapped[str] = mapped_column(String(codes.LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    agency: Mapped[str] = mapped_column(String(120))
    job: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(300))
    version: Mapped[int]
    modules: Mapped[Sequence[Mapping[str, Any]]] = mapped_column(JSON, default=list)
    core_hash: Mapped[str] = mapped_column(String(64))
    minutes: Mapped[int]
    completed_on: Mapped[date]
    valid_until: Mapped[date]
    issued_by: Mapped[str] = mapped_column(String(200))
    issued_at: Mapped[datetime]

    @property
    def shown_code(self) -> str:
        """The code in groups of four, as people read it."""
        return codes.shown(self.code)

    @property
    def replaced_on(self) -> date:
        """The day it was replaced, by the partnership's calendar."""
        return clock.local(self.replaced_at).date()

    @property
    def words(self) -> str:
        """What to tell anyone who asks about it."""
        day = self.replaced_on
        return f"Replaced by a corrected certificate on {day.day} {day:%B %Y}"


# What is kept of the row a certificate was.
KEPT = (
    *("code", "name", "agency", "job", "title", "version", "modules", "core_hash", "minutes"),
    *("completed_on", "valid_until", "issued_by", "issued_at"),
)


def as_it_was(certificate: Certificate, correction: NameCorrection) -> ReplacedCertificate:
    """A row that keeps what a certificate says now."""
    says = {name: getattr(certificate, name) for name in KEPT}
    return ReplacedCertificate(certificate_id=certificate.id, correction_id=correction.id, **says)
