"""Whose answers are counted, and when: in whole groups of ten people, so that nobody's answer can be read off. Pure.

A figure that grew with each new answer would tell that answer to whoever looked before and after. So:

1. Of each person the first answer to a question counts, and no later one. Nobody fills a group by answering again.
2. Answers wait in line, in the order in which goes were finished. As soon as ten people of one agency wait, these ten
   are a group of that agency. When twenty wait and no agency has ten, the ten who came first are a mixed group.
3. A group never changes, and every figure is a sum over whole groups. Groups do not overlap, so whatever figures are
   subtracted from each other, now or later, what is left is of ten people or more.
4. Each partnership has lines of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

SIZE = 10
MOST_WAITING = 20


class Given(NamedTuple):
    """One answer to a question, or one choice in a scene. `picked` names what was chosen; `rest` is the share of the
    other answers of that go that were right, from 0 to 1, or None where there were no others.
    """

    person: UUID
    partnership: str
    agency: UUID
    go: UUID
    at: datetime
    key: str
    version: str
    right: bool
    picked: tuple[str, ...]
    rest: float | None = None


@dataclass(frozen=True)
class Group:
    """Ten answers of ten people; of one agency where it is named."""

    answers: tuple[Given, ...]
    agency: UUID | None = None


def firsts(given: Iterable[Given]) -> list[Given]:
    """The first answer of each person to one wording of one question, of answers in order of time."""
    found: dict[UUID, Given] = {}
    for one in given:
        found.setdefault(one.person, one)
    return list(found.values())


def groups(given: Iterable[Given]) -> tuple[list[Group], int]:
    """The whole groups of the answers to one wording of one question, given in the order in which goes were finished,
    and how many people still wait for theirs.
    """
    lines: dict[str, _Line] = {}
    found: list[Group] = []
    for one in firsts(given):
        made = lines.setdefault(one.partnership, _Line()).join(one)
        if made:
            found.append(made)
    return found, sum(len(line.waiting) for line in lines.values())


class _Line:
    """Those of one partnership who wait for their group, by when they came and by agency."""

    def __init__(self) -> None:
        self.waiting: dict[UUID, Given] = {}
        self.of: dict[UUID, dict[UUID, Given]] = {}

    def join(self, one: Given) -> Group | None:
        """Let somebody wait; the group that they make whole leaves the line."""
        self.waiting[one.person] = one
        own = self.of.setdefault(one.agency, {})
        own[one.person] = one
        if len(own) == SIZE:
            return self._leave(Group(tuple(own.values()), one.agency))
        if len(self.waiting) == MOST_WAITING:
            return self._leave(Group(tuple(self.waiting.values())[:SIZE]))
        return None

    def _leave(self, group: Group) -> Group:
        for one in group.answers:
            del self.waiting[one.person]
            del self.of[one.agency][one.person]
        return group
