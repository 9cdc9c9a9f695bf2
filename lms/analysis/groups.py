"""Whose answers are counted, and when: in whole groups of ten people, so that nobody's answer can be read off. Pure.

A figure that grew with each new answer would tell that answer to whoever looked before and after. So:

1. Of each person the first answer to a question counts, and no later one. Nobody fills a group by answering again.
2. Answers wait in line, in the order in which goes were finished. As soon as ten people of one agency wait, these ten
   are a group of that agency. When twenty wait and no agency has ten, the ten who came first are a mixed group.
3. A group never changes, and every figure is a sum over whole groups. Groups do not overlap, so whatever figures are
   subtracted from each other, now or later, what is left is of ten people or more.
4. Each partnership has lines of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

SIZE = 10
MOST_WAITING = 20


@dataclass(frozen=True)
class Given:
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
    """The first answer of each person to one wording of one question, in order of time."""
    found: dict[UUID, Given] = {}
    for one in sorted(given, key=lambda one: (one.at, one.go)):
        found.setdefault(one.person, one)
    return list(found.values())


def groups(given: Iterable[Given]) -> tuple[list[Group], int]:
    """The whole groups of the answers to one wording of one question, and how many people still wait for theirs."""
    lines: dict[str, list[Given]] = {}
    found: list[Group] = []
    for one in firsts(given):
        line = lines.setdefault(one.partnership, [])
        line.append(one)
        made = _next(line, one.agency)
        if made:
            found.append(made)
            taken = {id(each) for each in made.answers}
            lines[one.partnership] = [each for each in line if id(each) not in taken]
    return found, sum(len(line) for line in lines.values())


def _next(line: Sequence[Given], agency: UUID) -> Group | None:
    """The group that the last answer, of this agency, makes whole."""
    own = [one for one in line if one.agency == agency]
    if len(own) == SIZE:
        return Group(tuple(own), agency)
    return Group(tuple(line[:SIZE])) if len(line) == MOST_WAITING else None
