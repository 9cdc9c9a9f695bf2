"""Pages of invitations and mail domains, for administrators; and the page of whoever is invited."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Permission
from lms.people import queries as people
from lms.people.models import Agency
from lms.signin import domains, inviting
from lms.signin.forms import AddressForm, CodeForm, InvitationForm, JoinForm
from lms.signin.views.browsers import refused
from lms.web.access import current_actor, public, reads_first, requires
from lms.web.answers import done
from lms.web.forms import PageForm

bp = Blueprint("inviting", __name__, template_folder="../templates")


@bp.get("/people/agencies/<uuid:agency_id>/invitations/")
@requires(Permission.AGENCY_EDIT)
def listed(agency_id: UUID) -> ResponseReturnValue:
    """Open invitations to an agency, and its mail domains."""
    return _listed(people.get_agency(current_actor(), agency_id), AddressForm())


def _listed(agency: Agency, form: PageForm, status: int | None = None) -> ResponseReturnValue:
    page = render_template(
        "signin/invitations.html",
        agency=agency,
        invitations=inviting.of_agency(agency),
        is_over=inviting.is_over,
        given=inviting.GIVEN,
        domains=domains.of_agency(agency),
        form=form,
        address_form=form if isinstance(form, AddressForm) else AddressForm(MultiDict()),
    )
    return page, status or form.status


@bp.route("/people/agencies/<uuid:agency_id>/invitations/new", methods=["GET", "POST"])
@requires(Permission.AGENCY_EDIT)
def invite(agency_id: UUID) -> ResponseReturnValue:
    """Invite somebody to an agency."""
    actor = current_actor()
    agency = people.get_agency(actor, agency_id)
    form = InvitationForm(people.teams(actor, agency), inviting.roles_to_give(actor, agency))
    if form.submitted():
        with form.showing_refusals():
            made = inviting.invite(actor, agency, form.wanted)
            return done(f"{made.email} is invited. The link works for a week.", "inviting.listed", agency_id=agency_id)
    known = domains.proven(agency)
    return render_template("signin/invite.html", agency=agency, form=form, known=known), form.status


@bp.post("/people/invitations/<uuid:invitation_id>/again")
@requires(Permission.AGENCY_EDIT)
def again(invitation_id: UUID) -> ResponseReturnValue:
    """Send an open invitation again, with a new link."""
    sent = inviting.send_again(current_actor(), invitation_id)
    sentence = f"Sent again to {sent.email}. Only the new link works."
    return done(sentence, "inviting.listed", agency_id=sent.agency_id)


@bp.post("/people/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.AGENCY_EDIT)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Take an open invitation back."""
    gone = inviting.withdraw(current_actor(), invitation_id)
    return done(f"The invitation of {gone.email} is withdrawn.", "inviting.listed", agency_id=gone.agency_id)


@bp.post("/people/agencies/<uuid:agency_id>/domains")
@requires(Permission.AGENCY_EDIT)
@reads_first
def ask_domain(agency_id: UUID) -> ResponseReturnValue:
    """Have a code mailed to an address at a domain of the agency."""
    agency, form = people.get_agency(current_actor(), agency_id), AddressForm()
    if form.submitted():
        with form.showing_refusals():
            domains.ask(current_actor(), agency, form.email.data or "")
            return done("A code is on its way to that address.", "inviting.listed", agency_id=agency_id)
    return _listed(agency, form)


@bp.post("/people/domains/<uuid:domain_id>/prove")
@requires(Permission.AGENCY_EDIT)
@reads_first
def prove_domain(domain_id: UUID) -> ResponseReturnValue:
    """Give the code back that was mailed."""
    actor, form = current_actor(), CodeForm()
    agency = people.get_agency(actor, domains.get(actor, domain_id).agency_id)
    try:
        domain = domains.prove(actor, domain_id, form.code.data or "")
    except Refusal as refusal:
        form = CodeForm(MultiDict())
        status = refused(form, refusal)
        return _listed(agency, form, status)
    return done(f"{domain.domain} is proven.", "inviting.listed", agency_id=agency.id)


@bp.post("/people/domains/<uuid:domain_id>/remove")
@requires(Permission.AGENCY_EDIT)
def remove_domain(domain_id: UUID) -> ResponseReturnValue:
    """Take a domain off the agency's list."""
    gone = domains.remove(current_actor(), domain_id)
    return done(f"{gone.domain} is taken off.", "inviting.listed", agency_id=gone.agency_id)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
@reads_first
def accept(token: str) -> ResponseReturnValue:
    """Set name and password by the link of an invitation."""
    form = JoinForm()
    try:
        invitation = inviting.of_token(token)
        if form.submitted():
            inviting.accept(token, form.name.data or "", form.password.data or "")
            return done("Your account is made. Sign in with your work e-mail.", "signin.sign_in")
    except NotFound:
        return render_template("signin/invitation_gone.html"), 404
    except Refusal as refusal:
        refused(form, refusal)
    return render_template("signin/join.html", form=form, token=token, invitation=invitation), form.status
