"""Signing in by phone: the page a room shows, and the page its code opens."""

from uuid import UUID

import segno
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.cohorts import queries, rooms, whereabouts
from lms.cohorts.actions import arriving as actions
from lms.core import clock
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires, signed_in
from lms.web.answers import done
from lms.web.forms import PageForm
from lms.web.links import absolute
from lms.web.renewing import seconds_to

bp = Blueprint("arriving", __name__, url_prefix="/cohorts")

INK = "#000"


@bp.get("/<uuid:cohort_id>/sessions/<uuid:session_id>/room")
@requires(Permission.COHORT_EDIT)
def room(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """The page for the screen of a room: the code to scan, and when sign-in is open."""
    return _room(cohort_id, session_id, PageForm(None))


def _room(cohort_id: UUID, session_id: UUID, form: PageForm) -> ResponseReturnValue:
    cohort = queries.get_run(current_actor(), cohort_id)
    session = queries.session_of(cohort, session_id)
    window = rooms.window(session)
    changes = window.next_code(clock.now())
    address = absolute("arriving.here", session_id=session.id, code=rooms.code(session))
    page = render_template(
        "cohorts/room.html",
        cohort=cohort,
        session=session,
        window=window,
        changes=changes,
        closed=clock.now() >= window.closes,
        renew=seconds_to(changes),
        address=address,
        picture=_qr(address),
        form=form,
    )
    return page, form.status


def _qr(address: str) -> Markup:
    """The code as SVG inside a page, with the light edge that phones need. It holds an address and no person."""
    picture = segno.make(address, error="m", micro=False)
    return Markup(picture.svg_inline(dark=INK, border=4, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 -- paths only


@bp.post("/<uuid:cohort_id>/sessions/<uuid:session_id>/room/code")
@requires(Permission.COHORT_EDIT)
def new_code(cohort_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Show another code; the one before stops working."""
    form = PageForm()
    if form.submitted():
        with form.showing_refusals():
            actions.new_code(current_actor(), cohort_id, session_id)
            sentence = "A new code. The one before has stopped working."
            return done(sentence, "arriving.room", cohort_id=cohort_id, session_id=session_id)
    return _room(cohort_id, session_id, form)


@bp.get("/here/<uuid:session_id>/<code>")
@signed_in
def here(session_id: UUID, code: str) -> ResponseReturnValue:
    """What the code of a room opens: one button to say that I am here, or why there is none."""
    return _here(session_id, code, PageForm(None))


def _here(session_id: UUID, code: str, form: PageForm) -> ResponseReturnValue:
    actor = current_actor()
    try:
        opened = rooms.by_code(session_id, code)
    except NotFound:
        return render_template("cohorts/wrong_code.html"), 404
    session, standing = opened.session, actions.standing(actor, opened)
    tables = whereabouts.tables_of(actor, session.id) if standing.has_place else ""
    page = render_template("cohorts/here.html", session=session, code=code, standing=standing, tables=tables)
    return page, form.status


@bp.post("/here/<uuid:session_id>/<code>")
@signed_in
def say_here(session_id: UUID, code: str) -> ResponseReturnValue:
    """I am here."""
    form = PageForm()
    try:
        with form.showing_refusals():
            actions.sign_in(current_actor(), session_id, code)
            return done("You are on the register.", "arriving.here", session_id=session_id, code=code)
    except NotFound:
        form.refusal = None  # the page that follows says it
    return _here(session_id, code, form)
