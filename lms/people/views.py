"""Agencies and people, for the partnership's administrator; and deputies, for managers and whoever stands in."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.core import clock
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.people import actions, queries
from lms.people import deputies as standing_in
from lms.people.deputies import Absence
from lms.people.forms import DeputyForm, LocalityForm
from lms.people.models import Agency
from lms.web.access import current_actor, requires, signed_in
from lms.web.answers import done
from lms.web.templating import plain_date

bp = Blueprint("people", __name__, template_folder="templates", url_prefix="/people")


@bp.get("/agencies/")
@requires(Permission.AGENCY_READ)
def agencies() -> ResponseReturnValue:
    """All agencies with their teams and how many people each has."""
    return render_template("people/agencies.html", agencies=queries.agency_sizes(current_actor()))


@bp.get("/agencies/<uuid:agency_id>/")
@requires(Permission.AGENCY_READ)
def agency(agency_id: UUID) -> ResponseReturnValue:
    """One agency: who works there, since when, and with which roles."""
    return _agency_page(queries.get_agency(current_actor(), agency_id))


@bp.post("/agencies/<uuid:agency_id>/localities")
@requires(Permission.AGENCY_EDIT)
def set_locality(agency_id: UUID) -> ResponseReturnValue:
    """Say which part of the area a team works in."""
    found = queries.get_agency(current_actor(), agency_id)
    form = LocalityForm(queries.teams(current_actor(), found))
    if form.submitted():
        team = actions.set_locality(current_actor(), found, form.team_id, form.locality.data or "")
        where = f"works in {team.locality}" if team.locality else "has no locality"
        return done(f"Saved. {team.name} {where}.", "people.agency", agency_id=agency_id)
    return _agency_page(found, form)


def _agency_page(found: Agency, form: LocalityForm | None = None) -> ResponseReturnValue:
    actor = current_actor()
    teams, members = queries.teams(actor, found), queries.members(actor, found)
    form = form or LocalityForm(teams)
    return render_template("people/agency.html", agency=found, members=members, teams=teams, form=form), form.status


@bp.get("/deputies")
@signed_in
def deputies() -> ResponseReturnValue:
    """Who stands in for me, and for whom I stand in."""
    return _deputies_page(DeputyForm(standing_in.managed_posts(current_actor())))


@bp.post("/deputies")
@signed_in
def name_deputy() -> ResponseReturnValue:
    """Name a deputy for the days I am away."""
    actor = current_actor()
    posts = standing_in.managed_posts(actor)
    if not posts:
        raise NotFound
    form = DeputyForm(posts)
    if form.submitted():
        with form.showing_refusals():
            made = standing_in.name(actor, form.post_id, form.who.data or "", Absence(*form.days))
            days = f"from {plain_date(made.first_day)} to {plain_date(made.last_day)}"
            return done(f"{made.person.name} is your deputy {days}, and is told by mail.", "people.deputies")
    return _deputies_page(form)


@bp.post("/deputies/<uuid:deputy_id>/end")
@signed_in
def end_deputy(deputy_id: UUID) -> ResponseReturnValue:
    """End it early, as the manager or as the deputy."""
    standing_in.end(current_actor(), deputy_id)
    return done("It has ended. The other one is told by mail.", "people.deputies")


def _deputies_page(form: DeputyForm) -> ResponseReturnValue:
    actor, today = current_actor(), clock.today()
    posts = standing_in.managed_posts(actor)
    found = standing_in.mine(actor, today)
    page = render_template("people/deputies.html", form=form, posts=posts, found=found, today=today)
    return page, form.status
