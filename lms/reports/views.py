"""Pages of reports: my team's completion, the same as a file, and one person."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.assignments.actions import exempting as assignments
from lms.chasing import queries as chasing
from lms.core import clock
from lms.core.permissions import Permission, Role
from lms.exports.answering import answer
from lms.people import deputies
from lms.reports import actions, queries
from lms.reports.forms import ExemptionForm, FilterForm
from lms.web.access import current_actor, requires, signed_in
from lms.web.answers import done
from lms.web.asking import page_asked
from lms.web.limits import costly
from lms.web.templating import plain_date

bp = Blueprint("reports", __name__, template_folder="templates", url_prefix="/reports")

PEOPLE_A_PAGE = 25


@bp.get("/completion")
@requires(Permission.REPORT_READ)
def completion() -> ResponseReturnValue:
    """Who of my people has done what, those needing attention first."""
    actor, today = current_actor(), clock.today()
    form = FilterForm(queries.reach(actor, today))
    report = queries.completion(actor, form.filters(), form.reach, form.day)
    paged = page_asked(report.lines, PEOPLE_A_PAGE)
    actions.seen(actor, [line.id for line in paged.things])
    whole_agencies = bool(actor.managed_agencies or actor.partnerships(Role.COORDINATOR))
    now = form.day == today  # nobody is reminded of how things stood once
    chased = chasing.reachable(actor, [line.id for line in paged.things] if now else (), today)
    late = chasing.how_many(actor, report.late, today) if now and report.figures.late_people else 0
    return render_template(
        "reports/completion.html",
        report=report,
        form=form,
        paged=paged,
        whole_agencies=whole_agencies,
        chased=chased,
        late=late,
        me_too=now and report.figures.late_people > 0 and queries.is_late(report, actor),
        today=today,
    ), HTTPStatus.UNPROCESSABLE_ENTITY if form.day_problem else HTTPStatus.OK


@bp.get("/completion.csv")
@requires(Permission.REPORT_READ)
@costly("files")
def completion_csv() -> ResponseReturnValue:
    """The same people as a file: one row for each person and module, with the same filters."""
    return answer("completion", "csv")


@bp.get("/people/<uuid:person_id>/")
@requires(Permission.REPORT_READ)
def person(person_id: UUID) -> ResponseReturnValue:
    """One person's dates, completions and exemptions."""
    found = queries.person(current_actor(), person_id, clock.today())
    actions.seen(current_actor(), [person_id])
    return _person_page(found, ExemptionForm(found.asked))


@bp.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """What managers see of me, with the reason of any exemption."""
    found = queries.mine(current_actor(), clock.today())
    standing_in = deputies.over(current_actor(), clock.today())
    return render_template("reports/mine.html", person=found, titles=found.titles, deputies=standing_in)


@bp.post("/people/<uuid:person_id>/exemptions")
@requires(Permission.REQUIREMENT_EXEMPT)
def exempt(person_id: UUID) -> ResponseReturnValue:
    """Exempt a person from a module."""
    found = queries.person(current_actor(), person_id, clock.today())
    form = ExemptionForm(found.asked)
    if form.submitted():
        with form.showing_refusals():
            assignments.exempt(current_actor(), person_id, form.module.data, form.reason.data or "", form.last_day)
            until = f" until {plain_date(form.last_day)}" if form.last_day else ""
            return done(f"The exemption runs{until}.", "reports.person", person_id=person_id)
    return _person_page(found, form)


@bp.post("/people/<uuid:person_id>/exemptions/<uuid:exemption_id>/end")
@requires(Permission.REQUIREMENT_EXEMPT)
def end_exemption(person_id: UUID, exemption_id: UUID) -> ResponseReturnValue:
    """End an exemption; the module counts again from today."""
    assignments.end_exemption(current_actor(), person_id, exemption_id)
    return done("The exemption has ended. The module counts again from today.", "reports.person", person_id=person_id)


def _person_page(found: queries.PersonReport, form: ExemptionForm) -> ResponseReturnValue:
    """The page of a person; a refused form is shown on it, without noting a second look."""
    chased = chasing.reachable(current_actor(), [found.id], clock.today())
    page = render_template("reports/person.html", person=found, form=form, titles=found.titles, chased=chased)
    return page, form.status
