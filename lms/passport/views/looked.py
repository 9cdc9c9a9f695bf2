"""Who has looked at my record, and asking about it."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.passport import looking
from lms.passport.forms import QuestionForm
from lms.web.access import current_actor, signed_in
from lms.web.answers import done
from lms.web.asking import Paged, number_asked

bp = Blueprint("looked", __name__, template_folder="../templates", url_prefix="/record/who-looked")

LOOKS_A_PAGE = 25


@bp.get("/")
@signed_in
def listed() -> ResponseReturnValue:
    """Who has looked at my record in the last two years."""
    actor = current_actor()
    said, number = looking.summary(actor)
    pages = max(1, -(-number // LOOKS_A_PAGE))
    page = number_asked(pages)
    paged = Paged(looking.listed(actor, LOOKS_A_PAGE, page), page, pages)
    own, owns = looking.own(actor)
    return render_template(
        "passport/looked.html", said=said, paged=paged, own=own, owns=owns, contact=looking.contact()
    )


@bp.route("/<uuid:look_id>/ask", methods=["GET", "POST"])
@signed_in
def ask(look_id: UUID) -> ResponseReturnValue:
    """Ask the data protection contact about one look."""
    actor, form = current_actor(), QuestionForm()
    if form.submitted():
        with form.showing_refusals():
            looking.ask(actor, look_id, form.says.data or "")
            return done("Sent. The answer comes to you by e-mail.", "looked.listed")
    look = looking.get(actor, look_id)
    return render_template("passport/ask.html", look=look, form=form, contact=looking.contact()), form.status
