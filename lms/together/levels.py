"""What joint days changed, level by level, over many cohorts: which answers may be added up, and to what. Pure.

Levels are those of interprofessional evaluation (Barr, Freeth and Hammick, after Kirkpatrick). What may be told of one
measure is made of parts, each of five people or more, that never overlap and never change:

1. A cohort of which five people or more answered is a part, once its questions have closed.
2. The smaller cohorts of one quarter are one part together, if five people or more answered in them, once the quarter
   is over and the questions of every cohort in it have closed. Only readers of a whole partnership get it: a trainer
   whose cohorts change could subtract.
3. Everything else, by course, by quarter or by year, is added up from parts. So whatever is subtracted from each other,
   what is left is of five people or more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import fmean
from uuid import UUID

from lms.outcomes.change import FEWEST, Change, Rate, paired, part
from lms.outcomes.items import Level, Wave
from lms.together.periods import Period

SMALL_ONES = "Cohorts of fewer than 5, together"


class Measure(StrEnum):
    """One thing that is measured, at one time."""

    USEFUL = "useful"
    SURE_AFTER = "sure-after"
    SURE_LATER = "sure-later"
    KNOWS_AFTER = "knows-after"
    KNOWS_LATER = "knows-later"
    EXAMPLES = "examples"
    SEEN = "seen"

    @property
    def look(self) -> "Look":
        """Its level, its words and how far its scale goes."""
        return LOOKS[self]


@dataclass(frozen=True)
class Look:
    """How a measure is told. `scale` is the longest change there can be; `wave` is when it is asked."""

    level: Level
    words: str
    unit: str
    when: str
    wave: Wave
    scale: int = 0

    @property
    def is_change(self) -> bool:
        """Whether people are compared with themselves before the day."""
        return self.scale > 0


_SURE, _KNOWS = "on a scale from 1 to 5", "of 5 questions"
_AFTER, _LATER = "after the day", "eight weeks later"
LOOKS: Mapping[Measure, Look] = {
    Measure.USEFUL: Look(Level.REACTION, "How useful the day was", "from 1 to 5", _AFTER, Wave.AFTER),
    Measure.SURE_AFTER: Look(Level.PERCEPTION, "Confidence", _SURE, _AFTER, Wave.AFTER, 4),
    Measure.SURE_LATER: Look(Level.PERCEPTION, "Confidence", _SURE, _LATER, Wave.LATER, 4),
    Measure.KNOWS_AFTER: Look(Level.KNOWLEDGE, "Knowledge", _KNOWS, _AFTER, Wave.AFTER, 5),
    Measure.KNOWS_LATER: Look(Level.KNOWLEDGE, "Knowledge", _KNOWS, _LATER, Wave.LATER, 5),
    Measure.EXAMPLES: Look(Level.BEHAVIOUR, "Wrote an example from practice", "by themselves", _LATER, Wave.LATER),
    Measure.SEEN: Look(Level.BEHAVIOUR, "Their manager saw it in practice", "by somebody else", _LATER, Wave.LATER),
}
CHANGES = tuple(one for one in Measure if LOOKS[one].is_change)
Numbers = tuple[float, float]


@dataclass(frozen=True)
class Answers:
    """What the people of one cohort gave for one measure: pairs (before, then) for a change; for the others (0, what
    was given), one for each person.
    """

    cohort: UUID
    course: str
    quarter: Period
    given: tuple[Numbers, ...]
    is_closed: bool


@dataclass(frozen=True)
class Part:
    """Answers that may be told together; `course` is empty for small cohorts added up."""

    course: str
    quarter: Period
    given: tuple[Numbers, ...]


def parts(answers: Iterable[Answers], today: date, *, whole: bool) -> list[Part]:
    """The parts of one measure. `whole`: the reader sees all cohorts of the partnership."""
    quarters: dict[Period, list[Answers]] = {}
    for one in answers:
        quarters.setdefault(one.quarter, []).append(one)
    found = []
    for quarter, cohorts in quarters.items():
        large = [one for one in cohorts if len(one.given) >= FEWEST]
        found += [Part(one.course, quarter, one.given) for one in large if one.is_closed]
        rest = tuple(pair for one in cohorts if len(one.given) < FEWEST for pair in one.given)
        is_final = quarter.is_over(today) and all(one.is_closed for one in cohorts)
        if whole and is_final and len(rest) >= FEWEST:
            found.append(Part("", quarter, rest))
    return found


def seen_parts(answers: Iterable[Answers], today: date, *, whole: bool) -> list[Part]:
    """The same for a yes or no, where neither those who said yes nor those who said no may be few."""
    made = parts(answers, today, whole=whole)
    return [one for one in made if part(sum(int(then) for _, then in one.given), len(one.given)) is not None]


@dataclass(frozen=True)
class Figure:
    """What some parts come to: how many people, and their change, their mean, or how many of them."""

    measure: Measure
    people: int = 0
    change: Change | None = None
    mean: float | None = None
    number: int | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to show."""
        return self.people > 0


def figure(measure: Measure, some: Sequence[Part]) -> Figure:
    """Add parts up."""
    given = [pair for one in some for pair in one.given]
    if not given:
        return Figure(measure)
    then = [second for _, second in given]
    if measure in CHANGES:
        return Figure(measure, len(given), change=paired(given))
    if measure is Measure.USEFUL:
        return Figure(measure, len(given), mean=fmean(then))
    return Figure(measure, len(given), number=int(sum(then)))


@dataclass(frozen=True)
class Line:
    """One course or one quarter: its figures by measure."""

    name: str
    figures: Mapping[Measure, Figure]


Parts = Mapping[Measure, Sequence[Part]]


def lines(every: Parts, name: Callable[[Part], str]) -> list[Line]:
    """A line for each name that has anything to show, by name; that of small cohorts last."""
    names = {name(one) for some in every.values() for one in some}
    return [
        Line(one, {measure: figure(measure, [p for p in some if name(p) == one]) for measure, some in every.items()})
        for one in sorted(names, key=lambda one: (one == SMALL_ONES, one))
    ]


def course(one: Part) -> str:
    """The name of a part's course on a page."""
    return one.course or SMALL_ONES


def quarter(one: Part) -> str:
    """The key of a part's quarter, which sorts by time."""
    return one.quarter.key


@dataclass(frozen=True)
class Evaluation:
    """A period, or one course of it: figures together, by course and by quarter, and how many of those asked answered.
    `courses` are those that can be chosen. With `hides`, for readers outside the agencies, how many were asked is not
    told.
    """

    total: Line
    by_course: Sequence[Line]
    by_quarter: Sequence[Line]
    rates: Mapping[Wave, Rate]
    cohorts: int
    courses: Sequence[str]
    hides: bool = False

    @property
    def shown(self) -> list[Figure]:
        """Changes with a figure, for the sentence and the chart."""
        return [one for one in (self.total.figures[measure] for measure in CHANGES) if one.change]

    @property
    def is_empty(self) -> bool:
        """Whether nothing may be told yet."""
        return not any(one.is_shown for one in self.total.figures.values())


def evaluation(
    every: Parts, rates: Mapping[Wave, Rate], cohorts: int, chosen: str, names: Mapping[str, str]
) -> Evaluation:
    """Parts as the page has them. `chosen` is a course, or empty for all; `names` are those of quarters, by key."""
    courses = sorted({one.course for some in every.values() for one in some if one.course})
    wanted = {m: [one for one in some if not chosen or one.course == chosen] for m, some in every.items()}
    total = Line("All together", {measure: figure(measure, some) for measure, some in wanted.items()})
    quarters = [Line(names[one.name], one.figures) for one in lines(wanted, quarter)]
    return Evaluation(total, lines(wanted, course), quarters, rates, cohorts, courses)
