"""The rules of a knowledge check: drawing questions, reading an answer, marking it, and the faults an author can make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


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
    """A question with one right option."""

    type: ClassVar[str] = "single"
    key: str
    ask: str
    options: Sequence[Option]
    feedback: str
    fact: str
    page: str


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
