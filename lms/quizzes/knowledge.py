"""The rules of a knowledge check: drawing questions, reading answers, and marking them."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from lms.core.errors import Refusal
from lms.quizzes.quiz import (
    KnowledgeCheck,
    Matching,
    Multiple,
    Option,
    Ordering,
    Pair,
    Question,
    Single,
)

__all__ = [
    "Answer",
    "AnswerRefused",
    "DrawDoesNotFit",
    "Drawn",
    "DrawnQuestion",
    "KnowledgeCheck",
    "Marked",
    "Matching",
    "Multiple",
    "Option",
    "Ordering",
    "Pair",
    "Question",
    "Result",
    "Shown",
    "Single",
    "draw",
    "draw_from_json",
    "draw_to_json",
    "mark",
    "read_answer",
    "result",
]

Item = TypeVar("Item")


class AnswerRefused(Refusal):
    """What was sent is not a whole answer to the question; `field` is the form field to mend."""


class DrawDoesNotFit(Exception):
    """A stored draw or answer cannot be used, because the questions have changed under it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of a question's form: its name, its label, and (value, text) of what can be chosen."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """A question as one attempt meets it.

    `order` and `rights` say which option, item, left or right side (in the order of the file) stands at each place on
    the page. For the server only, since the file lists items and pairs rightly: a page is made from `fields` alone.
    """

    question: Question
    order: tuple[int, ...]
    rights: tuple[int, ...] = ()

    def fields(self) -> tuple[Shown, ...]:
        """What the page shows. Values are places on the page, so that nothing here tells the right answer.

        Single and multiple have one field, `answer`; ordering has `place-0`, `place-1`, … with values from 1; matching
        has `match-0`, `match-1`, … with the place of the right side as value.
        """
        question = self.question
        if isinstance(question, Ordering):
            places = tuple((str(place), str(place)) for place in range(1, len(self.order) + 1))
            return tuple(Shown(f"place-{n}", question.items[item], places) for n, item in enumerate(self.order))
        if isinstance(question, Matching):
            sides = tuple((str(place), question.pairs[right].right) for place, right in enumerate(self.rights))
            return tuple(Shown(f"match-{n}", question.pairs[left].left, sides) for n, left in enumerate(self.order))
        texts = tuple((str(place), question.options[option].text) for place, option in enumerate(self.order))
        return (Shown("answer", question.ask, texts),)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The questions of one attempt, in the order they are asked."""

    questions: tuple[DrawnQuestion, ...]

    def question(self, key: str) -> DrawnQuestion | None:
        """The drawn question with this key, or None when it was not drawn."""
        return next((drawn for drawn in self.questions if drawn.question.key == key), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a learner chose, in the words of the question, so that it can be read after options have moved.

    `chosen` holds the option texts in the order of the file (single, multiple), the items in the learner's order, or
    for matching the right sides that the learner gave to `lefts`, place by place.
    """

    question: str
    chosen: tuple[str, ...]
    lefts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer as plain data for storage."""
        return {"question": self.question, "chosen": list(self.chosen), "lefts": list(self.lefts)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Answer":
        """The answer from stored data."""
        return cls(str(data["question"]), tuple(data["chosen"]), tuple(data["lefts"]))


@dataclass(frozen=True, slots=True)
class Marked:
    """Whether an answer is wholly right: only that counts. `points` (0 to 1) tells how near a multiple answer came."""

    right: bool
    points: float


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt came to. `percent` is rounded down, so that nobody sees the pass mark without having passed."""

    points: int
    out_of: int
    percent: int
    passed: bool
    needed: int


def draw(check: KnowledgeCheck, seed: str) -> Drawn:
    """The questions of one attempt, their order and the order of their options: always the same for the same seed.

    First comes one question for each outcome, those with the fewest questions first, and one that trains the reading
    of evidence; then each type of question gets its share. The questions are asked in one shuffled order.
    """
    numbers = random.Random(seed)  # noqa: S311 -- shuffles, keeps no secret
    waiting = _shuffled(check.questions, numbers)
    shares = _shares(check)
    size = sum(shares.values())
    chosen: list[Question] = []

    def take(wanted: Callable[[Question], bool]) -> None:
        """The first that fits, of a type that still has a share where there is one; nothing once the draw is full."""
        fitting = [question for question in waiting if question not in chosen and wanted(question)]
        if fitting and len(chosen) < size:
            found = next((question for question in fitting if shares[question.type] > 0), fitting[0])
            shares[found.type] -= 1
            chosen.append(found)

    asked = Counter(question.outcome for question in check.questions)
    for outcome in sorted(asked, key=lambda number: (asked[number], number)):
        take(lambda question, outcome=outcome: question.outcome == outcome)  # type: ignore[misc]
    if not any(question.evidence for question in chosen):
        take(lambda question: question.evidence)
    while len(chosen) < size:
        take(lambda _: True)
    return Drawn(tuple(_arranged(question, seed) for question in waiting if question in chosen))


def _shares(check: KnowledgeCheck) -> dict[str, int]:
    """How many questions of each type a draw has: its part of all questions, rounded down; places left over go to the
    types that lost most by rounding, and of equals to the rarer type, so that a single ordering or matching question
    is drawn where it can be.
    """
    counts = Counter(question.type for question in check.questions)
    size = min(check.draw, len(check.questions))
    shares = {kind: size * count // len(check.questions) for kind, count in counts.items()}
    lost = {kind: size * count % len(check.questions) for kind, count in counts.items()}
    by_need = sorted(counts, key=lambda kind: (-lost[kind], counts[kind], kind))
    for kind in by_need[: size - sum(shares.values())]:
        shares[kind] += 1
    return shares


def draw_to_json(drawn: Drawn) -> list[dict[str, Any]]:
    """A draw as plain data, so that an attempt keeps its questions when others are added to the file."""
    return [
        {"question": each.question.key, "order": list(each.order), "rights": list(each.rights)}
        for each in drawn.questions
    ]


def draw_from_json(check: KnowledgeCheck, data: Sequence[Mapping[str, Any]]) -> Drawn:
    """The stored draw. Raises DrawDoesNotFit when a question has gone or has more or fewer parts than it had."""
    drawn = []
    by_key = {question.key: question for question in check.questions}
    for each in data:
        question = by_key.get(each["question"])
        parts = list(range(_size(question))) if question else None
        rights = parts if isinstance(question, Matching) else []
        if question is None or sorted(each["order"]) != parts or sorted(each["rights"]) != rights:
            raise DrawDoesNotFit(f"{check.slug}: the question {each['question']} has changed")
        drawn.append(DrawnQuestion(question, tuple(each["order"]), tuple(each["rights"])))
    return Drawn(tuple(drawn))


def read_answer(question: Question, drawn: DrawnQuestion, form: Mapping[str, Sequence[str]]) -> Answer:
    """The learner's answer from the values sent for each field. Raises AnswerRefused, naming the field to mend.

    `form` maps a field's name to the list of its values (`request.form.to_dict(flat=False)`).
    """
    fields = drawn.fields()
    if isinstance(question, Single | Multiple):
        sent = _values(fields[0], form)
        places = {drawn.order[int(value)] for value in sent}
        if isinstance(question, Single) and len(places) > 1:
            raise AnswerRefused("Choose one answer.", "answer")
        if not places:
            one = isinstance(question, Single)
            raise AnswerRefused("Choose an answer." if one else "Choose at least one answer.", "answer")
        return Answer(question.key, tuple(question.options[place].text for place in sorted(places)))
    taken = _one_each(fields, form, ordering=isinstance(question, Ordering))
    if isinstance(question, Ordering):
        by_place = sorted(range(len(taken)), key=lambda n: taken[n])
        return Answer(question.key, tuple(question.items[drawn.order[n]] for n in by_place))
    return Answer(
        question.key,
        tuple(question.pairs[drawn.rights[place]].right for place in taken),
        tuple(question.pairs[left].left for left in drawn.order),
    )


def mark(question: Question, answer: Answer) -> Marked:
    """Whether the answer is wholly right.

    For multiple, `points` is the share of right options chosen, less one share for each wrong one, and not below 0.
    """
    if isinstance(question, Ordering):
        right = answer.chosen == tuple(question.items)
    elif isinstance(question, Matching):
        given = dict(zip(answer.lefts, answer.chosen, strict=False))
        right = given == {pair.left: pair.right for pair in question.pairs}
    else:
        wanted = {option.text for option in question.options if option.right}
        chosen = set(answer.chosen)
        right = chosen == wanted
        if isinstance(question, Multiple):
            return Marked(right, max(0, len(chosen & wanted) - len(chosen - wanted)) / len(wanted))
    return Marked(right, 1.0 if right else 0.0)


def result(check: KnowledgeCheck, drawn: Drawn, answers: Mapping[str, Answer]) -> Result:
    """What an attempt came to; `answers` by question key. A question without an answer counts as not right."""
    marks = (mark(each.question, answers[key]) for each in drawn.questions if (key := each.question.key) in answers)
    points = sum(marked.right for marked in marks)
    out_of = len(drawn.questions)
    needed = -(-check.pass_mark * out_of // 100)
    return Result(points, out_of, 100 * points // out_of if out_of else 0, points >= needed, needed)


def _shuffled(items: Sequence[Item], numbers: random.Random) -> list[Item]:
    # Python promises the same random() numbers for a seed from version to version, but not the same shuffle().
    return sorted(items, key=lambda _: numbers.random())


def _size(question: Question) -> int:
    """How many options, items or pairs a question has."""
    if isinstance(question, Ordering):
        return len(question.items)
    return len(question.pairs) if isinstance(question, Matching) else len(question.options)


def _arranged(question: Question, seed: str) -> DrawnQuestion:
    """A question with its parts shuffled, by numbers of its own, so that a change to another leaves it as it was."""
    numbers = random.Random(f"{seed}/{question.key}")  # noqa: S311 -- shuffles, keeps no secret
    file_order = list(range(_size(question)))
    order = _shuffled(file_order, numbers)
    if isinstance(question, Ordering) and order == file_order:
        order = [*order[1:], *order[:1]]
    rights = _shuffled(file_order, numbers) if isinstance(question, Matching) else []
    return DrawnQuestion(question, tuple(order), tuple(rights))


def _values(shown: Shown, form: Mapping[str, Sequence[str]]) -> list[str]:
    """The values sent for one field. Raises AnswerRefused when one of them was not on the page."""
    offered = {value for value, _ in shown.choices}
    sent = [value for value in form.get(shown.name, ()) if value]
    if not offered.issuperset(sent):
        raise AnswerRefused("Choose from what is listed.", shown.name)
    return sent


def _one_each(fields: Sequence[Shown], form: Mapping[str, Sequence[str]], *, ordering: bool) -> list[int]:
    """The one value chosen for each field, no two alike. Raises AnswerRefused, naming the first field to mend."""
    taken: dict[str, Shown] = {}
    for shown in fields:
        sent = _values(shown, form)
        if len(sent) != 1:
            what = "Choose a place for" if ordering else "Choose a match for"
            raise AnswerRefused(f"{what} “{_quoted(shown)}”.", shown.name)
        if sent[0] in taken:
            other = _quoted(taken[sent[0]])
            what = "has the same place as" if ordering else "has the same match as"
            raise AnswerRefused(f"“{_quoted(shown)}” {what} “{other}”. Give each its own.", shown.name)
        taken[sent[0]] = shown
    return [int(value) for value in taken]


def _quoted(shown: Shown) -> str:
    """A field's label inside a sentence, which brings a full stop of its own."""
    return shown.label.removesuffix(".")
