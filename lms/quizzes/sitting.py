"""A knowledge check as one attempt has it: the questions drawn, the answers given so far, and what is still open."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.quizzes import knowledge
from lms.quizzes.knowledge import Answer, DrawDoesNotFit, Drawn, DrawnQuestion
from lms.quizzes.quiz import KnowledgeCheck, Matching, Ordering, Question

PAGES_TO_READ_AGAIN = 3


@dataclass(frozen=True)
class Given:
    """An answer as it is kept, marked when it was given."""

    answer: Answer
    right: bool


@dataclass(frozen=True)
class Feedback:
    """What a learner is told about one answer once the attempt has ended.

    `better` is the right answer in the same shape; `tempting` holds each wrong option chosen with its reason.
    """

    position: int
    question: Question
    right: bool
    given: Answer
    better: Answer
    tempting: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sitting:
    """One attempt at a check. Positions count from 1; `given` has the answers by position."""

    check: KnowledgeCheck
    drawn: Drawn
    given: Mapping[int, Given]

    @property
    def size(self) -> int:
        """How many questions the attempt has."""
        return len(self.drawn.questions)

    @property
    def keys(self) -> list[str]:
        """The questions it has, in order."""
        return [each.question.key for each in self.drawn.questions]

    @property
    def next_position(self) -> int | None:
        """The first question without an answer; None when all are answered."""
        return next((at for at in range(1, self.size + 1) if at not in self.given), None)

    @property
    def points(self) -> int:
        """How many answers are right."""
        return sum(given.right for given in self.given.values())

    @property
    def needed(self) -> int:
        """How many must be right to pass."""
        return knowledge.result(self.check, self.drawn, {}).needed

    @property
    def passed(self) -> bool:
        """Whether enough answers are right, as they were marked when given."""
        return self.points >= self.needed

    def question(self, position: int) -> DrawnQuestion | None:
        """The drawn question at a position, or None when there is no such position."""
        return self.drawn.questions[position - 1] if 1 <= position <= self.size else None

    def feedback(self) -> list[Feedback]:
        """What is told about each answer. Only for an attempt that has ended."""
        return [
            _feedback(position, self.drawn.questions[position - 1].question, given)
            for position, given in sorted(self.given.items())
        ]

    def pages_to_read_again(self, order: Sequence[str]) -> list[str]:
        """The pages that missed questions point to, most missed first, then in the order of the module."""
        missed = Counter(each.question.page for each in self.feedback() if not each.right)
        known = [page for page in order if page in missed]
        return sorted(known, key=lambda page: -missed[page])[:PAGES_TO_READ_AGAIN]


def begin(check: KnowledgeCheck, seed: str) -> Sitting:
    """A fresh sitting with nothing answered."""
    return Sitting(check, knowledge.draw(check, seed), {})


def to_json(sitting: Sitting) -> dict[str, Any]:
    """What is stored with the attempt: its draw."""
    return {"questions": knowledge.draw_to_json(sitting.drawn)}


def from_json(
    check: KnowledgeCheck, state: Mapping[str, Any], answers: Iterable[tuple[int, Mapping[str, Any], bool]]
) -> Sitting:
    """The sitting from what is stored: its draw, and each answer with its position and mark.

    Raises DrawDoesNotFit when the questions have changed under it.
    """
    try:
        drawn = knowledge.draw_from_json(check, state["questions"])
    except (KeyError, TypeError) as reason:
        raise DrawDoesNotFit(f"{check.slug}: what is stored is not a draw") from reason
    return Sitting(check, drawn, {at: Given(Answer.from_json(given), right) for at, given, right in answers})


def in_words(answer: Answer) -> tuple[str, ...]:
    """An answer line by line; of a matching question each line has both sides."""
    if answer.lefts:
        return tuple(f"{left.rstrip('.')}: {right}" for left, right in zip(answer.lefts, answer.chosen, strict=True))
    return answer.chosen


def _feedback(position: int, question: Question, given: Given) -> Feedback:
    tempting: tuple[tuple[str, str], ...] = ()
    if not isinstance(question, Ordering | Matching):
        chosen = [option for option in question.options if option.text in given.answer.chosen and not option.right]
        tempting = tuple((option.text, option.why or "") for option in chosen)
    return Feedback(position, question, given.right, given.answer, _better(question, given.answer), tempting)


def _better(question: Question, given: Answer) -> Answer:
    """The right answer to a question; of a matching question in the order in which the learner met it."""
    if isinstance(question, Ordering):
        return Answer(question.key, tuple(question.items))
    if isinstance(question, Matching):
        pairs = sorted(
            question.pairs, key=lambda pair: given.lefts.index(pair.left) if pair.left in given.lefts else -1
        )
        return Answer(question.key, tuple(pair.right for pair in pairs), tuple(pair.left for pair in pairs))
    return Answer(question.key, tuple(option.text for option in question.options if option.right))
