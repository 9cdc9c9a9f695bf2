"""Questions and scenes as items of an analysis: what could be picked, and what was. Pure but for the content itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.analysis.items import Item, Option
from lms.quizzes.quiz import KnowledgeCheck, Matching, Ordering, Question, Scenario, Scene
from lms.quizzes.shelf import version_of

JOIN = " → "


def items_of(quiz: KnowledgeCheck | Scenario, pages_of_facts: Mapping[str, str]) -> list[Item]:
    """Everything a quiz asks, in the order of its file. `pages_of_facts` says on which page each fact is taught."""
    if isinstance(quiz, KnowledgeCheck):
        return [
            Item(one.key, version_of(one), one.ask, one.type, tuple(_options(one)), one.page) for one in quiz.questions
        ]
    return [
        Item(
            one.key,
            version_of(one),
            f"{one.title}: {one.ask}",
            "scene",
            tuple(_choices(one)),
            _page(one, pages_of_facts),
        )
        for one in quiz.scenes
    ]


def _options(question: Question) -> list[Option]:
    """What could be picked. Of an ordering question each item at its right place, of a matching one each right pair."""
    if isinstance(question, Ordering):
        return [Option(_placed(place, item), f"{item} at place {place}", right=True) for place, item in
                enumerate(question.items, 1)]  # fmt: skip
    if isinstance(question, Matching):
        return [Option(pair.left + JOIN + pair.right, f"{pair.left}{JOIN}{pair.right}", right=True) for pair in
                question.pairs]  # fmt: skip
    return [Option(one.text, one.text, one.right, one.why or "") for one in question.options]


def _placed(place: int, item: str) -> str:
    return f"{place}{JOIN}{item}"


def _choices(scene: Scene) -> list[Option]:
    return [Option(one.key, one.text, one.right, one.tempting or "") for one in scene.choices]


def _page(scene: Scene, pages_of_facts: Mapping[str, str]) -> str:
    """The page that teaches what the firmer choice rests on; empty where none does."""
    right = next((one for one in scene.choices if one.right), None)
    return pages_of_facts.get(right.fact, "") if right else ""


def picked(kind: str, given: Mapping[str, Any]) -> tuple[str, ...]:
    """What an answer chose, by the names of `items_of`."""
    if kind == "scene":
        return (str(given.get("choice", "")),)
    chosen: Sequence[str] = given.get("chosen", ())
    if kind == Ordering.type:
        return tuple(_placed(place, item) for place, item in enumerate(chosen, 1))
    if kind == Matching.type:
        return tuple(left + JOIN + right for left, right in zip(given.get("lefts", ()), chosen, strict=False))
    return tuple(chosen)
