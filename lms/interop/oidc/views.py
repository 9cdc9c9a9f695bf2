"""Signing in at an agency's provider: the list of them, the way there, and the way back."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.interop.oidc import arriving, flow
from lms.interop.oidc.arriving import NotLetIn
from lms.interop.oidc.fetching import Away, Strange
from lms.interop.oidc.tokens import BadToken
from lms.signin import failing, providers, throttle
from lms.signin.throttle import TooManyTries
from lms.signin.views.browsers import TOO_MANY, browser, hand_over
from lms.web.access import actor_or_none, public, reads_first, writes_on_get
from lms.web.answers import is_ours, onward

bp = Blueprint("oidc", __name__, template_folder="templates", url_prefix="/sign-in/agency")
KEPT = "ways"
MOST_KEPT = 3  # ways begun in one browser at once
LONGEST_TARGET = 500
REFUSED, NOT_NOW = 403, 503
STRANGE = (
    "What {} sent cannot be trusted, so nobody was signed in. Begin once more; if it goes on, tell the person who "
    "looks after accounts in your agency."
)
AWAY = "{} does not answer at this moment. Wait a minute, then try again."


@bp.get("/")
@public
def choose() -> ResponseReturnValue:
    """The agencies that sign in at a provider of their own."""
    return render_template("oidc/choose.html", providers=providers.active(), target=_target(request.args.get("next")))


@bp.get("/with/<uuid:provider_id>")
@public
def go(provider_id: UUID) -> ResponseReturnValue:
    """Send somebody to their agency's provider."""
    try:
        found = arriving.provider(provider_id)
        name, client = found.name, arriving.client(found)
    except Refusal as refusal:
        return _refused(refusal.sentence, REFUSED)
    db.session.rollback()  # the network is slow: no connection to the database waits for it
    way = flow.begin(str(provider_id), _target(request.args.get("next")))
    try:
        address = flow.address(client, way)
    except (Away, Strange):
        return _refused(AWAY.format(name), NOT_NOW)
    cookie[KEPT] = [*cookie.get(KEPT, []), way.kept][-MOST_KEPT:]
    return redirect(address, 303)


@bp.get("/<uuid:agency_id>/back")
@public
@writes_on_get
@reads_first
def back(agency_id: UUID) -> ResponseReturnValue:
    """Where the provider sends people back to; signs in whoever it vouches for."""
    way = flow.started(cookie.get(KEPT), request.args.get("state", ""))
    if way is None or way.is_over:
        return _refused(arriving.AGAIN, REFUSED)
    cookie[KEPT] = [one for one in cookie[KEPT] if one["state"] != way.state]
    try:
        found = arriving.provider(UUID(way.provider))
        name, client = found.name, arriving.client(found)
        if found.agency_id != agency_id:
            raise NotFound
        db.session.rollback()
        token = _arrived(client, way)
    except NotLetIn as refusal:
        return _refused(refusal.sentence, REFUSED, way, refusal.why)
    except TooManyTries as refusal:
        return _refused(refusal.sentence, TOO_MANY)
    except Away as fault:
        return _refused(AWAY.format(name), NOT_NOW, way, str(fault))
    except (Strange, BadToken) as fault:
        return _refused(STRANGE.format(name), REFUSED, way, str(fault))
    hand_over(token)
    return onward(way.target, redirect(url_for("home.home"), 303))


def _arrived(client: flow.Client, way: flow.Started) -> str:
    """The token of the sign-in. Raises all that `back` answers."""
    if "error" in request.args:
        raise NotLetIn("said no", "You were not signed in over there. Begin once more when you are ready.")
    limit = throttle.limit("address", browser().address, 100)
    throttle.take(limit)
    claims = flow.finish(client, way, request.args)
    token = arriving.arrive(way, claims, browser(), actor_or_none())
    throttle.give_back(limit)
    return token


def _refused(sentence: str, status: int, way: flow.Started | None = None, why: str = "") -> ResponseReturnValue:
    """A page that says why, after a note in the record where the way had begun here."""
    db.session.rollback()
    if way:
        failing.note_refused(UUID(way.provider), why, browser().address)
    return render_template("oidc/refused.html", sentence=sentence, target=way.target if way else ""), status


def _target(text: str | None) -> str:
    return text if text and is_ours(text) and len(text) <= LONGEST_TARGET else ""
