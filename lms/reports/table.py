"""The completion report as rows of a file: the same lines as the page, one row for each person and module."""

from collections.abc import Iterator
from datetime import date

from lms.assignments.due import ModuleStanding, Status
from lms.exports.sheet import Cell, Column, Definition, Frame, Kind, Sheet
from lms.reports.matrix import Line
from lms.reports.queries import Report

COLUMNS = (
    Column("name", "Name"),
    Column("email", "E-mail", printed=False),
    Column("agency", "Agency", printed=False),
    Column("team", "Team"),
    Column("job", "Job"),
    Column("module", "Module"),
    Column("code", "Module code", printed=False),
    Column("required", "Required"),
    Column("status", "Status", printed=False),
    Column("words", "In words"),
    Column("due", "First due", Kind.DATE),
    Column("completed", "Completed on", Kind.DATE),
    Column("until", "In date until", Kind.DATE),
    Column("exempt", "Exempt until", Kind.DATE),
)
COUNTED = (
    Definition("Who is counted", "people of the scope who have a post there on the day, once each; leavers are out."),
    Definition("Requirement", "one person and one module or level that their agency asks of them."),
    Definition("In date", "a certificate that counts on the day, also in its last 90 days, of all requirements."),
    Definition("Left out", "whoever is exempt, and what is not required, are counted apart and are in no percentage."),
    Definition("Due", "to be done for the first time within 14 days, or to be renewed within 90."),
    Definition("Never shown", "scores, answers, choices and private notes."),
)


def sheet(report: Report, chosen: str) -> Sheet:
    """The file of a report. `chosen` says in words what shortened the list."""
    found = report.figures
    return Sheet(
        name="completion",
        question=f"{report.scope}: who has done what",
        sentence=f"{found.in_date} of {found.required} requirements are in date ({found.percent}%).",
        columns=COLUMNS,
        rows=rows(report),
        total=len(report.lines) * len(report.modules),
        frame=Frame(report.as_at, report.scope, chosen, COUNTED),
        people=report.lines.ids,
    )


def rows(report: Report) -> Iterator[tuple[Cell, ...]]:
    """The lines in the order of the page."""
    titles = {module.slug: module.title for module in report.modules}
    for line in report.lines:
        who = _who(line)
        for cell in line.cells:
            yield (*who, titles[cell.module], cell.module, *_where(cell))


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


def _where(cell: ModuleStanding) -> tuple[str | date | None, ...]:
    """Where the person stands, in a word and in words, and the dates it rests on."""
    return (
        "yes" if cell.required else "no",
        cell.status.value.replace("-", " "),
        cell.standing.words,
        cell.due_on,
        cell.completed_on,
        cell.valid_until,
        cell.standing.on if cell.status is Status.EXEMPT else None,
    )
