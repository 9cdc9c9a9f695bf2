"""How long something has been overdue: the groups and the order of the list of what is due. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from lms.assignments.due import LATE, Status

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


def age(status: Status, on: date | None, today: date) -> Age | None:
    """The group of something required; None when it is neither late nor due. `on` is the date its status speaks of:
    expired counts from the last day of the certificate, overdue from the date it was due on.
    """
    if status in LATE:
        days = (today - (on or today)).days
        return Age.SHORT if days <= SHORT else Age.MIDDLE if days <= MIDDLE else Age.LONG
    return Age.DUE if status is Status.DUE else None


@dataclass(frozen=True)
class Owed:
    """One person and one thing that is asked of them and is late or due since or by a day."""

    person: UUID
    name: str
    target: str
    age: Age
    on: date


def in_order(found: Iterable[Owed]) -> list[Owed]:
    """Each person and thing once, at its worst; group by group, in each the earliest date first, then by name."""
    ranks = {group: rank for rank, group in enumerate(Age)}
    worst: dict[tuple[UUID, str], Owed] = {}
    for one in found:
        known = worst.get((one.person, one.target))
        if known is None or (ranks[one.age], one.on) < (ranks[known.age], known.on):
            worst[one.person, one.target] = one
    listed = sorted(worst.values(), key=lambda one: (one.name.casefold(), one.target, one.person))
    return sorted(listed, key=lambda one: (ranks[one.age], one.on))


def counts(found: Iterable[Owed]) -> Mapping[Age, int]:
    """How many there are in each group, in order."""
    numbers = dict.fromkeys(Age, 0)
    for one in found:
        numbers[one.age] += 1
    return numbers
