"""Reminding people: a page that shows who gets what before anything is sent, and what came of it."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.assignments import queries as assignments
from lms.chasing import actions, mails, queries
from lms.chasing.forms import RemindForm, people_asked, place_asked, ticked_nobody
from lms.chasing.queries import Selection
from lms.core import clock
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires
from lms.web.answers import done

bp = Blueprint("chasing", __name__, template_folder="../templates", url_prefix="/chasing")


@bp.get("/remind")
@requires(Permission.REMINDER_SEND)
def check() -> ResponseReturnValue:
    """Look at who gets which reminder: the people named, or everybody who is late."""
    actor, today, asked = current_actor(), clock.today(), people_asked()
    if asked:
        found = queries.chosen(actor, asked, today)
    else:
        found = queries.late(actor, place_asked("agency"), place_asked("team"), today)
    actions.looked_at(actor, found.everyone)
    return _page(found, RemindForm())


@bp.post("/remind")
@requires(Permission.REMINDER_SEND)
def remind() -> ResponseReturnValue:
    """Send the reminders that were looked at."""
    actor, form = current_actor(), RemindForm()
    if form.submitted():
        with form.showing_refusals():
            made = actions.remind(actor, form.round_id, form.chosen)
            return done(None, "chasing.sent", round_id=made.id)
    return _page(queries.chosen(actor, form.everyone, clock.today()), form)


@bp.get("/rounds/<uuid:round_id>")
@requires(Permission.REMINDER_SEND)
def sent(round_id: UUID) -> ResponseReturnValue:
    """Who got a reminder, and who was left out and why."""
    actor = current_actor()
    result = queries.result(actor, round_id, clock.today())
    return render_template("chasing/sent.html", result=result, titles=assignments.titles(actor.partnerships()))


def _page(found: Selection, form: RemindForm) -> ResponseReturnValue:
    by_deputy = actions.is_deputy(current_actor())
    titles = assignments.titles(current_actor().partnerships())
    texts = {one.id: mails.as_read(one.items, titles, by_deputy=by_deputy) for one in found.can}
    page = render_template(
        "chasing/check.html", found=found, form=form, texts=texts, titles=titles, unticked=ticked_nobody()
    )
    return page, form.status
