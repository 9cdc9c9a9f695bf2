"""The lists as rows of files: the same lines as the pages. Dates are written 2027-03-31, so that a spreadsheet can sort
them; each row says as at when, and over what.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from lms.catalogue.content import Module
from lms.core import clock
from lms.releasing.dates import Answer, Next
from lms.releasing.queries import Answered, Cover
from lms.web.templating import duration, plain_date

Row = tuple[object, ...]
DUE = (
    *("Name", "E-mail", "Agency", "Team", "Job", "Module", "Module code", "Group", "Status", "In words"),
    *("Since or by", "Next joint day", "Places left", "Next date in words", "As at", "Scope"),
)
COVER = (
    *("Date", "Weekday", "Agency", "Team", "Name", "How firm", "Joint day", "Out that day", "Limit"),
    *("Limit in words", "As at", "Scope"),
)


def due(lines: Iterable[Answered], modules: Mapping[str, Module], as_at: date, scope: str) -> Iterator[Row]:
    """One row for each person and module that is late or due."""
    for line in lines:
        owed, posts = line.owed, line.owed.posts
        agencies, teams, jobs = (
            "; ".join(dict.fromkeys(filter(None, parts)))
            for parts in ([one.agency for one in posts], [one.team for one in posts], [one.job for one in posts])
        )
        on = owed.cell.standing.on
        yield (
            *(owed.name, owed.email, agencies, teams, jobs, modules[owed.cell.module].title, owed.cell.module),
            *(owed.age.words, owed.cell.status.value.replace("-", " "), owed.cell.standing.words),
            *(on.isoformat() if on else "", *_next(line.next, modules[owed.cell.module])),
            *(as_at.isoformat(), scope),
        )


def _next(answer: Next, module: Module) -> tuple[object, object, str]:
    option = answer.option
    day = clock.local(option.starts_at).date().isoformat() if option else ""
    left = option.left if option and answer.answer is Answer.DATE else ""
    return day, left, in_words(answer, module)


def in_words(answer: Next, module: Module) -> str:
    """The next date as a sentence has it."""
    if answer.answer is Answer.ONLINE:
        return f"Online, about {duration(module.minutes)}, any time"
    if answer.option is None:
        return answer.sentence
    day = plain_date(answer.option.starts_at)
    said = _STANDS[answer.option.stands] if answer.option.stands else "Next joint day:"
    return f"{said} {day}, {answer.option.title}"


_STANDS = {
    "booked": "Has a place on",
    "offered": "Is offered a place on",
    "asked": "Asks to come on",
    "waiting": "Waits for",
}


def cover(found: Cover) -> Iterator[Row]:
    """One row for each person, day and joint day; `found` has its names."""
    for row in found.rows:
        place = found.teams.get(row.team_id)
        for one in row.people:
            yield (
                *(row.day.isoformat(), f"{row.day:%A}", place.agency if place else "", place.name if place else ""),
                *(one.name, one.words, one.title, row.out, row.most, row.verdict),
                *(found.as_at.isoformat(), found.scope),
            )
