"""The page of a sign-in link that was made on the machine itself."""

from flask import Blueprint, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from lms.core.errors import NotFound
from lms.signin import break_glass
from lms.signin.views.browsers import browser, hand_over
from lms.web.access import actor_or_none, public, reads_first
from lms.web.forms import PageForm

bp = Blueprint("break_glass", __name__, template_folder="../templates", url_prefix="/break-glass")
GONE = 404


@bp.route("/<token>", methods=["GET", "POST"])
@public
@reads_first
def enter(token: str) -> ResponseReturnValue:
    """Sign in by the link; looking at the page uses nothing up."""
    form = PageForm()
    try:
        link = break_glass.of_token(token)
        if form.submitted():
            made = break_glass.enter(token, browser(), actor_or_none())
            hand_over(made)
            cookie["break_glass"] = True
            return redirect(url_for("home.home"), 303)
    except NotFound:
        return render_template("signin/break_glass_gone.html"), GONE
    return render_template("signin/break_glass.html", token=token, link=link)
