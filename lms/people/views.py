"""Agencies and people, for the partnership's administrator."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.core.permissions import Permission
from lms.people import actions, queries
from lms.people.forms import LocalityForm
from lms.people.models import Agency
from lms.web.access import current_actor, requires
from lms.web.answers import done

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
