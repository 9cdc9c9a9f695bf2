"""What the answers to one question or scene come to: difficulty, how well it tells apart, what was picked, and traps.
Pure.

*Share right* is the part of people whose first answer was right. *Telling apart* is the correlation between a right
answer (1 or 0) and the share of the other answers of the same go that were right: Pearson's r with one variable of two
values, which is called point-biserial, corrected by leaving the question itself out of the score, since otherwise it
would be compared with itself in part (Henrysson, Psychometrika 28, 1963). Below 0.2 is commonly read as weak.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from uuid import UUID

from lms.analysis.groups import MOST_WAITING, SIZE, Given, Group, groups

LEAST_TO_TELL_APART = 30
WEAK, CHANCE = 0.2, 2.0
TRAP_PERCENT = 25


class Band(StrEnum):
    """How many of an agency's people were right, in four steps, so that no small number is told."""

    FEW = "A quarter or fewer"
    SOME = "Up to half"
    MORE = "Up to three quarters"
    MOST = "More than three quarters"


def band(right: int, people: int) -> Band:
    """The step of a share."""
    for step, most in ((Band.FEW, 1), (Band.SOME, 2), (Band.MORE, 3)):
        if 4 * right <= most * people:
            return step
    return Band.MOST


class Verdict(StrEnum):
    """What a correlation says of a question."""

    APART = "Tells apart"
    WEAK = "Tells little apart"
    BACKWARDS = "Backwards: those who know more get it wrong"
    UNSURE = "Cannot be told from chance"


@dataclass(frozen=True)
class Option:
    """Something that could be picked: its name in the answers, its words, whether it is right, and what an author wrote
    of why it tempts.
    """

    name: str
    words: str
    right: bool
    why: str = ""


@dataclass(frozen=True)
class Item:
    """A question or scene as it is asked now; `page` is where it is taught."""

    key: str
    version: str
    ask: str
    kind: str
    options: tuple[Option, ...]
    page: str = ""


@dataclass(frozen=True)
class Picked:
    """How many of those counted picked an option."""

    option: Option
    people: int
    of: int

    @property
    def percent(self) -> int:
        """Of those counted, in percent."""
        return round(100 * self.people / self.of) if self.of else 0

    @property
    def is_trap(self) -> bool:
        """Whether it is wrong and caught many."""
        return not self.option.right and bool(self.people) and 100 * self.people >= TRAP_PERCENT * self.of


@dataclass(frozen=True)
class Analysis:
    """One wording of one question. Everything is of the people in whole groups; `waiting` are not in any yet."""

    item: Item
    people: int
    right: int
    waiting: int
    picked: tuple[Picked, ...] = ()
    apart: float | None = None
    agencies: tuple[tuple[UUID, int, Band], ...] = ()

    @property
    def percent(self) -> int | None:
        """The share right in percent; None while there is no whole group."""
        return round(100 * self.right / self.people) if self.people else None

    @property
    def too_few(self) -> str:
        """Why there are no figures yet."""
        if self.waiting < SIZE:
            return f"Too few answers yet ({self.waiting} of {SIZE})"
        return f"Too few answers yet ({self.waiting} of {MOST_WAITING}, from several agencies)"

    @property
    def verdict(self) -> Verdict | None:
        """What the correlation says; None where there are too few people for one."""
        if self.apart is None:
            return None
        if abs(self.apart) < CHANCE / sqrt(self.people):
            return Verdict.UNSURE
        if self.apart < 0:
            return Verdict.BACKWARDS
        return Verdict.WEAK if self.apart < WEAK else Verdict.APART

    @property
    def traps(self) -> list[Picked]:
        """Wrong options that caught many, the most tempting first."""
        return sorted((one for one in self.picked if one.is_trap), key=lambda one: -one.people)


Answers = Mapping[tuple[str, str], Sequence[Given]]
"""All answers to a quiz, by key and wording, each in the order in which goes were finished."""


def sorted_out(given: Iterable[Given]) -> Answers:
    """Answers by key and wording."""
    found: dict[tuple[str, str], list[Given]] = {}
    for one in given:
        found.setdefault((one.key, one.version), []).append(one)
    return found


def analyse(item: Item, answers: Answers) -> Analysis:
    """What the answers to this wording come to."""
    whole, waiting = groups(answers.get((item.key, item.version), ()))
    counted = [one for group in whole for one in group.answers]
    people = len(counted)
    chosen = Counter(name for one in counted for name in set(one.picked))
    return Analysis(
        item,
        people,
        sum(one.right for one in counted),
        waiting,
        tuple(Picked(one, chosen[one.name], people) for one in item.options) if people else (),
        telling_apart([(one.right, one.rest) for one in counted if one.rest is not None]),
        tuple(_agencies(whole, people)),
    )


def _agencies(whole: Sequence[Group], people: int) -> list[tuple[UUID, int, Band]]:
    """Each agency with a group of its own, while ten people or more of others are counted beside it."""
    own: dict[UUID, list[Given]] = {}
    for group in whole:
        if group.agency:
            own.setdefault(group.agency, []).extend(group.answers)
    return [
        (agency, len(answers), band(sum(one.right for one in answers), len(answers)))
        for agency, answers in own.items()
        if people - len(answers) >= SIZE
    ]


def telling_apart(pairs: Sequence[tuple[bool, float]]) -> float | None:
    """The correlation of being right with the share of other answers right, to one decimal; None for fewer than 30
    people, or where all were right, all wrong or all alike in the rest.
    """
    if len(pairs) < LEAST_TO_TELL_APART:
        return None
    xs, ys = [float(right) for right, _ in pairs], [rest for _, rest in pairs]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    together = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    spread = sqrt(sum((x - mean_x) ** 2 for x in xs) * sum((y - mean_y) ** 2 for y in ys))
    return round(together / spread, 1) + 0.0 if spread > 1e-9 else None


def earlier(items: Mapping[str, Item], answers: Answers) -> dict[str, list[Analysis]]:
    """By question: its earlier wordings that have figures, the latest answered first. What they asked is not kept, so
    they have neither options nor words.
    """
    found: dict[str, list[Analysis]] = {}
    for (key, version), some in sorted(answers.items(), key=lambda each: each[1][-1].at, reverse=True):
        if key in items and items[key].version != version:
            made = analyse(Item(key, version, "", items[key].kind, ()), {(key, version): some})
            if made.people:
                found.setdefault(key, []).append(made)
    return found
