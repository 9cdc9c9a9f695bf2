"""How long something has been overdue: the groups and the order of the list of what is due. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

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


def since(today: date) -> Mapping[Age, date]:
    """For the groups of what is overdue for longer than that: the day before which its date must lie."""
    return {Age.LONG: today - timedelta(days=MIDDLE), Age.MIDDLE: today - timedelta(days=SHORT)}


@dataclass(frozen=True)
class Owed:
    """One person and one thing that is asked of them and is late or due since or by a day."""

    person: UUID
    name: str
    target: str
    age: Age
    on: date
