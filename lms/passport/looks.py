"""Who has looked at a record, in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

MONTHS = 24

ROLES = {
    "manager": "manager",
    "deputy": "deputy of a manager",
    "coordinator": "training coordinator",
    "trainer": "trainer",
    "administrator": "administrator",
    "observer": "partnership board",
    "author": "content author",
    "staff": "colleague",
}
# How the summary names people of a role: one of them, and several.
NAMES = {
    "manager": ("your manager", "your managers"),
    "deputy": ("your manager’s deputy", "your manager’s deputies"),
    "coordinator": ("the training team", "the training team"),
    "trainer": ("a trainer", "trainers"),
    "administrator": ("an administrator", "administrators"),
    "observer": ("the partnership board", "the partnership board"),
    "author": ("a content author", "content authors"),
    "staff": ("a colleague", "colleagues"),
}
UNKNOWN = ("somebody whose role was not noted", "people whose role was not noted")


@dataclass(frozen=True)
class Looked:
    """How often people of one role looked, and how many people these were."""

    role: str
    times: int
    people: int


def summary(looked: Sequence[Looked]) -> str:
    """The first sentence of the page, those who looked most often first."""
    if not looked:
        return f"Nobody but you in the last {MONTHS} months."
    ordered = sorted(looked, key=lambda one: (-one.times, one.role))
    return f"In the last {MONTHS} months: {', '.join(map(_said, ordered))}."


def _said(one: Looked) -> str:
    name = NAMES.get(one.role, UNKNOWN)[one.people > 1]
    return f"{name} {'once' if one.times == 1 else f'{one.times} times'}"
