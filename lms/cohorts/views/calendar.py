"""Joint days in people's own calendars: one as a file, or all of them as a private feed."""

from hashlib import sha256
from uuid import UUID

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from lms.cohorts import calendar, entries, feed_address
from lms.cohorts.actions import calendars as actions
from lms.config import Settings
from lms.core.errors import NotFound
from lms.web.access import current_actor, public, signed_in
from lms.web.answers import done
from lms.web.links import absolute

bp = Blueprint("calendar", __name__, template_folder="../templates")


@bp.get("/calendar/<secret>.ics")
@public
def feed(secret: str) -> ResponseReturnValue:
    """All the joint days of whoever holds this address, for a calendar program, which cannot sign in."""
    number = feed_address.number_in(secret, _key())
    person_id = entries.reader(number) if number else None
    if person_id is None:
        raise NotFound
    return _calendar(entries.of_person(person_id)).make_conditional(request)


@bp.get("/cohorts/<uuid:cohort_id>/joint-day.ics")
@signed_in
def download(cohort_id: UUID) -> ResponseReturnValue:
    """The sessions of one joint day on which I have a place, as a file."""
    own = entries.of_person(current_actor().id, cohort_id)
    if not any(not one.withdrawn for one in own):
        raise NotFound
    answer = _calendar(own)
    answer.headers["Content-Disposition"] = 'attachment; filename="joint-day.ics"'
    return answer


@bp.get("/cohorts/calendar")
@signed_in
def feed_page() -> ResponseReturnValue:
    """The private address of my feed, and how to give it to a calendar program."""
    own = entries.feed_of(current_actor().id)
    address = absolute("calendar.feed", secret=feed_address.secret(own.number, _key())) if own else ""
    return render_template("cohorts/calendar.html", feed=own, address=address)


@bp.post("/cohorts/calendar/renew")
@signed_in
def renew() -> ResponseReturnValue:
    """Switch my feed on, or give it a new address."""
    actions.renew(current_actor())
    return done("Your calendar has a new private address. Any before it has stopped.", "calendar.feed_page")


@bp.post("/cohorts/calendar/off")
@signed_in
def switch_off() -> ResponseReturnValue:
    """Switch my feed off."""
    actions.switch_off(current_actor())
    return done("Switched off. The address answers nobody any more.", "calendar.feed_page")


def _key() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.secret_key


def _calendar(own: list[calendar.Entry]) -> Response:
    text = calendar.file(own)
    answer = Response(text, content_type="text/calendar; charset=utf-8")
    answer.set_etag(sha256(text.encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
