"""Where somebody stands with a module on one day: the only place that decides it, for every page, mail and file. Pure.

The rules, in the order in which they are tried:

1. A required module whose certificate has more than 90 days to run is *current*.
2. Anything else that a person is exempt from is *exempt*, whether never begun, late or run out.
3. A required module whose certificate ends within 90 days is *due* (it still counts as in date until its last day); one
   that has ended is *expired*, even while it is being studied again.
4. A required module never completed is *overdue* from the day after its date. It is *due* in its last 14 days; before
   that it is *in progress* once begun, else *not started*. A first date lies 90 days after the start, so calling it due
   for all of that time would say nothing.
5. A module that is not required has no date: it is *current* until its certificate has ended and *expired* afterwards
   (which is not late), *in progress* once begun, else *not required*. Exemptions do not speak of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

FIRST_DUE = timedelta(days=90)
RENEW_WITHIN = timedelta(days=90)
DUE_SOON = timedelta(days=14)
FOREVER = date.max

Agency = TypeVar("Agency")


class Status(StrEnum):
    """Where somebody stands with a module."""

    NOT_REQUIRED = "not-required"
    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    CURRENT = "current"
    DUE = "due"
    OVERDUE = "overdue"
    EXPIRED = "expired"
    EXEMPT = "exempt"


LABELS: dict[Status, str] = {
    Status.NOT_REQUIRED: "Not required",
    Status.NOT_STARTED: "Not started",
    Status.IN_PROGRESS: "In progress",
    Status.CURRENT: "In date",
    Status.DUE: "Due",
    Status.OVERDUE: "Overdue",
    Status.EXPIRED: "Expired",
    Status.EXEMPT: "Exempt",
}
JOINTS: dict[Status, str] = {
    Status.NOT_STARTED: "by",
    Status.IN_PROGRESS: "by",
    Status.CURRENT: "until",
    Status.DUE: "by",
    Status.OVERDUE: "since",
    Status.EXPIRED: "on",
    Status.EXEMPT: "until",
}
COMMAS = {Status.NOT_STARTED, Status.IN_PROGRESS}
LATE = frozenset({Status.OVERDUE, Status.EXPIRED})


@dataclass(frozen=True)
class Standing:
    """The answer for one person, one module and one day: `on` is the date it speaks of, None where there is none."""

    status: Status
    on: date | None
    today: date

    @property
    def label(self) -> str:
        """One or two words, for a cell or a filter: "In date"."""
        return LABELS[self.status]

    @property
    def joint(self) -> str:
        """The word that joins the label to its date: "until"; empty where there is no date."""
        return JOINTS[self.status] if self.on else ""

    @property
    def words(self) -> str:
        """The whole of it, as people read it: "In date until 19 September 2029"."""
        if self.on is None:
            return self.label
        if self.status is Status.DUE:
            return _due_in_words(self.on, self.today)
        if self.status is Status.OVERDUE:
            return f"Overdue since {_this_year(self.on, self.today)}"
        comma = "," if self.status in COMMAS else ""
        return f"{self.label}{comma} {self.joint} {_in_full(self.on)}"


def standing(  # noqa: PLR0913 -- a status rests on all of these, and each is named where it is asked for
    *,
    required: bool,
    due_on: date | None,
    started: bool,
    completed_on: date | None,
    valid_until: date | None,
    exempt_until: date | None,
    today: date,
) -> Standing:
    """Where somebody stands today, by the rules above.

    `due_on` is the last good day for a first completion, `valid_until` the last good day of the certificate (None: it
    never ends), `exempt_until` the last day of an exemption: FOREVER for one without end, None for none.
    """
    if not required:
        return _of_free_will(started=started, completed_on=completed_on, valid_until=valid_until, today=today)
    never_ends = completed_on is not None and valid_until is None
    if never_ends or (valid_until is not None and valid_until - RENEW_WITHIN > today):
        return Standing(Status.CURRENT, valid_until, today)
    if exempt_until is not None and exempt_until >= today:
        return Standing(Status.EXEMPT, None if exempt_until == FOREVER else exempt_until, today)
    if valid_until is not None:
        return Standing(Status.DUE if valid_until >= today else Status.EXPIRED, valid_until, today)
    return _first_time(started=started, due_on=due_on, today=today)


def _of_free_will(*, started: bool, completed_on: date | None, valid_until: date | None, today: date) -> Standing:
    """Where somebody stands with a module that nobody asks of them."""
    if completed_on is not None:
        ended = valid_until is not None and valid_until < today
        return Standing(Status.EXPIRED if ended else Status.CURRENT, valid_until, today)
    return Standing(Status.IN_PROGRESS if started else Status.NOT_REQUIRED, None, today)


def _first_time(*, started: bool, due_on: date | None, today: date) -> Standing:
    """Where somebody stands with a required module they have never completed."""
    if due_on is not None and due_on < today:
        return Standing(Status.OVERDUE, due_on, today)
    if due_on is not None and due_on - DUE_SOON <= today:
        return Standing(Status.DUE, due_on, today)
    return Standing(Status.IN_PROGRESS if started else Status.NOT_STARTED, due_on, today)


@dataclass(frozen=True)
class Asked:
    """What is asked of a person for one module: whether it is required, first by when, and an exemption's last day."""

    required: bool
    due_on: date | None = None
    exempt_until: date | None = None


NOTHING_ASKED = Asked(required=False)


def asked(
    *, core: bool, starts: Mapping[Agency, Collection[date]], lifted: Mapping[Agency, date], today: date
) -> Asked:
    """What a person's present memberships ask of them for one module.

    `starts` are the first days of the present memberships by agency, `lifted` the last days of exemptions by the agency
    that granted them. Each membership asks for the core modules 90 days after its start; the earliest date wins. An
    agency's exemption lifts what that agency asks and no more, so a person is exempt only when every agency they work
    for has exempted them, and only until the first of these exemptions ends.
    """
    if not core or not starts:
        return NOTHING_ASKED
    exempt = {agency: lifted[agency] for agency in starts if agency in lifted and lifted[agency] >= today}
    asking = [day for agency, days in starts.items() if agency not in exempt for day in days]
    if asking:
        return Asked(required=True, due_on=min(asking) + FIRST_DUE)
    first = min(day for days in starts.values() for day in days)
    return Asked(required=True, due_on=first + FIRST_DUE, exempt_until=min(exempt.values()))


@dataclass(frozen=True)
class ModuleStanding:
    """Where one person stands with one module (`module` is its address), and the dates it rests on."""

    module: str
    standing: Standing
    due_on: date | None
    required: bool
    completed_on: date | None
    valid_until: date | None
    version: int | None

    @property
    def status(self) -> Status:
        """The status alone."""
        return self.standing.status

    @property
    def is_late(self) -> bool:
        """Whether the person is late with it: overdue or expired, and required."""
        return self.required and self.standing.status in LATE

    @property
    def is_in_date(self) -> bool:
        """Whether a certificate is in date today, its last 90 days included."""
        return self.valid_until is not None and self.valid_until >= self.standing.today


def _due_in_words(day: date, today: date) -> str:
    left = (day - today).days
    if left <= 0:
        return "Due today"
    if left == 1:
        return "Due tomorrow"
    return f"Due in {left} days" if left <= DUE_SOON.days else f"Due {_this_year(day, today)}"


def _this_year(day: date, today: date) -> str:
    """A date without its year when that is the present one: 1 October."""
    return f"{day.day} {day:%B}" if day.year == today.year else _in_full(day)


def _in_full(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
