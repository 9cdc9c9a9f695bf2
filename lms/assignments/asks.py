"""What a requirement asks, as typed or stored, and how it reads in words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from lms.assignments.due import RENEW_WITHIN
from lms.assignments.rules import Kind

DAY = timedelta(days=1)
YEAR = 12


@dataclass(frozen=True)
class Place:
    """Where something is asked: a whole partnership, or one agency of it."""

    partnership: str
    name: str
    agency: UUID | None = None

    @property
    def key(self) -> str:
        """How an address names it."""
        return str(self.agency) if self.agency else self.partnership

    @property
    def words(self) -> str:
        """Where, in a sentence: in Fernshire; at Fernshire Police."""
        return f"{'at' if self.agency else 'in'} {self.name}"


@dataclass(frozen=True)
class Subject:
    """What is asked, and where: a kind, and the address of a module or programme or the code of a level."""

    place: Place
    kind: Kind
    target: str = ""


@dataclass(frozen=True)
class Reach:
    """Of whom it is asked: jobs and levels by name, sectors and teams by key; each list that is not empty must fit."""

    jobs: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def is_everyone(self) -> bool:
        """Whether nobody is left out."""
        return not (self.jobs or self.sectors or self.teams or self.levels)

    def words(self, names: Mapping[str, str]) -> str:
        """Of whom, in words; `names` gives sectors, teams and levels by key."""
        parts = [
            either(self.jobs),
            _within("in", self.sectors, names),
            _within("in the team", self.teams, names),
            _within("at", self.levels, names),
        ]
        said = [part for part in parts if part]
        if not said:
            return "everyone"
        return ", ".join(said) if self.jobs else f"everyone {', '.join(said)}"


@dataclass(frozen=True)
class Ask:
    """What one version of a requirement says. `minutes`, `participatory` (in %) and `multi_agency` are for levels, for
    which `renew_months` is the time over which learning counts.
    """

    why: str
    first_day: date
    reach: Reach = field(default_factory=Reach)
    first_due: int = 90
    renew_months: int | None = None
    keeps_date: bool = False
    minutes: int = 0
    participatory: int = 0
    multi_agency: bool = False

    def fitted(self, kind: Kind) -> "Ask":
        """Without what means nothing for this kind."""
        if kind is Kind.LEVEL:
            return replace(self, keeps_date=False)
        keeps = self.keeps_date and self.renew_months is not None
        return replace(self, minutes=0, participatory=0, multi_agency=False, keeps_date=keeps)

    def rules(self, kind: Kind, usual_months: int) -> list[str]:
        """Its dates and hours as sentences. `usual_months` is how long learning counts for a level without an interval
        of its own.
        """
        first = f"First due within {many(self.first_due, 'day')} of starting." if self.first_due else "Due at once."
        if kind is Kind.LEVEL:
            return [first, *self._hours(usual_months)]
        return [first, self._renewal()]

    def _hours(self, usual_months: int) -> list[str]:
        """What a level asks for."""
        time = months_in_words(self.renew_months or usual_months)
        found = [f"{hours(self.minutes)} within any {time}."]
        if self.participatory:
            found.append(
                f"At least {self.participatory}% of them participatory: with other people, such as a joint day."
            )
        if self.multi_agency:
            found.append("Some of them together with other agencies.")
        return found

    def _renewal(self) -> str:
        if self.renew_months is None:
            return "Renewed as its certificate says."
        time = months_in_words(self.renew_months)
        if self.keeps_date:
            return f"Renewed every {time}, and the date is kept by whoever renews in the last {RENEW_WITHIN.days} days."
        return f"Renewed every {time}, counted from the day it was last completed."


def either(words: Iterable[str]) -> str:
    """Midwife, school nurse or teacher."""
    listed = list(words)
    return " or ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def months_in_words(months: int) -> str:
    """3 years; 18 months; 1 year."""
    return many(months // YEAR, "year") if months % YEAR == 0 else many(months, "month")


def hours(minutes: int) -> str:
    """12 hours; 7.5 hours."""
    return f"{number(minutes)} hour" + ("" if number(minutes) == "1" else "s")


def number(minutes: float) -> str:
    """Minutes as hours, cut to one decimal, so that 11 hours 59 are not called 12: 7.5."""
    return f"{int(minutes / 6) / 10:g}"


def many(number: int, thing: str) -> str:
    """1 day, 2 days."""
    return f"{number} {thing}" + ("" if number == 1 else "s")


def _within(joint: str, keys: Sequence[str], names: Mapping[str, str]) -> str:
    return f"{joint} {either(names.get(key, key) for key in keys)}" if keys else ""
