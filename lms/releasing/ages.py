"""How long something has been overdue: the groups and the order of the list of what is due. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from lms.assignments.due import ModuleStanding, Status
from lms.reports.matrix import Line, Post

SHORT, MIDDLE = 30, 90


class Age(StrEnum):
    """The groups of the list, the longest overdue first."""

    LONG = "91"
    MIDDLE = "31-90"
    SHORT = "0-30"
    DUE = "due"

    @property
    def words(self) -> str:
        """The group as a heading."""
        return _WORDS[self]

    @property
    def counted(self) -> str:
        """The group as a sentence goes on after a number: "3 overdue for more than 90 days"."""
        return _WORDS[self][0].lower() + _WORDS[self][1:]


_WORDS = {
    Age.LONG: f"Overdue for more than {MIDDLE} days",
    Age.MIDDLE: f"Overdue for {SHORT + 1} to {MIDDLE} days",
    Age.SHORT: f"Overdue for up to {SHORT} days",
    Age.DUE: "Due soon",
}


def age(cell: ModuleStanding, today: date) -> Age | None:
    """The group something belongs to; None when it is neither late nor due. Expired counts from the last day of the
    certificate, overdue from the date it was due on.
    """
    if cell.is_late:
        days = (today - (cell.standing.on or today)).days
        return Age.SHORT if days <= SHORT else Age.MIDDLE if days <= MIDDLE else Age.LONG
    return Age.DUE if cell.required and cell.status is Status.DUE else None


@dataclass(frozen=True)
class Owed:
    """One person and one module that is late or due."""

    person: UUID
    name: str
    email: str
    posts: tuple[Post, ...]
    cell: ModuleStanding
    age: Age


def owed(lines: Iterable[Line], today: date) -> list[Owed]:
    """What these people owe, group by group, in each the earliest date first, then by name and module."""
    found = [
        Owed(line.id, line.name, line.email, line.posts, cell, group)
        for line in lines
        for cell in line.cells
        if (group := age(cell, today))
    ]
    ranks = {group: rank for rank, group in enumerate(Age)}
    found.sort(key=lambda one: (one.name.casefold(), one.cell.module, one.person))
    return sorted(found, key=lambda one: (ranks[one.age], one.cell.standing.on or today))


def counts(found: Iterable[Owed]) -> Mapping[Age, int]:
    """How many there are in each group, in order."""
    numbers = dict.fromkeys(Age, 0)
    for one in found:
        numbers[one.age] += 1
    return numbers
