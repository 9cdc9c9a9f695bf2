"""The sheet of one quiz's answers. It names nobody."""

from lms.analysis import queries, table
from lms.core import clock
from lms.core.actor import Actor
from lms.core.permissions import Permission
from lms.exports.registry import Arguments, Offered
from lms.exports.sheet import Frame, Sheet


def _answers(actor: Actor, arguments: Arguments) -> Sheet:
    """What the answers to one quiz say of its questions. Raises NotFound without a quiz."""
    found = queries.sheet(actor, arguments.get("quiz", ""), clock.today())
    held = list(table.rows(found))
    asks = "decisions" if found.is_scenario else "questions"
    return Sheet(
        name=f"answers-{found.quiz.slug}",
        question=f"Which {asks} are too hard, too easy or a trap?",
        sentence=found.quiz.title,
        columns=table.COLUMNS,
        rows=held,
        total=len(held),
        frame=Frame(
            as_at=found.as_at,
            scope=found.scope,
            filters=found.quiz.title,
            definitions=(table.FIRSTS, table.GROUPS, *(() if found.is_scenario else (table.APART,))),
        ),
        audited={"quiz": found.quiz.slug},
    )


def _chosen(_actor: Actor, arguments: Arguments) -> object:
    """The quiz that was asked for. Raises NotFound."""
    return queries.known(arguments.get("quiz", ""))


SHEETS = (
    Offered(
        name="answers",
        title="What answers say of the questions",
        page="analysis.answers",
        permission=Permission.CONTENT_READ,
        arguments=frozenset({"quiz"}),
        build=_answers,
        check=_chosen,
    ),
)
