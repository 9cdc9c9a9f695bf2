"""The sheets of compliance: the same lines as the pages."""

from collections.abc import Iterator, Sequence

from lms.compliance import queries
from lms.compliance.asking import Asked, asked
from lms.compliance.lines import Line
from lms.core import clock
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.exports.registry import Arguments, Offered
from lms.exports.sheet import Cell, Column, Definition, Frame, Kind, Sheet

HIDDEN = "Not shown"
NUMBERS = (
    Column("people", "People", Kind.NUMBER),
    Column("required", "Required", Kind.NUMBER),
    Column("in_date", "In date", Kind.NUMBER),
    Column("percent", "In date in %", Kind.PERCENT),
    Column("due", "Due", Kind.NUMBER),
    Column("late", "Overdue or expired", Kind.NUMBER),
    Column("exempt", "Exempt", Kind.NUMBER),
    Column("on_leave", "On long leave", Kind.NUMBER),
)
RELEASED = frozenset({"required", "in_date", "percent"})
COUNTED = (
    Definition("Required", "one person and one thing asked of them, without those exempt or on long leave."),
    Definition("In date", "what counts on the day, also in its last 90 days; the percentage is of what is required."),
    Definition("People", "everybody with a post there on the day, once each in every line."),
    Definition("As at", "figures are as they were known at the end of the day; what is noted later changes none."),
)
OUTSIDE = Definition(
    "Not shown",
    "of fewer than five people, or fewer than five are in date or are not, or one could be worked out. Numbers are to "
    "the nearest five and shares are of those, so lines need not add up.",
)


def _read(actor: Actor, arguments: Arguments) -> Asked:
    found = asked(actor, clock.today(), arguments)
    if found is None or found.form.day_problem:
        raise NotFound
    return found


def _frame(wanted: Asked) -> Frame:
    reach = wanted.form.reach
    definitions = (*COUNTED, OUTSIDE) if reach.hides else COUNTED
    return Frame(wanted.form.day, reach.name, wanted.of_what, definitions)


def _columns(*, hides: bool) -> tuple[Column, ...]:
    return tuple(one for one in NUMBERS if not hides or one.key in RELEASED)


def _cells(line: Line, columns: Sequence[Column]) -> Iterator[Cell]:
    for one in columns:
        yield HIDDEN if line.hidden else getattr(line, one.key)


def _table(actor: Actor, arguments: Arguments) -> Sheet:
    """The lines of the table and all together."""
    wanted = _read(actor, arguments)
    found = wanted.table()
    if found is None:
        raise NotFound
    columns = _columns(hides=wanted.form.reach.hides)
    lines = [*found.lines, *([found.total] if found.total else [])]
    return Sheet(
        name="compliance",
        question=f"{wanted.form.reach.name}: how much is in date, by {wanted.form.lines.words.lower()}",
        columns=(Column("name", wanted.form.lines.words), *columns),
        rows=[(one.name, *_cells(one, columns)) for one in lines],
        total=len(lines),
        frame=_frame(wanted),
    )


def _course(actor: Actor, arguments: Arguments) -> Sheet:
    """The month-ends."""
    wanted = _read(actor, arguments)
    hides = wanted.form.reach.hides
    columns = _columns(hides=hides)
    points = queries.course(wanted.form.reach, clock.today(), wanted.target)
    moves = () if hides else (Column("starters", "Came", Kind.NUMBER), Column("leavers", "Left", Kind.NUMBER))
    rows = [(one.day, *_cells(one.line, columns), *(() if hides else (one.starters, one.leavers))) for one in points]
    return Sheet(
        name="compliance-over-time",
        question=f"{wanted.form.reach.name}: how much is in date, month by month",
        columns=(Column("day", "Day", Kind.DATE), *columns, *moves),
        rows=rows,
        total=len(rows),
        frame=_frame(wanted),
    )


SHEETS = (
    Offered(
        name="compliance",
        title="How much is in date, by group",
        page="compliance.table",
        permission=Permission.FIGURES_READ,
        arguments=frozenset({"of", "by", "target", "as_at"}),
        build=_table,
        check=_read,
    ),
    Offered(
        name="compliance-over-time",
        title="How much is in date, month by month",
        page="compliance.course",
        permission=Permission.FIGURES_READ,
        arguments=frozenset({"of", "target"}),
        build=_course,
        check=_read,
    ),
)
