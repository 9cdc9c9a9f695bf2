"""Pages about passwords: a link for a forgotten one, a new one by that link, and changing one's own."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import NotFound, Refusal
from lms.signin import recovering
from lms.signin.forms import AddressForm, ChangePasswordForm, NewPasswordForm
from lms.signin.views.browsers import browser, hand_over, refused
from lms.web.access import current_actor, public, reads_first, signed_in
from lms.web.answers import done

bp = Blueprint("passwords", __name__, template_folder="../templates", url_prefix="/password")


@bp.route("/forgotten", methods=["GET", "POST"])
@public
@reads_first
def ask() -> ResponseReturnValue:
    """Ask for a link to a new password; the answer is the same for every address."""
    form = AddressForm()
    status = form.status
    if form.submitted():
        try:
            recovering.ask(form.email.data or "", browser())
            return redirect(url_for("passwords.asked"), 303)
        except Refusal as refusal:
            status = refused(form, refusal)
    return render_template("signin/forgotten.html", form=form), max(status, form.status)


@bp.get("/asked")
@public
def asked() -> ResponseReturnValue:
    """What happens next."""
    return render_template("signin/asked.html")


@bp.route("/new/<token>", methods=["GET", "POST"])
@public
@reads_first
def new(token: str) -> ResponseReturnValue:
    """Set a new password by the link of the mail."""
    form = NewPasswordForm()
    try:
        _, person = recovering.of_token(token)
        if form.submitted():
            recovering.set_by_link(token, form.password.data or "")
            return done("Your password is changed. Sign in with it.", "signin.sign_in")
    except NotFound:
        return render_template("signin/link_gone.html"), 404
    except Refusal as refusal:
        refused(form, refusal)
    return render_template("signin/new_password.html", form=form, token=token, email=person.email), form.status


@bp.route("/change", methods=["GET", "POST"])
@signed_in
@reads_first
def change() -> ResponseReturnValue:
    """Change my password."""
    form = ChangePasswordForm()
    status = form.status
    if form.submitted():
        try:
            hand_over(recovering.change(current_actor(), form.present.data or "", form.password.data or "", browser()))
            return done("Your password is changed. Your other sign-ins have ended.", "signin.me")
        except Refusal as refusal:
            status = refused(form, refusal)
    return render_template("signin/change_password.html", form=form), max(status, form.status)
