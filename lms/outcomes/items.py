"""The fixed questions of the measures. They are the same for every cohort and each time, so that answers can be
compared; whoever changes one gives them another `VERSION`, and answers to different versions are never compared.

Levels are those of interprofessional evaluation (Barr, Freeth and Hammick, after Kirkpatrick). Pure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

VERSION = 1
A_WEEK = timedelta(weeks=1)


class Level(StrEnum):
    """How deep a measure reaches."""

    REACTION = "1"
    PERCEPTION = "2a"
    KNOWLEDGE = "2b"
    BEHAVIOUR = "3"


class Wave(StrEnum):
    """When people are asked."""

    BEFORE = "before"
    AFTER = "after"
    LATER = "later"

    @property
    def words(self) -> str:
        """When it is, as a heading."""
        return _WAVE[self]


_WAVE = {Wave.BEFORE: "Before the day", Wave.AFTER: "After the day", Wave.LATER: "Eight weeks later"}


class Seen(StrEnum):
    """What a manager says of an example from practice."""

    YES = "seen"
    NO = "not-seen"

    @property
    def words(self) -> str:
        """The answer as both read it."""
        return "Seen in practice" if self is Seen.YES else "Not seen by them"


@dataclass(frozen=True)
class Window:
    """From when until when a measure can be answered."""

    opens: datetime
    closes: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether it can be answered now."""
        return self.opens <= now < self.closes

    def has_closed(self, now: datetime) -> bool:
        """Whether nobody can answer it any more, so that its figures stay as they are."""
        return now >= self.closes


def window(wave: Wave, starts_at: datetime, ends_at: datetime) -> Window:
    """When a measure of a cohort is answered: in the week before its first session, in the two weeks after its last,
    and 8 to 12 weeks after.
    """
    if wave is Wave.BEFORE:
        return Window(starts_at - A_WEEK, starts_at)
    if wave is Wave.AFTER:
        return Window(ends_at, ends_at + 2 * A_WEEK)
    return Window(ends_at + 8 * A_WEEK, ends_at + 12 * A_WEEK)


@dataclass(frozen=True)
class Item:
    """One question with its options; `right` is the place of the right one, where there is one, and `fact` what it
    rests on.
    """

    key: str
    level: Level
    ask: str
    options: tuple[str, ...]
    right: int | None = None
    fact: str = ""

    def points(self, given: int) -> int:
        """What an answer counts: 1 or 0 for knowledge, else its place on the scale, from 1."""
        if self.right is None:
            return given + 1
        return int(given == self.right)


SURE = ("Not at all", "A little", "Fairly", "Very", "Fully")
USEFUL = ("Not at all", "A little", "Fairly", "Very", "Extremely")
UNKNOWN = "I do not know"

REACTION = Item("useful", Level.REACTION, "How useful was the day for your work?", USEFUL)
CONFIDENCE = (
    Item("contribute", Level.PERCEPTION, "say what each agency around a child can contribute?", SURE),
    Item("ring", Level.PERCEPTION, "ring somebody in another agency about a family you both work with?", SURE),
    Item("differ", Level.PERCEPTION, "say so when you see it differently from another profession?", SURE),
    Item("lead", Level.PERCEPTION, "agree with other agencies who leads for a family?", SURE),
)
KNOWLEDGE = (
    Item(
        "who-leads",
        Level.KNOWLEDGE,
        "What makes somebody a lead professional, as guidance had it?",
        ("A post with that title", "A certain grade", "What the person does", "The first referral", UNKNOWN),
        2,
        "M5-F2",
    ),
    Item(
        "functions",
        Level.KNOWLEDGE,
        "Which of these was a function of the lead professional?",
        (
            "Being the one contact a family trusts",
            "Managing the other workers",
            "Deciding what every agency spends",
            "Keeping all the records",
            UNKNOWN,
        ),
        0,
        "M5-F1",
    ),
    Item(
        "tiers",
        Level.KNOWLEDGE,
        "What do case histories show about tiers of need?",
        (
            "Needs seldom change tier",
            "Most needs end in the highest tier",
            "Each agency belongs to one tier",
            "Families move up and down over time",
            UNKNOWN,
        ),
        3,
        "M7-F4",
    ),
    Item(
        "undermined",
        Level.KNOWLEDGE,
        "Early Support improved work between agencies. What kept undermining it?",
        (
            "Families who would not agree",
            "Information out of reach, and systems that did not fit",
            "Too many meetings",
            "Too few trained leaders",
            UNKNOWN,
        ),
        1,
        "M9-F2",
    ),
    Item(
        "sure-start",
        Level.KNOWLEDGE,
        "What is fair to say of multi-agency training in Sure Start?",
        (
            "It led to better outcomes for children",
            "It made no difference",
            "Programmes that did better than expected had it",
            "It was tested against a control group",
            UNKNOWN,
        ),
        2,
        "M13-F4",
    ),
)


def items(wave: Wave) -> tuple[Item, ...]:
    """The questions asked then, in order: the same each time, and once how useful the day was."""
    return (*((REACTION,) if wave is Wave.AFTER else ()), *CONFIDENCE, *KNOWLEDGE)


def score(level: Level, points: int) -> float:
    """One person's score at a level, from all their points there: confidence as the mean from 1 to 5, knowledge as how
    many of five are right.
    """
    return points / len(CONFIDENCE) if level is Level.PERCEPTION else float(points)
