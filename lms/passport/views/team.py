"""The certificates of a manager's people, as one file."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lms.core import clock
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Permission
from lms.passport import team
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.downloads import attachment

bp = Blueprint("bundle", __name__, url_prefix="/reports")


@bp.get("/certificates.zip")
@requires(Permission.REPORT_READ)
def certificates() -> ResponseReturnValue:
    """The certificates in date of my people, or of one agency or team of them, as PDFs named after the people.
    What cannot be had is told on the page the link stands on.
    """
    actor, asked = current_actor(), {"agency": _asked("agency"), "team": _asked("team")}
    try:
        chosen = team.certificates(actor, asked["agency"], asked["team"])
    except Refusal as refusal:
        return done(refusal.sentence, "reports.completion", **asked)
    team.taken(actor, chosen)
    return attachment(team.bundle(chosen), "application/zip", f"certificates-{clock.today().isoformat()}.zip")


def _asked(name: str) -> UUID | None:
    """The agency or team in the address; none where it is empty. Raises NotFound for what is no identity."""
    text = request.args.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None
