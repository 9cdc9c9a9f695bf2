"""Tables of quizzes: each go at a quiz, and every answer or choice given in it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import Row


class Attempt(Row):
    """One go of a person at a knowledge check or a scenario; at most one of a quiz is open at a time.

    `seed` fixes the draw and every order of options. `state` is the draw of a check or the play of a scenario.
    `content_hash` names the exact content. Finished with a result, `passed`, `points` and `out_of` say which; closed
    without one (the quiz was rewritten under it, or the learner began again from another seat), `passed` stays empty.
    """

    __tablename__ = "quiz_attempts"
    __table_args__ = (
        UniqueConstraint("person_id", "quiz", "number"),
        Index(
            "uq_quiz_attempts_open",
            "person_id",
            "quiz",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    quiz: Mapped[str] = mapped_column(String(80))
    module: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    content_hash: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    seed: Mapped[str] = mapped_column(String(32))
    seat: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[dict[str, Any]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    passed: Mapped[bool | None]
    points: Mapped[int | None]
    out_of: Mapped[int] = mapped_column(default=0)


class Answer(Row):
    """One answer to a question, or one choice in a scene, kept as given. `key` is the question's or the scene's, and
    `version` names its exact wording then, so that answers to two wordings are never counted together; it is empty for
    answers older than this column.
    """

    __tablename__ = "quiz_answers"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("quiz_attempts.id", ondelete="CASCADE"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(16), default="")
    given: Mapped[dict[str, Any]] = mapped_column(JSON)
    right: Mapped[bool]
    answered_at: Mapped[datetime] = mapped_column(default=clock.now)
