"""What authors write in a knowledge check or a scenario, as frozen objects, and the problems found in them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar

from lms.catalogue.rules import Rule

Levels = Mapping[str, int]  # the key of a state variable -> the place of its present level, counted from 0


def _nothing() -> Mapping[str, Any]:
    """An empty mapping that nobody can write to, as the default of a frozen object."""
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author must mend (a fault) or should look at (a warning).

    `where` follows the keys and list positions of the file, for example ("scenes", 2, "choices", 1, "to"). A file may
    be written more shortly than the path says (`to: ending` for a list of one): the deepest part that exists is meant.
    """

    where: tuple[str | int, ...]
    message: str
    rule: Rule = field(default="form", compare=False)


def unknown(kind: str, name: str, known: Collection[str]) -> str:
    """The sentence that tells an author that a name is not among those known, with the nearest one if any is near."""
    near = get_close_matches(name, list(known), n=1)
    return f"There is no {kind} `{name}`." + (f" Did you mean `{near[0]}`?" if near else "")


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a single or multiple question; a wrong one says why it is tempting."""

    text: str
    right: bool = False
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A left side and the right side that belongs to it."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Single:
    """A question with one right option.

    As in every question, `outcome` is the number of the module's outcome that it tests (from 1; 0 where none is named)
    and `evidence` says that it trains the reading of evidence.
    """

    type: ClassVar[str] = "single"
    key: str
    ask: str
    options: Sequence[Option]
    feedback: str
    fact: str
    page: str
    outcome: int = 0
    evidence: bool = False


@dataclass(frozen=True, slots=True)
class Multiple:
    """A question with two or more right options; all of them, and no other, must be chosen."""

    type: ClassVar[str] = "multiple"
    key: str
    ask: str
    options: Sequence[Option]
    feedback: str
    fact: str
    page: str
    outcome: int = 0
    evidence: bool = False


@dataclass(frozen=True, slots=True)
class Ordering:
    """A question that asks to put `items`, listed in the right order, in order."""

    type: ClassVar[str] = "ordering"
    key: str
    ask: str
    items: Sequence[str]
    feedback: str
    fact: str
    page: str
    outcome: int = 0
    evidence: bool = False


@dataclass(frozen=True, slots=True)
class Matching:
    """A question that asks to find the right side of each left side."""

    type: ClassVar[str] = "matching"
    key: str
    ask: str
    pairs: Sequence[Pair]
    feedback: str
    fact: str
    page: str
    outcome: int = 0
    evidence: bool = False


Question = Single | Multiple | Ordering | Matching


@dataclass(frozen=True, slots=True)
class KnowledgeCheck:
    """A whole knowledge check as its file says it; `draw` questions make one attempt, `pass_mark` is a percentage."""

    slug: str
    title: str
    module: str
    draw: int
    questions: Sequence[Question]
    pass_mark: int = 75

    def question(self, key: str) -> Question | None:
        """The question with this key, or None."""
        return next((question for question in self.questions if question.key == key), None)


class Comparison(StrEnum):
    """How a condition compares the present level with the one it names."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    IS = "is"


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a `when`: `{trust: {at_least: Growing}}` is Condition("trust", Comparison.AT_LEAST, "Growing")."""

    variable: str
    test: Comparison
    level: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A place at the table that a learner can take."""

    key: str
    title: str
    sector: str
    brief: str


@dataclass(frozen=True, slots=True)
class StateVariable:
    """Something that changes as the story goes; `levels` and `start` are the words the learner sees."""

    key: str
    label: str
    levels: Sequence[str]
    start: str


@dataclass(frozen=True, slots=True)
class More:
    """An extra paragraph of a scene, for some seats, for some states, or for both together."""

    text: str
    seats: Sequence[str] = ()
    when: Sequence[Condition] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a choice leads, if all its conditions hold; `to: week-seven` is one Target without conditions."""

    go: str
    when: Sequence[Condition] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a learner can do in a scene, what it leads to and the feedback shown at the ending."""

    key: str
    text: str
    then: str
    why: str
    fact: str
    to: Sequence[Target]
    right: bool = False
    points: int = 0
    change: Mapping[str, int] = field(default_factory=_nothing)
    set: Mapping[str, str] = field(default_factory=_nothing)
    tempting: str | None = None
    seats: Mapping[str, str] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment of the story that asks for a decision."""

    key: str
    title: str
    story: str
    ask: str
    choices: Sequence[Choice]
    more: Sequence[More] = ()

    def choice(self, key: str) -> Choice | None:
        """The choice with this key, or None when the scene has none."""
        return next((choice for choice in self.choices if choice.key == key), None)


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of the child; `acceptable` says whether a play that ends here can be passed."""

    key: str
    title: str
    story: str
    acceptable: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario as its file says it. Sequences keep the order of the file."""

    slug: str
    title: str
    module: str
    child: str
    intro: str
    seats: Sequence[Seat]
    state: Sequence[StateVariable]
    start: str
    scenes: Sequence[Scene]
    endings: Sequence[Ending]
    others: Sequence[str] = ()
    pass_mark: int = 70
    outcomes: Sequence[int] = ()

    def scene(self, key: str) -> Scene | None:
        """The scene with this key, or None."""
        return next((scene for scene in self.scenes if scene.key == key), None)

    def ending(self, key: str) -> Ending | None:
        """The ending with this key, or None."""
        return next((ending for ending in self.endings if ending.key == key), None)

    def seat(self, key: str) -> Seat | None:
        """The seat with this key, or None."""
        return next((seat for seat in self.seats if seat.key == key), None)

    def starting_levels(self) -> dict[str, int]:
        """Where every state variable stands before the first scene."""
        return {variable.key: variable.levels.index(variable.start) for variable in self.state}

    def holds(self, conditions: Sequence[Condition], levels: Levels) -> bool:
        """Whether all these conditions hold at these levels; no conditions always hold."""
        return all(self._one_holds(condition, levels) for condition in conditions)

    def after(self, choice: Choice, levels: Levels) -> dict[str, int]:
        """The levels once a choice has had its effect: `change` stays within the first and the last level."""
        moved = dict(levels)
        for variable in self.state:
            last = len(variable.levels) - 1
            moved[variable.key] = min(last, max(0, moved[variable.key] + choice.change.get(variable.key, 0)))
            if variable.key in choice.set:
                moved[variable.key] = variable.levels.index(choice.set[variable.key])
        return moved

    def target(self, choice: Choice, levels: Levels) -> str | None:
        """The scene or ending a choice leads to at the levels after its effect: the first target that fits, or None."""
        return next((target.go for target in choice.to if self.holds(target.when, levels)), None)

    def _one_holds(self, condition: Condition, levels: Levels) -> bool:
        variable = next(variable for variable in self.state if variable.key == condition.variable)
        named, present = variable.levels.index(condition.level), levels[condition.variable]
        if condition.test is Comparison.AT_LEAST:
            return present >= named
        if condition.test is Comparison.AT_MOST:
            return present <= named
        return present == named
