"""Alive, and ready: two addresses for whoever watches the server."""

from collections.abc import Callable

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from lms.web.access import public

bp = Blueprint("health", __name__)

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
Check = Callable[[], str | None]


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers. Asks nothing of the database."""
    return "alive\n", 200, PLAIN


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """The database is migrated and the content is loaded; otherwise 503 with the reason."""
    checks: tuple[Check, ...] = current_app.extensions["readiness"]
    reasons = [reason for check in checks if (reason := check())]
    if reasons:
        return "\n".join(reasons) + "\n", 503, PLAIN
    return "ready\n", 200, PLAIN
