"""The table of certificates: of modules, one for each completion, and of programmes; everything a certificate says is
frozen on the day it was issued.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates import codes, validity
from lms.core import clock
from lms.core.db import Row


class Certificate(Row):
    """What was true when a module or a programme was completed. Name, agency and title stay as they were, whatever
    changes later; a withdrawal is added, and nothing is ever deleted. `agency` and `job` are empty when the person had
    no post.

    A module's certificate has its completion, and `programme` is empty. A programme's has none, `module` is empty, and
    `modules` lists what was finished for it, in the programme's order: address, title, version, minutes and core hash
    of each. Its own `core_hash` is taken over theirs.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        Index(None, "person_id", "completed_on"),
        CheckConstraint(
            "(completion_id IS NULL) = (module = '') AND (completion_id IS NULL) = (programme <> '')", name="one_kind"
        ),
    )

    code: Mapped[str] = mapped_column(String(codes.LENGTH), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    completion_id: Mapped[UUID | None] = mapped_column(ForeignKey("completions.id"), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    agency: Mapped[str] = mapped_column(String(120))
    job: Mapped[str] = mapped_column(String(120))
    module: Mapped[str] = mapped_column(String(80), default="")
    programme: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(300))
    version: Mapped[int]
    modules: Mapped[Sequence[Mapping[str, Any]]] = mapped_column(JSON, default=list)
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
    def about(self) -> Mapping[str, str]:
        """What it is a certificate of, as the record of who did what names it."""
        return {"programme": self.programme} if self.programme else {"module": self.module}

    @property
    def shown_code(self) -> str:
        """The code in groups of four, as people read it."""
        return codes.shown(self.code)
