"""The sheets of joint training: what can be taken along and kept as a view. They name nobody."""

from collections.abc import Iterable

from lms.core import clock
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.exports import sheet as files
from lms.exports.registry import Arguments, Offered
from lms.exports.sheet import Column, Sheet
from lms.together import evaluations, queries, queues, table
from lms.together.asking import EVALUATION, FIGURES, MEETINGS, ROOMS, WAITING, About, Asked, asked
from lms.together.table import Frame, Row

NAME = "joint-training"


def _asked(actor: Actor, arguments: Arguments, about: About = FIGURES) -> Asked:
    """What a file was asked for. Raises NotFound where there is nothing to count, for then there is no file."""
    wanted = asked(actor, clock.today(), about, arguments)
    if wanted is None or wanted.period is None:
        raise NotFound
    return wanted


def _figures(actor: Actor, arguments: Arguments) -> Sheet:
    """How full the days were and who came, by agency and course."""
    wanted = _asked(actor, arguments)
    frame = wanted.frame
    found = queries.sheet(actor, wanted.reach, frame.period, wanted.today)
    counted = (table.COUNTED, table.ONCE, *([table.HIDDEN] if frame.hides else []))
    return _sheet(
        "figures",
        "Are the places on joint days used?",
        table.FIGURES,
        table.figures(found),
        (frame, frame.of(*counted)),
    )


def _mix(actor: Actor, arguments: Arguments) -> Sheet:
    """Each agency on each cohort, as planned and on the day."""
    wanted = _asked(actor, arguments, ROOMS)
    _, held = queries.mix(actor, wanted.reach, wanted.frame.period, wanted.today)
    framing = wanted.frame.of(table.COUNTED, table.PLANNED, table.CAME)
    return _sheet("mix", "Are the rooms mixed?", table.MIX, table.mix(held), (wanted.frame, framing))


def _matrix(actor: Actor, arguments: Arguments) -> Sheet:
    """Each pair of agencies: how many of their people have met; for one agency, how many of its own."""
    wanted = _asked(actor, arguments, MEETINGS)
    where, frame = wanted.form.locality.data or "", wanted.frame
    found = queries.matrix(actor, wanted.reach, frame.period, wanted.today, where)
    name, words, agency = "who-with-whom", "Who has trained with whom?", wanted.reach.agency_id
    if agency:
        framing = frame.of(table.COUNTED, table.OWN_PEOPLE, chosen=where)
        return _sheet(name, words, table.OWN_MATRIX, table.own_matrix(found.of(agency), where), (frame, framing))
    framing = frame.of(table.COUNTED, table.PAIR, table.FEW_PEOPLE if frame.hides else table.COLD, chosen=where)
    pairs = [pair for _, row in found.rows for pair in row]
    return _sheet(name, words, table.MATRIX, table.matrix(found, pairs, where), (frame, framing))


def _waiting(actor: Actor, arguments: Arguments) -> Sheet:
    """Waits by agency and job, offers, requests declined, and places held."""
    wanted = _asked(actor, arguments, WAITING)
    frame = wanted.frame
    found = queues.queue(actor, wanted.reach, frame.period, wanted.today)
    framing = frame.of(table.ASKED_FOR, table.WAIT, table.HIDDEN if frame.hides else table.DECLINED)
    words = "Who waits for a place, and how long?"
    return _sheet("waiting", words, table.WAITING, table.waiting(found), (frame, framing))


def _evaluation(actor: Actor, arguments: Arguments) -> Sheet:
    """What joint days changed, level by level."""
    wanted = _asked(actor, arguments, EVALUATION)
    course, frame = wanted.form.course.data or "", wanted.frame
    found = evaluations.evaluation(actor, wanted.reach, frame.period, wanted.today, course)
    framing = frame.of(table.PARTS, table.LIMITS, chosen=course)
    rows = table.evaluation(found)
    return _sheet("evaluation", "What do joint days change?", table.EVALUATION, rows, (frame, framing))


def _sheet(
    name: str, words: str, columns: tuple[Column, ...], rows: Iterable[Row], framed: tuple[Frame, files.Frame]
) -> Sheet:
    """The file of some rows; `words` are the page's h1."""
    frame, framing = framed
    held = list(rows)
    return Sheet(
        name=f"{NAME}-{name}",
        question=words,
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
        check=lambda actor, arguments: _asked(actor, arguments, ROOMS),
    ),
    Offered(
        name=f"{NAME}-who-with-whom",
        title="Joint training: who has trained with whom",
        page="together.matrix",
        permission=Permission.JOINT_READ,
        arguments=frozenset({"of", "period", "locality"}),
        build=_matrix,
        check=lambda actor, arguments: _asked(actor, arguments, MEETINGS),
    ),
    Offered(
        name=f"{NAME}-waiting",
        title="Joint training: who waits, and how long",
        page="together.waiting",
        permission=Permission.JOINT_READ,
        arguments=frozenset({"of", "period"}),
        build=_waiting,
        check=lambda actor, arguments: _asked(actor, arguments, WAITING),
    ),
    Offered(
        name=f"{NAME}-evaluation",
        title="Joint training: what changes",
        page="together.evaluation",
        permission=Permission.JOINT_READ,
        arguments=frozenset({"of", "period", "course"}),
        build=_evaluation,
        check=lambda actor, arguments: _asked(actor, arguments, EVALUATION),
    ),
)
