"""The table of certificates: one for each completion, with everything it says frozen on the day it was issued."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates import codes, validity
from lms.core import clock
from lms.core.db import Row


class Certificate(Row):
    """What was true when a module was completed. Name, agency and title stay as they were, whatever changes later;
    a withdrawal is added, and nothing is ever deleted. `agency` and `job` are empty when the person had no post.
    """

    __tablename__ = "certificates"
    __table_args__ = (Index(None, "person_id", "completed_on"),)

    code: Mapped[str] = mapped_column(String(codes.LENGTH), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    completion_id: Mapped[UUID] = mapped_column(ForeignKey("completions.id"), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    agency: Mapped[str] = mapped_column(String(120))
    job: Mapped[str] = mapped_column(String(120))
    module: Mapped[str] = mapped_column(String(80))
    module_title: Mapped[str] = mapped_column(String(300))
    version: Mapped[int]
    core_hash: Mapped[str] = mapped_column(String(64))
    minutes: Mapped[int]
    completed_on: Mapped[date]
    valid_until: Mapped[date]
    issued_by: Mapped[str] = mapped_column(String(200))
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(String(500), default="")

    @property
    def state(self) -> validity.State:
        """Valid, expired or withdrawn, as of today."""
        revoked_on = clock.local(self.revoked_at).date() if self.revoked_at else None
        return validity.state(self.valid_until, revoked_on, clock.today())

    @property
    def shown_code(self) -> str:
        """The code in groups of four, as people read it."""
        return codes.shown(self.code)
