"""Pages for signing in and out, and "Me": settings and own sign-ins."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from lms.config import Settings
from lms.core.errors import Refusal
from lms.signin import actions, failing, passkeys, providers, second_step, sessions
from lms.signin.forms import SignInForm, ThemeForm
from lms.signin.throttle import TooManyTries
from lms.signin.views.browsers import TOO_MANY, browser, hand_over, take_leave
from lms.web.access import actor_or_none, current_actor, opens_when_held, public, reads_first, signed_in
from lms.web.answers import done, is_ours, onward
from lms.web.security import csrf, has_wrong_token
from lms.web.templating import count

bp = Blueprint("signin", __name__, template_folder="templates")


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@reads_first
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail and password."""
    target = request.values.get("next")
    form = SignInForm()
    if form.submitted():
        if has_wrong_token():
            return _from_an_old_page(form, target)
        try:
            token = actions.sign_in(form.email.data or "", form.password.data or "", browser(), before=actor_or_none())
        except Refusal as refusal:
            form.refusal = refusal.sentence
            status = TOO_MANY if isinstance(refusal, TooManyTries) else form.status
            return door(form, target, status)
        hand_over(token)
        return onward(target, redirect(url_for("home.home"), 303))
    if actor_or_none():
        return redirect(url_for("home.home"), 303)
    return door(form, target, form.status)


def door(form: SignInForm, target: str | None, status: int) -> ResponseReturnValue:
    """The page, with a way in for each agency that has a provider of its own, and one by passkey."""
    page = render_template(
        "signin/sign_in.html",
        form=form,
        target=target,
        providers=providers.active(),
        onward=target if is_ours(target) else None,
        site=passkeys.site(),
    )
    return page, status


def _from_an_old_page(form: SignInForm, target: str | None) -> ResponseReturnValue:
    """The form's token is of an earlier sign-in: ask again, unless the browser is signed in by now."""
    if actor_or_none():
        return onward(target, redirect(url_for("home.home"), 303))
    form.refusal = "This page was open since an earlier sign-in. Enter your password again."
    return door(form, target, 403)


# No token is asked of these two, but a wrong one does not sign in. Before a sign-in there is no session to protect, and
# whoever wants to leave must get out, from an old page or a program too. The Origin check, and a cookie that other
# sites' forms do not carry, keep other sites out.
csrf.exempt(sign_in)


@bp.post("/sign-out")
@signed_in
@opens_when_held
def sign_out() -> ResponseReturnValue:
    """End this sign-in."""
    actions.sign_out(current_actor())
    session.clear()
    return take_leave(done("You have signed out.", "signin.sign_in"))


csrf.exempt(sign_out)


@bp.post("/me/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sign-ins of this person, this one too."""
    actions.sign_out_everywhere(current_actor())
    session.clear()
    return take_leave(done("You have signed out on all devices.", "signin.sign_in"))


@bp.post("/me/sign-ins/<uuid:sign_in_id>/end")
@signed_in
def end_sign_in(sign_in_id: UUID) -> ResponseReturnValue:
    """End one of my sign-ins on another device."""
    actions.end_sign_in(current_actor(), sign_in_id)
    return done("That sign-in has ended.", "signin.sign_ins")


@bp.get("/me/sign-ins/")
@signed_in
def sign_ins() -> ResponseReturnValue:
    """Where I am signed in: device, since when, last used, and from where; and what failed of late."""
    settings: Settings = current_app.extensions["settings"]
    spans = timedelta(hours=settings.sign_in_idle_hours), timedelta(days=settings.sign_in_days)
    me = current_actor()
    return render_template("signin/sign_ins.html", sign_ins=sessions.alive(me, *spans), failed=failing.lately(me))


@bp.post("/me/sign-ins/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    """End all of my sign-ins but this one."""
    ended, token = actions.end_others(current_actor())
    hand_over(token)
    return done(f"{count(ended, 'other sign-in has', 'other sign-ins have')} ended.", "signin.sign_ins")


@bp.get("/me/")
@signed_in
def me() -> ResponseReturnValue:
    """Who I am here, how it looks, and how I sign in."""
    actor = current_actor()
    form = ThemeForm(None, theme=actor.theme)
    return _me(form)


def _me(form: ThemeForm) -> str:
    step = second_step.standing(current_actor())
    return render_template("signin/me.html", form=form, step=step, site=passkeys.site())


@bp.post("/me/theme")
@signed_in
def theme() -> ResponseReturnValue:
    """Choose light, dark, or as the device says."""
    form = ThemeForm()
    if not form.submitted():
        return _me(form), form.status
    actions.choose_theme(current_actor(), form.theme.data)
    return done("Your choice of colours is saved.", "signin.me")
