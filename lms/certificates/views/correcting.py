"""Correcting the name on a certificate: the owner asks, a coordinator or administrator decides."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.audit import actions as audit
from lms.audit.models import Why
from lms.certificates import correcting as actions
from lms.certificates import queries
from lms.certificates.forms import DecisionForm, NameForm
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires, signed_in
from lms.web.answers import done

bp = Blueprint("correcting", __name__, template_folder="../templates", url_prefix="/certificates")

MOST_LISTED = 50
SEEN = "name on a certificate"


@bp.route("/<uuid:certificate_id>/name", methods=["GET", "POST"])
@signed_in
def ask(certificate_id: UUID) -> ResponseReturnValue:
    """Ask for a corrected name on one of my certificates."""
    actor, form = current_actor(), NameForm()
    if form.submitted():
        with form.showing_refusals():
            actions.ask(actor, certificate_id, form.name.data or "", (form.says.data or "").strip())
            return done("Sent. The answer comes to you by mail.", "certificates.show", certificate_id=certificate_id)
    certificate = queries.get(actor, certificate_id)
    last = actions.latest(certificate)
    return render_template("certificates/name.html", one=certificate, last=last, form=form), form.status


@bp.get("/names/")
@requires(Permission.CERTIFICATE_CORRECT)
def listed() -> ResponseReturnValue:
    """Names people have asked to be corrected."""
    found = actions.listed(current_actor(), MOST_LISTED)
    audit.viewed(current_actor(), {one.person_id for one in found}, SEEN, Why.REQUEST)
    return render_template("certificates/names.html", found=found)


@bp.route("/names/<uuid:correction_id>", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_CORRECT)
def decide(correction_id: UUID) -> ResponseReturnValue:
    """Issue a certificate again with the name that was asked for, or say why not."""
    actor, form = current_actor(), DecisionForm()
    if form.submitted():
        with form.showing_refusals():
            approve, answer = form.do.data == "approve", (form.says.data or "").strip()
            actions.decide(actor, correction_id, approve=approve, answer=answer)
            sentence = "Issued again; the old one is kept." if approve else "Left as it is."
            return done(f"{sentence} The owner is told by mail.", "correcting.listed")
    found = actions.get(actor, correction_id)
    return render_template("certificates/decide.html", one=found, form=form), form.status
