"""Tables of learning: each go at a module, what was read and passed in it, completions, and private reflections."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Row


class Study(Row):
    """One go at a module. A renewal years later is a new study beside the old one, so history is never overwritten.

    `refreshes` is set where only what changed since that version is asked for; such a study brings no completion of
    its own. `version` is that of the content the study began with and, once completed, ended with.
    """

    __tablename__ = "studies"
    __table_args__ = (UniqueConstraint("person_id", "module", "number"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    module: Mapped[str] = mapped_column(String(80))
    number: Mapped[int] = mapped_column(default=1)
    version: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_page: Mapped[str] = mapped_column(String(80), default="")
    completed_at: Mapped[datetime | None]
    refreshes: Mapped[int | None]


class PageRead(Row):
    """A page was read in a study, in this version of the module."""

    __tablename__ = "page_reads"
    __table_args__ = (UniqueConstraint("study_id", "page"),)

    study_id: Mapped[UUID] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(default=clock.now)


class QuizPass(Row):
    """A quiz was passed in a study; the attempt itself belongs to quizzes."""

    __tablename__ = "quiz_passes"
    __table_args__ = (UniqueConstraint("study_id", "quiz"),)

    study_id: Mapped[UUID] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"))
    quiz: Mapped[str] = mapped_column(String(80))
    attempt_id: Mapped[UUID]
    passed_at: Mapped[datetime] = mapped_column(default=clock.now)


class Completion(Row):
    """A study ended with every page read and every quiz passed. `core_hash` names the exact content that was taught;
    `completed_on` is the date on the partnership's wall.
    """

    __tablename__ = "completions"
    __table_args__ = (Index(None, "person_id", "module", "completed_on"), Index(None, "module", "completed_on"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("studies.id"), unique=True)
    module: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    core_hash: Mapped[str] = mapped_column(String(64))
    minutes: Mapped[int]
    completed_on: Mapped[date]
    completed_at: Mapped[datetime]


class Reflection(Row):
    """What a person wrote for themselves beside a page. Nobody else reads it, by any page, file or report."""

    __tablename__ = "reflections"
    __table_args__ = (UniqueConstraint("person_id", "module", "key"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    module: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
