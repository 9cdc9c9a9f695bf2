"""The sheets of releasing: what can be taken along and kept as a view."""

from sqlalchemy import and_, func, select

from lms.catalogue import shelf
from lms.cohorts.models import Booking
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.permissions import Permission
from lms.exports.registry import Arguments, Offered
from lms.exports.sheet import Sheet
from lms.people import policy
from lms.people.models import Membership
from lms.releasing import queries, table
from lms.releasing.forms import CoverForm, DueForm
from lms.reports import queries as reports
from lms.reports.queries import Filters


def _due(actor: Actor, arguments: Arguments) -> Sheet:
    """What is overdue and due: the lines of the page."""
    today = clock.today()
    form = DueForm(reports.reach(actor, today), arguments)
    filters = form.filters()
    found = queries.due(actor, filters, form.reach, today, form.show.data or "")
    lines = list(queries.answered(actor, filters, found.lines, today))
    return table.due_sheet(found, lines, queries.titles(actor), form.said)


def _chosen_due(actor: Actor, arguments: Arguments) -> Filters:
    """What was asked for. Raises NotFound when it is not on offer to the actor."""
    return DueForm(reports.reach(actor, clock.today()), arguments).filters()


def _most_due(actor: Actor, arguments: Arguments) -> int:
    """The most rows there can be: everybody counted, with every required module of the shelf. One query."""
    chosen = and_(policy.managed(actor, clock.today()), *reports.places(_chosen_due(actor, arguments)))
    people = db.session.scalar(select(func.count(Membership.person_id.distinct())).where(chosen)) or 0
    return people * sum(module.core for module in shelf.library().modules)


def _cover(actor: Actor, arguments: Arguments) -> Sheet:
    """Who is out when: the days of all pages."""
    today = clock.today()
    form = CoverForm(reports.reach(actor, today), arguments)
    found = queries.cover(actor, form.filters(), form.reach, form.monday(today), today)
    return table.cover_sheet(found, queries.with_names(actor, found.rows, today))


def _chosen_cover(actor: Actor, arguments: Arguments) -> Filters:
    """What was asked for. Raises NotFound when it is not on offer to the actor."""
    form = CoverForm(reports.reach(actor, clock.today()), arguments)
    form.monday(clock.today())
    return form.filters()


def _most_cover(actor: Actor, arguments: Arguments) -> int:
    """More than there can be: every entry of everybody counted, on any joint day. One query."""
    chosen = and_(policy.managed(actor, clock.today()), *reports.places(_chosen_cover(actor, arguments)))
    people = select(Membership.person_id).where(chosen)
    return db.session.scalar(select(func.count(Booking.id)).where(Booking.person_id.in_(people))) or 0


DUE = Offered(
    name="due",
    title="Due and overdue",
    page="releasing.due",
    permission=Permission.REPORT_READ,
    arguments=frozenset({"agency", "team", "age"}),
    build=_due,
    check=_chosen_due,
    size=_most_due,
)
COVER = Offered(
    name="cover",
    title="Team cover",
    page="releasing.cover",
    permission=Permission.REPORT_READ,
    arguments=frozenset({"agency", "team", "from"}),
    build=_cover,
    check=_chosen_cover,
    size=_most_cover,
)
SHEETS = (DUE, COVER)
