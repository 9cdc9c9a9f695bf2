"""What a register says of one person, and what happens when two people write it at once. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import Enum

from lms.cohorts.states import Mark
from lms.core.errors import Refusal

_TIMES = ("%H:%M", "%H.%M", "%H:%M:%S", "%H%M")


@dataclass(frozen=True)
class Line:
    """The mark of one person, and when they came late or left early, by the partnership's clocks."""

    mark: Mark | None = None
    arrived: time | None = None
    left: time | None = None

    @property
    def key(self) -> str:
        """The line as a page carries it, to tell later whether it has changed."""
        return "|".join((self.mark or "", clock_text(self.arrived), clock_text(self.left)))

    @property
    def words(self) -> str:
        """The line as people read it."""
        if self.mark is None:
            return "not marked"
        parts = [self.mark.words.lower()]
        if self.arrived:
            parts.append(f"came at {_spoken(self.arrived)}")
        if self.left:
            parts.append(f"left at {_spoken(self.left)}")
        return ", ".join(parts)


def line_of(key: str) -> Line:
    """The line a key stands for. Raises Refusal when it is none."""
    mark, _, rest = key.partition("|")
    arrived, _, left = rest.partition("|")
    return written(mark, arrived, left)


def written(mark: str, arrived: str, left: str) -> Line:
    """A line as somebody wrote it. Raises Refusal.

    A time alone says that the person came late or left early; somebody absent has no times.
    """
    if mark and mark not in set(Mark):
        raise Refusal("Mark each person as present, late, left early or absent.")
    line = Line(Mark(mark) if mark else None, _time(arrived), _time(left))
    if line.mark is Mark.ABSENT:
        return Line(Mark.ABSENT)
    if line.arrived and line.left and line.left <= line.arrived:
        raise Refusal("Nobody leaves before they come. Check the two times.")
    if line.mark is None and (line.arrived or line.left):
        return replace(line, mark=Mark.LATE if line.arrived else Mark.LEFT_EARLY)
    return line


def _time(text: str) -> time | None:
    text = text.strip()
    if not text:
        return None
    for form in _TIMES:
        try:
            return datetime.strptime(text, form).time().replace(second=0)  # noqa: DTZ007 -- a time of day has no zone
        except ValueError:
            continue
    raise Refusal("Enter times with hours and minutes, like 09:50.")


def clock_text(at: time | None) -> str:
    """A time of day as a field holds it."""
    return f"{at:%H:%M}" if at else ""


def _spoken(at: time) -> str:
    return f"{at.hour % 12 or 12}:{at:%M}\u00a0{'am' if at.hour < 12 else 'pm'}"


class Decision(Enum):
    """What to do with one line that was sent."""

    KEEP = "keep"
    WRITE = "write"
    CLASH = "clash"


def decide(seen: Line, mine: Line, there: Line) -> Decision:
    """What to do with `mine`, written on a page that showed `seen`, when the register now says `there`: a line that was
    not touched is left alone, and nobody overwrites what they have not seen.
    """
    if mine in (seen, there):
        return Decision.KEEP
    return Decision.WRITE if there == seen else Decision.CLASH


@dataclass(frozen=True)
class Totals:
    """How many people a register marks, and as what."""

    people: int
    by_mark: dict[Mark, int]
    attended: int

    @property
    def marked(self) -> int:
        """How many have a mark."""
        return sum(self.by_mark.values())


def totals(people: int, rows: Iterable[tuple[Mark, bool]]) -> Totals:
    """Add up a register: of so many people, these have a mark, and attended or not."""
    found = list(rows)
    return Totals(
        people, {mark: sum(one is mark for one, _ in found) for mark in Mark}, sum(attended for _, attended in found)
    )
