"""Pages for whoever lets people go to joint days: what is due and overdue with the next date, booking a date for
somebody, who of a team is out when, and a team's limit.
"""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.catalogue import shelf
from lms.chasing import queries as chasing
from lms.cohorts.actions import releasing, sparing
from lms.cohorts.models import Booking
from lms.cohorts.states import BookingState
from lms.core import clock
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.releasing import actions, days, queries
from lms.releasing.forms import CoverForm, DueForm, LimitForm, ReleaseForm
from lms.reports import queries as reports
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.asking import page_asked

bp = Blueprint("releasing", __name__, template_folder="templates", url_prefix="/reports")

ROWS_A_PAGE = 25


@bp.get("/due")
@requires(Permission.REPORT_READ)
def due() -> ResponseReturnValue:
    """What is late or due, the longest overdue first, each with the next date that keeps the team covered."""
    actor, today = current_actor(), clock.today()
    form = DueForm(reports.reach(actor, today))
    filters = form.filters()
    found = queries.due(actor, filters, form.reach, today, form.show.data or "")
    paged = page_asked(found.lines, ROWS_A_PAGE)
    lines = list(queries.answered(actor, filters, paged.things, today))
    actions.seen(actor, [one.owed.person for one in lines], actions.OWED)
    return render_template(
        "releasing/due.html",
        due=found,
        form=form,
        paged=paged,
        lines=lines,
        titles=queries.titles(actor),
        may_remind=bool(chasing.reachable(actor, {one.owed.person for one in lines}, today)),
    )


@bp.get("/people/<uuid:person_id>/dates/<module>")
@requires(Permission.REPORT_READ)
def dates(person_id: UUID, module: str) -> ResponseReturnValue:
    """All open joint days that serve a module, with what stands in the way of each for this person."""
    known = shelf.library().module(module)
    if known is None:
        raise NotFound
    found = queries.dates_for(current_actor(), person_id, module, clock.today())
    actions.seen(current_actor(), [person_id], actions.AWAY)
    return render_template("releasing/dates.html", dates=found, module=known)


@bp.get("/people/<uuid:person_id>/joint-days/<uuid:cohort_id>")
@requires(Permission.REPORT_READ)
def check(person_id: UUID, cohort_id: UUID) -> ResponseReturnValue:
    """What booking this day for this person means, before it is done."""
    found = queries.check(current_actor(), person_id, cohort_id, clock.today())
    actions.seen(current_actor(), [person_id, *days.named_in(found.rows)], actions.AWAY)
    return _check_page(found, ReleaseForm())


def _check_page(found: queries.Check, form: ReleaseForm) -> ResponseReturnValue:
    """The page; a refused form is shown on it, without noting a second look."""
    page = render_template("releasing/check.html", check=found, form=form, option=found.option)
    return page, form.status


@bp.post("/people/<uuid:person_id>/joint-days/<uuid:cohort_id>")
@requires(Permission.REPORT_READ)
def book(person_id: UUID, cohort_id: UUID) -> ResponseReturnValue:
    """Book the day for the person."""
    form = ReleaseForm()
    queries.check(current_actor(), person_id, cohort_id, clock.today())
    if form.submitted():
        with form.showing_refusals():
            booking = releasing.release(current_actor(), cohort_id, person_id, form.reason.data or "")
            return done(_said(booking), "releasing.due")
    return _check_page(queries.check(current_actor(), person_id, cohort_id, clock.today()), form)


def _said(booking: Booking) -> str:
    name = booking.person.name
    if booking.state == BookingState.BOOKED:
        return f"Booked. {name} has a place and is told."
    return f"{name} is on the waiting list and is told why."


@bp.get("/cover")
@requires(Permission.REPORT_READ)
def cover() -> ResponseReturnValue:
    """Who of my teams is out when, over eight weeks."""
    actor, today = current_actor(), clock.today()
    form = CoverForm(reports.reach(actor, today))
    found = queries.cover(actor, form.filters(), form.reach, form.monday(today), today)
    paged = page_asked(found.rows, ROWS_A_PAGE)
    rows = queries.with_names(actor, paged.things, today)
    actions.seen(actor, days.named_in(rows), actions.AWAY)
    return render_template(
        "releasing/cover.html",
        cover=found,
        form=form,
        paged=paged,
        weeks=list(days.in_weeks(rows)),
        free=days.free_weeks(found.rows, found.monday),
        days=days,
        sets_limits=[team for team in found.teams.values() if queries.sets_limit(actor, team)],
    )


@bp.get("/cover/<uuid:team_id>/limit")
@requires(Permission.REPORT_READ)
def limit(team_id: UUID) -> ResponseReturnValue:
    """A team's limit, to set or take away."""
    form, found = LimitForm(), queries.team_limit(current_actor(), team_id)
    form.say(found.limit)
    return render_template("releasing/limit.html", form=form, found=found)


@bp.post("/cover/<uuid:team_id>/limit")
@requires(Permission.REPORT_READ)
def set_limit(team_id: UUID) -> ResponseReturnValue:
    """Set it."""
    form, found = LimitForm(), queries.team_limit(current_actor(), team_id)
    if form.submitted():
        with form.showing_refusals():
            sparing.set_limit(current_actor(), team_id, form.limit)
            return done(
                f"Saved for {found.team.name}: {form.limit.words(found.size)}.", "releasing.cover", team=team_id
            )
    return render_template("releasing/limit.html", form=form, found=found), form.status
