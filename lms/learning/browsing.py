"""What the catalogue page lists: modules that fit, with how far the reader is in each, and the pages a search finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms.learning.outlines import Outline, outlines
from lms.learning.queries import Going

LEVELS = ("awareness", "practitioner", "coordinator", "leader")


@dataclass(frozen=True)
class Row:
    """A module in the list: `done` seats of its ring, and the words that say the same."""

    plan: Outline
    going: Going
    done: int
    words: str


@dataclass(frozen=True)
class Found:
    """The catalogue page's answer; `nothing` is the sentence when there is no result."""

    rows: Sequence[Row]
    hits: Sequence[object] = ()
    nothing: str = ""
    levels: Sequence[str] = field(default=LEVELS)


def row(plan: Outline, going: Going) -> Row:
    """A module with how far its reader is, as figures and as words."""
    total, done = len(plan.pages), plan.progress(going.read, going.passed).pages_read
    if going.completed_at:
        return Row(plan, going, total, "Finished")
    pages = f"{total} {'page' if total == 1 else 'pages'}"
    return Row(plan, going, done, f"{done} of {pages}" if going.is_started else pages)


def find(goings: Mapping[str, Going], q: str, level: str) -> Found:
    """The modules that fit a search and a level, both optional."""
    plans = [plan for plan in outlines() if not level or plan.module.level == level]
    return Found([row(plan, goings.get(plan.module.slug, Going(plan.module.slug))) for plan in plans])
