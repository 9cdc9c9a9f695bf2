"""An administrator's page: connecting an agency's directory, and ending a connection."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.core.permissions import Permission
from lms.interop.scim import actions, queries
from lms.interop.scim.forms import ConnectForm
from lms.people import queries as people
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.links import absolute

bp = Blueprint("directory", __name__, template_folder="templates", url_prefix="/people/agencies")


@bp.get("/<uuid:agency_id>/directory")
@requires(Permission.AGENCY_EDIT)
def show(agency_id: UUID) -> ResponseReturnValue:
    """Which directories tell about an agency's people."""
    return _page(agency_id, ConnectForm())


@bp.post("/<uuid:agency_id>/directory")
@requires(Permission.AGENCY_EDIT)
def connect(agency_id: UUID) -> ResponseReturnValue:
    """Connect a directory; its token is shown on the answer, and never again."""
    form = ConnectForm()
    people.get_agency(current_actor(), agency_id)
    if form.submitted():
        _made, token = actions.connect(current_actor(), agency_id, form.name.data or "")
        return _page(agency_id, ConnectForm(None), token)
    return _page(agency_id, form)


@bp.post("/directory/<uuid:connection_id>/end")
@requires(Permission.AGENCY_EDIT)
def disconnect(connection_id: UUID) -> ResponseReturnValue:
    """End a connection."""
    ended = actions.disconnect(current_actor(), connection_id)
    return done(f"{ended.name} is no longer connected. The people stay as they are.", "directory.show",
                agency_id=ended.agency_id)  # fmt: skip


def _page(agency_id: UUID, form: ConnectForm, token: str = "") -> ResponseReturnValue:
    actor = current_actor()
    page = render_template(
        "scim/directory.html",
        agency=people.get_agency(actor, agency_id),
        connections=queries.connections(actor, agency_id),
        form=form,
        secret=token,
        address=absolute("scim.config").removesuffix("/ServiceProviderConfig"),
    )
    return page, 200 if token else form.status
