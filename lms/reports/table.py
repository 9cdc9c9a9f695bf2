"""The completion report as rows of a file: the same lines as the page, one row for each person and module."""

from collections.abc import Iterator
from datetime import date

from lms.assignments.due import ModuleStanding, Status
from lms.reports.matrix import Line
from lms.reports.queries import Report

HEADINGS = (
    "Name",
    "E-mail",
    "Agency",
    "Team",
    "Job",
    "Module",
    "Module code",
    "Required",
    "Status",
    "In words",
    "First due",
    "Completed on",
    "In date until",
    "Exempt until",
    "As at",
    "Scope",
)


def rows(report: Report) -> Iterator[tuple[str, ...]]:
    """The lines in the order of the page. Dates are written 2027-03-31, so that a spreadsheet can sort them."""
    titles = {module.slug: module.title for module in report.modules}
    for line in report.lines:
        for cell in line.cells:
            yield (*_who(line), titles[cell.module], cell.module, *_where(cell), _day(report.as_at), report.scope)


def _who(line: Line) -> tuple[str, ...]:
    """Name, address, and the memberships for which the reader sees the person."""
    posts = line.posts
    agencies, teams, jobs = (
        "; ".join(dict.fromkeys(part for part in parts if part))
        for parts in (
            [post.agency for post in posts],
            [post.team for post in posts],
            [post.job for post in posts],
        )
    )
    return line.name, line.email, agencies, teams, jobs


def _where(cell: ModuleStanding) -> tuple[str, ...]:
    """Where the person stands, in a word and in words, and the dates it rests on."""
    exempt_until = cell.standing.on if cell.status is Status.EXEMPT else None
    return (
        "yes" if cell.required else "no",
        cell.status.value.replace("-", " "),
        cell.standing.words,
        _day(cell.due_on),
        _day(cell.completed_on),
        _day(cell.valid_until),
        _day(exempt_until),
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
