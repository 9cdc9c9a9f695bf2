"""Where somebody stands with a module on one day: the only place that decides it, for every page, mail and file. Pure.

The rules, in the order in which they are tried:

1. A required module whose certificate has more than 90 days to run is *current*.
2. Anything else that a person is exempt from is *exempt*, whether never begun, late or run out.
3. A required module whose certificate ends within 90 days is *due* (it still counts as in date until its last day); one
   that has ended is *expired*, even while it is being studied again.
4. A required module never completed is *overdue* from the day after its date. It is *due* in its last 14 days; before
   that it is *in progress* once begun, else *not started*. A first date lies 90 days after the start, so calling it due
   for all of that time would say nothing.
5. Who is back from long leave is not late in the first days after it: what ran out meanwhile is *due* until those are
   over.
6. A module that is not required has no date: it is *current* until its certificate has ended and *expired* afterwards
   (which is not late), *in progress* once begun, else *not required*. Exemptions do not speak of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

RENEW_WITHIN = timedelta(days=90)
DUE_SOON = timedelta(days=14)
FOREVER = date.max


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
WORST_FIRST: tuple[Status, ...] = (
    Status.OVERDUE,
    Status.EXPIRED,
    Status.DUE,
    Status.NOT_STARTED,
    Status.IN_PROGRESS,
    Status.CURRENT,
    Status.EXEMPT,
    Status.NOT_REQUIRED,
)
RANKS: Mapping[Status, int] = {status: rank for rank, status in enumerate(WORST_FIRST)}


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
    not_before: date | None = None,
) -> Standing:
    """Where somebody stands today, by the rules above.

    `due_on` is the last good day for a first completion, `valid_until` the last good day of the certificate (None: it
    never ends), `exempt_until` the last day of an exemption: FOREVER for one without end, None for none. `not_before`
    is the last day on which nothing counts as late, after long leave.
    """
    if not required:
        return _of_free_will(started=started, completed_on=completed_on, valid_until=valid_until, today=today)
    never_ends = completed_on is not None and valid_until is None
    if never_ends or (valid_until is not None and valid_until - RENEW_WITHIN > today):
        return Standing(Status.CURRENT, valid_until, today)
    if exempt_until is not None and exempt_until >= today:
        return Standing(Status.EXEMPT, None if exempt_until == FOREVER else exempt_until, today)
    if valid_until is not None:
        found = Standing(Status.DUE if valid_until >= today else Status.EXPIRED, valid_until, today)
    else:
        found = _first_time(started=started, due_on=due_on, today=today)
    if found.status in LATE and not_before is not None and not_before >= today:
        return Standing(Status.DUE, not_before, today)
    return found


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
class ModuleStanding:
    """Where one person stands with what is asked (`module` is a module's address, or the key of a level), and the dates
    it rests on. `why` are the reasons for asking, `by` says what it was met with where that was no completion here:
    "equivalent" or "prior"; `on_leave` that long leave is what exempts.
    """

    module: str
    standing: Standing
    due_on: date | None
    required: bool
    completed_on: date | None
    valid_until: date | None
    version: int | None
    by: str = ""
    on_leave: bool = False
    why: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The status alone."""
        return self.standing.status

    @property
    def is_module(self) -> bool:
        """Whether it speaks of a module; otherwise of a level, by hours."""
        return ":" not in self.module

    @property
    def is_late(self) -> bool:
        """Whether the person is late with it: overdue or expired, and required."""
        return self.required and self.standing.status in LATE

    @property
    def is_in_date(self) -> bool:
        """Whether it is done and counts today, its last 90 days included."""
        return self.completed_on is not None and (self.valid_until is None or self.valid_until >= self.standing.today)

    @property
    def sorting(self) -> tuple[bool, int, date]:
        """Smaller is worse. What is not required is never worse than what is."""
        return (not self.required, RANKS[self.status], self.standing.on or FOREVER)


def worst(cells: Iterable[ModuleStanding]) -> ModuleStanding:
    """Of where somebody stands at several employers, the one that needs attention first. Raises ValueError for none."""
    return min(cells, key=lambda one: one.sorting)


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
