"""People by modules as figures: counting, choosing and ordering the lines of the completion report. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from lms.assignments.counting import Count
from lms.assignments.due import ModuleStanding, Status


class Show(StrEnum):
    """Which people a reader wants to see, beyond the single statuses."""

    EVERYONE = ""
    LATE = "late"


@dataclass(frozen=True)
class Post:
    """One membership within the reader's reach."""

    agency: str
    team: str
    job: str


@dataclass(frozen=True)
class Line:
    """One person with a cell for each module; `posts` are the memberships for which the reader sees them."""

    id: UUID
    name: str
    email: str
    posts: tuple[Post, ...]
    cells: tuple[ModuleStanding, ...]

    def __post_init__(self) -> None:
        """Count the cells once: a report asks for these figures again and again."""
        object.__setattr__(self, "tally", tally(self.cells))

    tally: "Tally" = field(init=False, compare=False)

    def cell(self, module: str) -> ModuleStanding:
        """The cell of one module. Raises StopIteration for a module that is not in the report."""
        return next(cell for cell in self.cells if cell.module == module)


@dataclass(frozen=True)
class Tally:
    """One person's cells by what they come to. All but the last two speak of what is required and not exempt."""

    required: int
    in_date: int
    late: int
    due: int
    to_do: int
    settled: int
    exempt: int
    on_leave: int
    not_required: int


def tally(cells: Iterable[ModuleStanding]) -> Tally:
    """Count one person's cells: `in_date` are certificates that count today, `settled` those with more than 90 days
    to run, `late` is overdue or expired, `due` due soon, `to_do` everything else that is not done.
    """
    required = in_date = exempt = on_leave = not_required = 0
    statuses = dict.fromkeys(Status, 0)
    for cell in cells:
        if not cell.required:
            not_required += 1
        elif cell.on_leave:
            on_leave += 1
        elif cell.standing.status is Status.EXEMPT:
            exempt += 1
        else:
            required += 1
            in_date += cell.is_in_date
            statuses[cell.standing.status] += 1
    return Tally(
        required=required,
        in_date=in_date,
        late=statuses[Status.OVERDUE] + statuses[Status.EXPIRED],
        due=statuses[Status.DUE],
        to_do=statuses[Status.NOT_STARTED] + statuses[Status.IN_PROGRESS],
        settled=statuses[Status.CURRENT],
        exempt=exempt,
        on_leave=on_leave,
        not_required=not_required,
    )


@dataclass(frozen=True)
class Figures:
    """What the lines come to: requirements (one person, one module), and people."""

    people: int
    required: int
    in_date: int
    exempt: int
    on_leave: int
    not_required: int
    late_people: int
    due_people: int

    @property
    def percent(self) -> int:
        """The share in date in whole percent: 100 only when all are, 0 only when none is."""
        return percent(self.in_date, self.required)


def percent(part: int, whole: int) -> int:
    """A share in whole percent: 100 only when all are, 0 only when none is."""
    if not whole or part in (0, whole):
        return 100 * part // max(whole, 1)
    return min(99, max(1, round(100 * part / whole)))


def figures(lines: Iterable[Line]) -> Figures:
    """Count the lines of few people. In date are certificates that count today, also in their last 90 days."""
    tallies = [line.tally for line in lines]
    return Figures(
        people=len(tallies),
        required=sum(one.required for one in tallies),
        in_date=sum(one.in_date for one in tallies),
        exempt=sum(one.exempt for one in tallies),
        on_leave=sum(one.on_leave for one in tallies),
        not_required=sum(one.not_required for one in tallies),
        late_people=sum(one.late > 0 for one in tallies),
        due_people=sum(one.due > 0 and one.late == 0 for one in tallies),
    )


def figures_of(count: Count, columns: int) -> Figures:
    """The figures of a count, over so many columns."""
    required, exempt, on_leave = count.required(), count.exempt(), count.on_leave()
    return Figures(
        people=count.people,
        required=required,
        in_date=count.in_date(),
        exempt=exempt,
        on_leave=on_leave,
        not_required=count.people * columns - required - exempt - on_leave,
        late_people=count.late_people,
        due_people=count.due_people,
    )
