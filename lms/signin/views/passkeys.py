"""Pages of passkeys: signing in with one, giving one in place of a code, and one's own list of them.

The script of these pages fetches the question, asks the browser, and sends the answer as a plain form.
"""

from secrets import token_urlsafe
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from lms.core.actor import Actor
from lms.core.errors import NotFound, Refusal
from lms.signin import actions, failing, keyring, passkeys, second_step
from lms.signin.forms import (
    CodeForm,
    MadePasskeyForm,
    NewPasskeyForm,
    OwnPasswordForm,
    PasskeyForm,
    PasskeyNameForm,
    SignInForm,
)
from lms.signin.passkeys import NotTaken
from lms.signin.views.browsers import browser, hand_over, refused
from lms.signin.views.entering import door
from lms.signin.views.second_step import code_page, codes_page
from lms.web.access import actor_or_none, current_actor, opens_when_held, public, reads_first, signed_in
from lms.web.answers import done, is_ours, onward
from lms.web.forms import PageForm

bp = Blueprint("passkeys", __name__, template_folder="../templates", url_prefix="/passkeys")
ASKED = "asked"  # the browser's own mark, to which the questions at the door are bound


@bp.get("/question")
@public
def question() -> Response:
    """What the browser is to ask of any passkey, at the door."""
    cookie.setdefault(ASKED, token_urlsafe(16))
    return _json(passkeys.to_enter(cookie[ASKED]))


@bp.post("/enter")
@public
@reads_first
def enter() -> ResponseReturnValue:
    """Sign in with a passkey."""
    form, target, at_door = PasskeyForm(), request.form.get("next"), SignInForm(None)
    if not form.submitted():
        at_door.refusal = form.problems[0][1]
        return door(at_door, target, at_door.status)
    try:
        token = passkeys.enter(form.credential.data or "", cookie.get(ASKED, ""), browser(), actor_or_none())
    except Refusal as refusal:
        return door(at_door, target, _refused(at_door, refusal))
    hand_over(token)
    return onward(target, redirect(url_for("home.home"), 303))


@bp.get("/second-step/question")
@signed_in
@opens_when_held
def step_question() -> Response:
    """What the browser is to ask of one of the person's own passkeys, after the password."""
    return _json(passkeys.to_prove(current_actor()))


@bp.post("/second-step")
@signed_in
@opens_when_held
@reads_first
def prove() -> ResponseReturnValue:
    """Give a passkey in place of a code."""
    form, target, codes, actor = PasskeyForm(), request.form.get("next"), CodeForm(None), current_actor()
    if not actor.held:
        return onward(target, redirect(url_for("home.home"), 303))
    if not form.submitted():
        codes.refusal = form.problems[0][1]
        return code_page(codes, target, codes.status)
    try:
        token = passkeys.prove(actor, form.credential.data or "", browser())
    except Refusal as refusal:
        return code_page(codes, target, _refused(codes, refusal))
    hand_over(token)
    return onward(target, redirect(url_for("home.home"), 303))


def _refused(form: PageForm, refusal: Refusal) -> int:
    """Show a refusal, and note one of a passkey in the record, whether there is such a passkey or not."""
    status = refused(form, refusal)
    if isinstance(refusal, NotTaken) and refusal.why:
        failing.note(refusal.person_id, f"{failing.Why.PASSKEY}: {refusal.why}", browser().address, {})
    return status


@bp.get("/")
@signed_in
def listed() -> ResponseReturnValue:
    """My passkeys."""
    actor = current_actor()
    return render_template("signin/passkeys.html", passkeys=keyring.of(actor.id), site=passkeys.site())


@bp.route("/add", methods=["GET", "POST"])
@signed_in
@opens_when_held
@reads_first
def add() -> ResponseReturnValue:
    """Name a passkey to be, after the password unless it was given just now; then the browser makes it."""
    actor, form = _may_add(), NewPasskeyForm()
    if actor.held:
        del form.password
    if form.submitted():
        try:
            if not actor.held:
                actions.check_own_password(actor, form.password.data or "", browser().address)
            return _to_make(actor, form.name.data or "")
        except Refusal as refusal:
            return _named(form, actor, refused(form, refusal))
    return _named(form, actor, form.status)


def _may_add() -> Actor:
    """Whoever may add a passkey: with the password alone only somebody who has nothing else. Raises NotFound."""
    actor = current_actor()
    if passkeys.site() is None or (actor.held and second_step.has_proof(actor.id)):
        raise NotFound
    return actor


def _named(form: PasskeyNameForm, actor: Actor, status: int) -> ResponseReturnValue:
    page = render_template("signin/add_passkey.html", form=form, held=actor.held, target=_target())
    return page, status


def _to_make(actor: Actor, name: str) -> ResponseReturnValue:
    return render_template(
        "signin/make_passkey.html",
        name=" ".join(name.split()),
        question=passkeys.to_make(actor),
        site=passkeys.site(),
        target=_target(),
    )


@bp.post("/made")
@signed_in
@opens_when_held
@reads_first
def made() -> ResponseReturnValue:
    """Keep the passkey that the browser made."""
    actor, form = _may_add(), MadePasskeyForm()
    again = NewPasskeyForm()
    if actor.held:
        del again.password
    if not form.submitted():
        again.refusal = form.problems[0][1]
        return _named(again, actor, again.status)
    try:
        added = passkeys.add(actor, form.name.data or "", form.credential.data or "", browser())
    except Refusal as refusal:
        return _named(again, actor, refused(again, refusal))
    if added.token is None:
        return done(f"The passkey “{form.name.data}” is added. You can sign in with it.", "passkeys.listed")
    hand_over(added.token)
    return codes_page(added.codes)


@bp.route("/<uuid:passkey_id>/rename", methods=["GET", "POST"])
@signed_in
def rename(passkey_id: UUID) -> ResponseReturnValue:
    """Call one of my passkeys something else."""
    actor = current_actor()
    passkey = keyring.one(actor, passkey_id)
    form = PasskeyNameForm(name=passkey.name)
    if form.submitted():
        keyring.rename(actor, passkey_id, form.name.data or "")
        return done("The name is changed.", "passkeys.listed")
    return render_template("signin/rename_passkey.html", form=form, passkey=passkey), form.status


@bp.route("/<uuid:passkey_id>/remove", methods=["GET", "POST"])
@signed_in
@reads_first
def remove(passkey_id: UUID) -> ResponseReturnValue:
    """Take one of my passkeys away, after the password."""
    actor, form = current_actor(), OwnPasswordForm()
    passkey, status = keyring.one(actor, passkey_id), None
    if form.submitted():
        try:
            actions.check_own_password(actor, form.password.data or "", browser().address)
            hand_over(passkeys.remove(actor, passkey_id))
            return done("The passkey is removed. Your other sign-ins have ended.", "passkeys.listed")
        except Refusal as refusal:
            status = refused(form, refusal)
    return render_template("signin/remove_passkey.html", form=form, passkey=passkey), status or form.status


def _json(question: str) -> Response:
    return Response(question, mimetype="application/json")


def _target() -> str | None:
    target = request.values.get("next")
    return target if is_ours(target) else None
