"""The sheets of joint training: what can be taken along and kept as a view. They name nobody."""

from collections.abc import Iterable

from lms.core import clock
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.exports import sheet as files
from lms.exports.registry import Arguments, Offered
from lms.exports.sheet import Column, Sheet
from lms.together import queries, table
from lms.together.asking import Asked, asked
from lms.together.table import Frame, Row

NAME = "joint-training"


def _asked(actor: Actor, arguments: Arguments, *, rooms: bool = False, meetings: bool = False) -> Asked:
    """What a file was asked for. Raises NotFound where there is nothing to count, for then there is no file."""
    wanted = asked(actor, clock.today(), arguments, rooms=rooms, meetings=meetings)
    if wanted is None or wanted.period is None:
        raise NotFound
    return wanted


def _figures(actor: Actor, arguments: Arguments) -> Sheet:
    """How full the days were and who came, by agency and course."""
    wanted = _asked(actor, arguments)
    frame = wanted.frame
    found = queries.sheet(actor, wanted.reach, frame.period, wanted.today)
    counted = (table.COUNTED, table.ONCE, *([table.HIDDEN] if frame.hides else []))
    return _sheet("figures", "Joint training", table.FIGURES, table.figures(found), (frame, frame.of(*counted)))


def _mix(actor: Actor, arguments: Arguments) -> Sheet:
    """Each agency on each cohort, as planned and on the day."""
    wanted = _asked(actor, arguments, rooms=True)
    _, held = queries.mix(actor, wanted.reach, wanted.frame.period, wanted.today)
    framing = wanted.frame.of(table.COUNTED, table.PLANNED, table.CAME)
    return _sheet("mix", "The mix of rooms", table.MIX, table.mix(held), (wanted.frame, framing))


def _matrix(actor: Actor, arguments: Arguments) -> Sheet:
    """Each pair of agencies: how many of their people have met."""
    wanted = _asked(actor, arguments, meetings=True)
    where, frame = wanted.form.locality.data or "", wanted.frame
    found = queries.matrix(actor, wanted.reach, frame.period, wanted.today, where)
    agency = wanted.reach.agency_id
    pairs = found.of(agency) if agency else [pair for _, row in found.rows for pair in row]
    counted = (table.COUNTED, table.PAIR, table.FEW_PEOPLE if frame.hides else table.COLD)
    rows = table.matrix(found, pairs, where)
    framing = frame.of(*counted, chosen=where)
    return _sheet("who-with-whom", "Who has trained with whom", table.MATRIX, rows, (frame, framing))


def _sheet(
    name: str, words: str, columns: tuple[Column, ...], rows: Iterable[Row], framed: tuple[Frame, files.Frame]
) -> Sheet:
    """The file of some rows; `words` are the page's h1 without its period."""
    frame, framing = framed
    held = list(rows)
    return Sheet(
        name=f"{NAME}-{name}",
        question=f"{words}, {frame.period.name}",
        columns=columns,
        rows=held,
        total=len(held),
        frame=framing,
        part=frame.period.key,
        audited={"period": frame.period.key},
    )


SHEETS = (
    Offered(
        name=f"{NAME}-figures",
        title="Joint training: how full, who came",
        page="together.figures",
        permission=Permission.JOINT_READ,
        arguments=frozenset({"of", "period"}),
        build=_figures,
        check=_asked,
    ),
    Offered(
        name=f"{NAME}-mix",
        title="Joint training: the mix of rooms",
        page="together.mix",
        permission=Permission.JOINT_READ,
        arguments=frozenset({"of", "period"}),
        build=_mix,
        check=lambda actor, arguments: _asked(actor, arguments, rooms=True),
    ),
    Offered(
        name=f"{NAME}-who-with-whom",
        title="Joint training: who has trained with whom",
        page="together.matrix",
        permission=Permission.JOINT_READ,
        arguments=frozenset({"of", "period", "locality"}),
        build=_matrix,
        check=lambda actor, arguments: _asked(actor, arguments, meetings=True),
    ),
)
