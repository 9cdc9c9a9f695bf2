"""People by modules as figures: counting, choosing and ordering the lines of the completion report. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from lms.assignments.due import ModuleStanding, Status

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
    not_required: int


def tally(cells: Iterable[ModuleStanding]) -> Tally:
    """Count one person's cells: `in_date` are certificates that count today, `settled` those with more than 90 days
    to run, `late` is overdue or expired, `due` due soon, `to_do` everything else that is not done.
    """
    required = in_date = exempt = not_required = 0
    statuses = dict.fromkeys(Status, 0)
    for cell in cells:
        if not cell.required:
            not_required += 1
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
        not_required=not_required,
    )


@dataclass(frozen=True)
class Figures:
    """What the lines come to: requirements (one person, one module), and people."""

    people: int
    required: int
    in_date: int
    exempt: int
    not_required: int
    late_people: int
    due_people: int

    @property
    def percent(self) -> int:
        """The share in date in whole percent: 100 only when all are, 0 only when none is."""
        if not self.required or self.in_date in (0, self.required):
            return 100 * self.in_date // max(self.required, 1)
        return min(99, max(1, round(100 * self.in_date / self.required)))


def figures(lines: Iterable[Line]) -> Figures:
    """Count the lines. In date are certificates that count today, also in their last 90 days."""
    tallies = [line.tally for line in lines]
    return Figures(
        people=len(tallies),
        required=sum(one.required for one in tallies),
        in_date=sum(one.in_date for one in tallies),
        exempt=sum(one.exempt for one in tallies),
        not_required=sum(one.not_required for one in tallies),
        late_people=sum(one.late > 0 for one in tallies),
        due_people=sum(one.due > 0 and one.late == 0 for one in tallies),
    )


def next_end(lines: Iterable[Line]) -> tuple[date, str] | None:
    """The next date on which a required certificate ends, and whose; None when there is none."""
    ends = [(cell.valid_until, line.name) for line in lines for cell in line.cells if _counts(cell)]
    return min(((day, name) for day, name in ends if day), default=None)


def _counts(cell: ModuleStanding) -> bool:
    return cell.required and cell.status is not Status.EXEMPT and cell.is_in_date


def chosen(lines: Iterable[Line], show: str, name: str) -> list[Line]:
    """The lines with a cell of this status ("late": overdue or expired where required), of people with this name."""
    wanted = _plain(name)
    return [line for line in lines if _has(line, show) and (not wanted or wanted in _plain(line.name))]


def ordered(lines: Iterable[Line], by: str) -> list[Line]:
    """The lines in order: "" for those needing attention first, "name" or a module's address, with "-" before it for
    the other way round. A module's worst statuses come first with "-"; equal ones stand by date, then by name.
    """
    found = sorted(lines, key=lambda line: (_plain(line.name), line.id.int))
    key, backwards = by.removeprefix("-"), by.startswith("-")
    if key == "name":
        return found[::-1] if backwards else found
    if key == "":
        return sorted(found, key=lambda line: (-line.tally.late, -line.tally.due, -line.tally.to_do))
    ranked = sorted(found, key=lambda line: _attention(line.cell(key)))
    return ranked if backwards else ranked[::-1]


def _attention(cell: ModuleStanding) -> tuple[bool, int, date]:
    """Smaller is worse. What is not required is never worse than what is."""
    return (not cell.required, RANKS[cell.status], cell.standing.on or date.max)


def columns(everyone: Iterable[Iterable[ModuleStanding]], core: Iterable[str]) -> set[str]:
    """Which modules the report shows: the core ones, and others that somebody has begun or finished."""
    used = {cell.module for cells in everyone for cell in cells if cell.standing.status is not Status.NOT_REQUIRED}
    return used.union(core)


def _has(line: Line, show: str) -> bool:
    if show == Show.EVERYONE:
        return True
    if show == Show.LATE:
        return line.tally.late > 0
    return any(cell.status == show for cell in line.cells)


def _plain(name: str) -> str:
    """A name for searching and sorting, as people type it: without accents, in small letters."""
    if name.isascii():
        return name.casefold().strip()
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l").replace("ø", "o"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip()
