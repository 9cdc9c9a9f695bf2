"""When somebody can say that the register is wrong about them. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from lms.core.errors import Refusal


class ContestState(StrEnum):
    """How far a contest is: open, or answered in one of two ways."""

    OPEN = "open"
    CORRECTED = "corrected"
    KEPT = "kept"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return {"open": "Not answered yet", "corrected": "The register was corrected", "kept": "Left as it is"}[self]


class NotOver(Refusal):
    """A register is not finished before its session is."""

    sentence = "This session is not over yet. Look again when the register is finished."


class TooLate(Refusal):
    """After a time nobody remembers, so there is a limit."""

    def __init__(self, days: int) -> None:
        super().__init__(
            f"This was more than {days} days ago, so it cannot be done here any more. Ask the training coordinator."
        )


class OpenAlready(Refusal):
    """One contest of a session at a time."""

    sentence = "You have said this already, and nobody has answered yet. The answer comes to you by mail."


def last_moment(ended: datetime, days: int) -> datetime:
    """Until when a session that ended then can be contested."""
    return ended + timedelta(days=days)


def check(ended: datetime, now: datetime, days: int, *, is_open: bool) -> None:
    """Whether a session that ended then can be contested now. Raises NotOver, TooLate or OpenAlready."""
    if ended > now:
        raise NotOver
    if is_open:
        raise OpenAlready
    if last_moment(ended, days) < now:
        raise TooLate(days)
