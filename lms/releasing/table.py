"""The lists as sheets: the same lines as the pages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from lms.catalogue.content import Module
from lms.core import clock
from lms.exports.sheet import Cell, Column, Definition, Frame, Kind, Sheet
from lms.releasing import actions, days
from lms.releasing.dates import Answer, Next
from lms.releasing.days import Row
from lms.releasing.queries import Answered, Cover, Due, Titles
from lms.web.templating import duration, plain_date

HOURS = "Counted in hours, of modules and joint days"

DUE = (
    *(Column("name", "Name"), Column("email", "E-mail", printed=False), Column("agency", "Agency", printed=False)),
    *(Column("team", "Team"), Column("job", "Job", printed=False), Column("module", "Module")),
    *(
        Column("code", "Module code", printed=False),
        Column("group", "Group"),
        Column("status", "Status", printed=False),
    ),
    *(Column("words", "In words"), Column("on", "Since or by", Kind.DATE, printed=False)),
    *(Column("next", "Next joint day", Kind.DATE), Column("left", "Places left", Kind.NUMBER, printed=False)),
    *(Column("answer", "Next date in words"), Column("reminded", "Last reminded", Kind.DATE, printed=False)),
)
COVER = (
    *(Column("date", "Date", Kind.DATE), Column("weekday", "Weekday"), Column("agency", "Agency", printed=False)),
    *(Column("team", "Team"), Column("name", "Name"), Column("firm", "How firm"), Column("day", "Joint day")),
    *(Column("out", "Out that day", Kind.NUMBER), Column("limit", "Limit", Kind.NUMBER)),
    Column("stands", "How it stands"),
)
DUE_COUNTED = (
    Definition("Who is counted", "people of the scope who have a post there on the day; leavers are out."),
    Definition("A line", "one person and one required module that is overdue, expired or due, without exempt ones."),
    Definition("Overdue", "since the date it was due on; expired: since the last day of the certificate."),
    Definition("Due soon", "to be done for the first time within 14 days, or to be renewed within 90."),
    Definition(
        "Next joint day",
        "the first open one that lists the module to prepare, for which the person is free and prepared, with a place "
        "for their agency, and on which no more of their team are out than its limit.",
    ),
    Definition("Never shown", "scores, answers, choices and private notes."),
)
COVER_COUNTED = (
    Definition("Out", "people with a place, or an offer of one, on a joint day for this agency, on each of its dates."),
    Definition("Limit", "what the team’s manager has set, else 20% of the people in the team today, at least one."),
    Definition("Left out", "who asks or waits is named and not counted. Other absences than joint days are not known."),
    Definition("Without a name", "who is not in the reader’s teams today."),
)


def due_sheet(found: Due, lines: Sequence[Answered], titles: Titles, chosen: str) -> Sheet:
    """What is overdue and due, with the next date for each line. `chosen` says in words what shortened the list."""
    rows = list(_due(lines, titles))
    return Sheet(
        name="due",
        question=f"{found.scope}: due and overdue",
        sentence=found.sentence,
        columns=DUE,
        rows=rows,
        total=len(rows),
        frame=Frame(found.as_at, found.scope, chosen, DUE_COUNTED),
        people=tuple(dict.fromkeys(line.owed.person for line in lines)),
    )


def cover_sheet(found: Cover, named: Sequence[Row]) -> Sheet:
    """Who is out when; `named` are its rows with the names that the reader sees."""
    rows = list(_cover(replace(found, rows=named)))
    return Sheet(
        name="cover",
        question=f"{found.scope}: who is out when",
        sentence=f"From {plain_date(found.monday)} to {plain_date(found.last)}. {found.sentence}",
        columns=COVER,
        rows=rows,
        total=len(rows),
        frame=Frame(found.as_at, found.scope, "", COVER_COUNTED),
        people=tuple(days.named_in(named)),
        noted=actions.AWAY_TAKEN,
        part=found.monday.isoformat(),
    )


def _due(lines: Iterable[Answered], titles: Titles) -> Iterator[tuple[Cell, ...]]:
    for line in lines:
        owed, cell, posts = line.owed, line.cell, line.line.posts
        agencies, teams, jobs = (
            "; ".join(dict.fromkeys(filter(None, parts)))
            for parts in ([one.agency for one in posts], [one.team for one in posts], [one.job for one in posts])
        )
        yield (
            *(owed.name, line.line.email, agencies, teams, jobs, titles.of[owed.target], owed.target),
            *(owed.age.words, cell.standing.words, cell.status.value.replace("-", " ")),
            *(cell.standing.on, *_next(line.next, titles.modules.get(owed.target)), line.reminded),
        )


def _next(answer: Next, module: Module | None) -> tuple[date | None, int | None, str]:
    option = answer.option
    day = clock.local(option.starts_at).date() if option else None
    left = option.left if option and answer.answer is Answer.DATE else None
    return day, left, in_words(answer, module)


def in_words(answer: Next, module: Module | None) -> str:
    """The next date as a sentence has it."""
    if answer.answer is Answer.HOURS or module is None:
        return HOURS
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


def _cover(found: Cover) -> Iterator[tuple[Cell, ...]]:
    """One row for each person, day and joint day."""
    for row in found.rows:
        place = found.teams.get(row.team_id)
        for one in row.people:
            yield (
                *(row.day, f"{row.day:%A}", place.agency if place else "", place.name if place else ""),
                *(one.name, one.words, one.title, row.out, row.most, row.verdict),
            )
