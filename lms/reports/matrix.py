"""People by modules as figures: counting, choosing and ordering the lines of the completion report. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
TO_DO = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS})


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

    @property
    def counted(self) -> list[ModuleStanding]:
        """Cells that count: required and not exempt."""
        return [cell for cell in self.cells if cell.required and cell.status is not Status.EXEMPT]

    @property
    def late(self) -> int:
        """How many are overdue or expired."""
        return sum(cell.is_late for cell in self.cells)

    @property
    def due(self) -> int:
        """How many are due soon, for the first time or again."""
        return sum(cell.status is Status.DUE for cell in self.cells)

    @property
    def to_do(self) -> int:
        """How many are required, not done, and neither late nor due soon."""
        return sum(cell.status in TO_DO for cell in self.counted)

    @property
    def in_date(self) -> int:
        """How many of those required are in date with more than 90 days to run."""
        return sum(cell.status is Status.CURRENT for cell in self.counted)

    @property
    def exempt(self) -> int:
        """How many the person is exempt from."""
        return sum(cell.status is Status.EXEMPT for cell in self.cells)

    def cell(self, module: str) -> ModuleStanding:
        """The cell of one module. Raises StopIteration for a module that is not in the report."""
        return next(cell for cell in self.cells if cell.module == module)


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
    lines = list(lines)
    counted = [cell for line in lines for cell in line.counted]
    cells = [cell for line in lines for cell in line.cells]
    return Figures(
        people=len(lines),
        required=len(counted),
        in_date=sum(cell.is_in_date for cell in counted),
        exempt=sum(cell.status is Status.EXEMPT for cell in cells),
        not_required=sum(not cell.required for cell in cells),
        late_people=sum(line.late > 0 for line in lines),
        due_people=sum(line.due > 0 and line.late == 0 for line in lines),
    )


def next_end(lines: Iterable[Line]) -> tuple[date, str] | None:
    """The next date on which a required certificate ends, and whose; None when there is none."""
    ends = [(cell.valid_until, line.name) for line in lines for cell in line.counted if cell.is_in_date]
    return min(((day, name) for day, name in ends if day), default=None)


def chosen(lines: Iterable[Line], show: str, name: str) -> list[Line]:
    """The lines with a cell of this status ("late": overdue or expired where required), of people with this name."""
    wanted = _plain(name)
    return [line for line in lines if _has(line, show) and wanted in _plain(line.name)]


def ordered(lines: Iterable[Line], by: str) -> list[Line]:
    """The lines in order: "" for those needing attention first, "name" or a module's address, with "-" before it for
    the other way round. A module's worst statuses come first with "-"; equal ones stand by date, then by name.
    """
    found = sorted(lines, key=lambda line: (_plain(line.name), str(line.id)))
    key, backwards = by.removeprefix("-"), by.startswith("-")
    if key == "name":
        return found[::-1] if backwards else found
    if key == "":
        return sorted(found, key=lambda line: (-line.late, -line.due, -line.to_do))
    ranked = sorted(found, key=lambda line: _attention(line.cell(key)))
    return ranked if backwards else ranked[::-1]


def _attention(cell: ModuleStanding) -> tuple[bool, int, date]:
    """Smaller is worse. What is not required is never worse than what is."""
    return (not cell.required, RANKS[cell.status], cell.standing.on or date.max)


def columns(lines: Sequence[Line], core: Iterable[str]) -> list[str]:
    """Which modules the report shows: the core ones, and others that somebody has begun or finished."""
    used = {cell.module for line in lines for cell in line.cells if cell.status is not Status.NOT_REQUIRED}
    return [*used.union(core)]


def _has(line: Line, show: str) -> bool:
    if show == Show.EVERYONE:
        return True
    if show == Show.LATE:
        return line.late > 0
    return any(cell.status == show for cell in line.cells)


def _plain(name: str) -> str:
    """A name for searching and sorting, as people type it: without accents, in small letters."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l").replace("ø", "o"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip()
