"""Pages of the second step: giving the code, setting it up one step a page, recovery codes."""

from uuid import UUID

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.core.actor import Actor
from lms.core.db import start_writing
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Permission
from lms.signin import actions, one_time, passkeys, second_step
from lms.signin.forms import AddressForm, CodeForm, OwnPasswordForm
from lms.signin.views.browsers import browser, hand_over, refused
from lms.web.access import current_actor, opens_when_held, reads_first, requires, signed_in
from lms.web.answers import done, is_ours, onward
from lms.web.forms import PageForm

bp = Blueprint("second_step", __name__, template_folder="../templates", url_prefix="/second-step")
INK = "#000"


@bp.route("/", methods=["GET", "POST"])
@signed_in
@opens_when_held
@reads_first
def enter() -> ResponseReturnValue:
    """Give the code of the phone, or a recovery code, after the password."""
    actor, target = current_actor(), request.values.get("next")
    if not actor.held:
        return onward(target, redirect(url_for("home.home"), 303))
    if not second_step.has_proof(actor.id):
        return redirect(url_for("second_step.why", next=target), 303)
    form = CodeForm()
    if form.submitted():
        try:
            token = second_step.enter(actor, form.code.data or "", browser())
        except Refusal as refusal:
            return code_page(form, target, refused(form, refusal))
        hand_over(token)
        return onward(target, redirect(url_for("home.home"), 303))
    return code_page(form, target, form.status)


def code_page(form: CodeForm, target: str | None, status: int) -> ResponseReturnValue:
    """The page that asks for a code or a passkey, whichever the person has."""
    step = second_step.standing(current_actor())
    page = render_template("signin/second_step.html", form=form, target=_own(target), step=step, site=passkeys.site())
    return page, status


@bp.get("/set-up")
@signed_in
@opens_when_held
def why() -> ResponseReturnValue:
    """Why there is a second step, and what it needs."""
    return _why(OwnPasswordForm(), current_actor())


@bp.post("/set-up")
@signed_in
@opens_when_held
@reads_first
def begin() -> ResponseReturnValue:
    """Begin to set it up, after the password unless it was given just now."""
    actor = current_actor()
    form = OwnPasswordForm()
    if _asks_password(actor):
        if not form.submitted():
            return _why(form, actor)
        try:
            actions.check_own_password(actor, form.password.data or "", browser().address)
        except Refusal as refusal:
            return _why(form, actor, refused(form, refusal))
    if actor.held and second_step.has_proof(actor.id):
        raise NotFound  # whoever has one proves it; another phone is set up afterwards
    start_writing()
    second_step.begin(actor)
    return redirect(url_for("second_step.phone", next=_own(request.form.get("next"))), 303)


def _why(form: OwnPasswordForm, actor: Actor, status: int | None = None) -> ResponseReturnValue:
    step, target = second_step.standing(actor), _own(request.values.get("next"))
    asks = _asks_password(actor)
    said = {"form": form, "step": step, "asks": asks, "held": actor.held, "target": target, "site": passkeys.site()}
    return render_template("signin/set_up.html", **said), status or form.status


def _asks_password(actor: Actor) -> bool:
    return not actor.held or second_step.has_proof(actor.id)


@bp.route("/set-up/phone", methods=["GET", "POST"])
@signed_in
@opens_when_held
@reads_first
def phone() -> ResponseReturnValue:
    """Show the secret as a picture and as text, and ask for the first code; then show the recovery codes, once."""
    actor, form = current_actor(), CodeForm()
    if actor.held and second_step.has_proof(actor.id):
        raise NotFound
    secret, status = second_step.new_secret(actor), form.status
    if form.submitted():
        try:
            passed = second_step.confirm(actor, form.code.data or "", browser())
        except Refusal as refusal:
            return _phone(actor, form, secret, refused(form, refusal))
        hand_over(passed.token)
        return codes_page(passed.codes)
    return _phone(actor, form, secret, form.status or status)


def _phone(actor: Actor, form: CodeForm, secret: str, status: int) -> ResponseReturnValue:
    address = second_step.address(actor, secret)
    page = render_template(
        "signin/phone.html",
        form=form,
        key=one_time.in_fours(secret),
        address=address,
        picture=_qr(address),
        target=_own(request.values.get("next")),
    )
    return page, status


def codes_page(codes: object) -> ResponseReturnValue:
    """New recovery codes, shown this once."""
    return render_template("signin/recovery_codes.html", codes=codes, target=_own(request.values.get("next")))


@bp.route("/recovery-codes", methods=["GET", "POST"])
@signed_in
@reads_first
def recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them, once."""
    actor, form = current_actor(), OwnPasswordForm()
    if not second_step.has_proof(actor.id):
        raise NotFound
    status = None
    if form.submitted():
        try:
            return codes_page(second_step.renew_codes(actor, form.password.data or "", browser()))
        except Refusal as refusal:
            status = refused(form, refusal)
    return render_template("signin/new_codes.html", form=form, step=second_step.standing(actor)), status or form.status


@bp.route("/turn-off", methods=["GET", "POST"])
@signed_in
@reads_first
def turn_off() -> ResponseReturnValue:
    """Do without the second step, for those whose role does not need it."""
    actor, form = current_actor(), OwnPasswordForm()
    if not second_step.is_on(actor.id):
        raise NotFound
    status = None
    if form.submitted():
        try:
            actions.check_own_password(actor, form.password.data or "", browser().address)
            hand_over(second_step.turn_off(actor))
            return done("The second step is turned off. Your other sign-ins have ended.", "signin.me")
        except Refusal as refusal:
            status = refused(form, refusal)
    return render_template("signin/turn_off.html", form=form, step=second_step.standing(actor)), status or form.status


@bp.route("/lost", methods=["GET", "POST"])
@requires(Permission.AGENCY_EDIT)
def lost() -> ResponseReturnValue:
    """Say whose phone and recovery codes are lost."""
    form = AddressForm()
    if form.submitted():
        with form.showing_refusals():
            person = second_step.lost_by(current_actor(), form.email.data or "")
            return redirect(url_for("second_step.reset", person_id=person.id), 303)
    return render_template("signin/lost.html", form=form), form.status


@bp.route("/of/<uuid:person_id>/reset", methods=["GET", "POST"])
@requires(Permission.AGENCY_EDIT)
def reset(person_id: UUID) -> ResponseReturnValue:
    """Take away the second step of somebody whose phone and recovery codes are lost."""
    actor, form = current_actor(), PageForm()
    person = second_step.whose_to_reset(actor, person_id)
    if form.submitted():
        second_step.reset(actor, person)
        return done(f"The second step of {person.name} is reset. They are told by mail.", "people.agencies")
    return render_template("signin/reset_step.html", form=form, person=person), form.status


def _own(target: str | None) -> str | None:
    return target if is_ours(target) else None


def _qr(address: str) -> Markup:
    """The picture for the phone, as SVG inside the page, with the light edge that cameras need."""
    picture = segno.make(address, error="m", micro=False)
    return Markup(picture.svg_inline(dark=INK, border=4, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 -- paths only
