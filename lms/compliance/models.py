"""The table of impact packs: what a partnership puts into its annual report, frozen when it was signed off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core import clock
from lms.core.db import Row
from lms.people.models import Person


class ImpactPack(Row):
    """The pack of one financial year (`year` is that of its April). `number` counts the versions of a year; a later one
    stands beside the earlier, which stays as it was. `sections` hold the figures as the board reads them.
    """

    __tablename__ = "impact_packs"
    __table_args__ = (UniqueConstraint("partnership", "year", "number"),)

    partnership: Mapped[str] = mapped_column(String(80))
    year: Mapped[int]
    number: Mapped[int]
    sections: Mapped[Sequence[Mapping[str, Any]]] = mapped_column(JSON)
    limits: Mapped[str] = mapped_column(Text)
    signed_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    signed_at: Mapped[datetime] = mapped_column(default=clock.now)
    signer: Mapped[Person] = relationship()

    @property
    def name(self) -> str:
        """April 2026 to March 2027."""
        return year_name(self.year)


def year_name(year: int) -> str:
    """A financial year in words."""
    return f"April {year} to March {year + 1}"
