"""The sheets of reports: what can be taken along and kept as a view."""

from sqlalchemy import and_, func, select

from lms.catalogue import shelf
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.permissions import Permission
from lms.exports.registry import Arguments, Offered
from lms.exports.sheet import Sheet
from lms.people import policy
from lms.people.models import Membership
from lms.reports import queries, table
from lms.reports.forms import FilterForm
from lms.reports.queries import Filters


def _completion(actor: Actor, arguments: Arguments) -> Sheet:
    """Who of the actor's people has done what: the lines of the page, each person with each module."""
    today = clock.today()
    form = FilterForm(queries.reach(actor, today), arguments)
    report = queries.completion(actor, form.filters(), form.reach, form.day)
    return table.sheet(report, form.said)


def _chosen(actor: Actor, arguments: Arguments) -> Filters:
    """What was asked for. Raises NotFound when it is not on offer to the actor."""
    return FilterForm(queries.reach(actor, clock.today()), arguments).filters()


def _most(actor: Actor, arguments: Arguments) -> int:
    """The most rows there can be: everybody counted, with every module of the shelf that is required. One query."""
    chosen = and_(policy.managed(actor, clock.today()), *queries.places(_chosen(actor, arguments)))
    people = db.session.scalar(select(func.count(Membership.person_id.distinct())).where(chosen)) or 0
    return people * sum(module.core for module in shelf.library().modules)


COMPLETION = Offered(
    name="completion",
    title="Who has done what",
    page="reports.completion",
    permission=Permission.REPORT_READ,
    arguments=frozenset({"agency", "team", "status", "q", "as_at", "sort"}),
    build=_completion,
    check=_chosen,
    size=_most,
    free_text=frozenset({"q"}),
)
SHEETS = (COMPLETION,)
