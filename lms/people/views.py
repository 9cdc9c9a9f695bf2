"""Agencies and people, for the partnership's administrator."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.core.permissions import Permission
from lms.people import queries
from lms.web.access import current_actor, requires

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
    found = queries.get_agency(current_actor(), agency_id)
    return render_template("people/agency.html", agency=found, members=queries.members(current_actor(), found))
