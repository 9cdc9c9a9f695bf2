"""An administrator's pages: where the people of an agency sign in."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.core.permissions import Permission
from lms.interop.oidc import actions
from lms.interop.oidc.forms import AddForm, ChangeForm
from lms.people import queries as people
from lms.people.models import Agency
from lms.signin import domains
from lms.web.access import current_actor, reads_first, requires
from lms.web.answers import done
from lms.web.links import absolute

bp = Blueprint("providers", __name__, template_folder="templates", url_prefix="/people/agencies")


@bp.get("/<uuid:agency_id>/sign-in")
@requires(Permission.AGENCY_EDIT)
def listed(agency_id: UUID) -> ResponseReturnValue:
    """The providers of an agency, and how one is added."""
    agency = people.get_agency(current_actor(), agency_id)
    return _listed(agency, AddForm(None, domains=" ".join(domains.proven(agency))))


@bp.post("/<uuid:agency_id>/sign-in")
@requires(Permission.AGENCY_EDIT)
@reads_first
def add(agency_id: UUID) -> ResponseReturnValue:
    """Set up a provider."""
    form = AddForm()
    people.get_agency(current_actor(), agency_id)
    if form.submitted():
        with form.showing_refusals():
            made = actions.add(current_actor(), agency_id, form.wanted)
            return done(
                f"{made.name} is set up. Sign in with it once to try it.", "providers.listed", agency_id=agency_id
            )
    return _listed(people.get_agency(current_actor(), agency_id), form)


def _listed(agency: Agency, form: AddForm) -> ResponseReturnValue:
    page = render_template(
        "oidc/providers.html",
        agency=agency,
        providers=actions.of_agency(current_actor(), agency.id),
        proven=domains.proven(agency),
        form=form,
        address=absolute("oidc.back", agency_id=agency.id),
    )
    return page, form.status


@bp.route("/sign-in/<uuid:provider_id>", methods=["GET", "POST"])
@requires(Permission.AGENCY_EDIT)
def change(provider_id: UUID) -> ResponseReturnValue:
    """Change a provider, switch it off, or make it the only way in."""
    found = actions.get(current_actor(), provider_id)
    form = ChangeForm(
        None, name=found.name, domains=" ".join(found.domains), active=found.active, required=found.required
    )
    if form.submitted():
        with form.showing_refusals():
            changed = actions.change(current_actor(), provider_id, form.wanted)
            return done(f"{changed.name} is saved.", "providers.listed", agency_id=changed.agency_id)
    provider = actions.get(current_actor(), provider_id)
    return render_template("oidc/change.html", provider=provider, form=form), form.status


@bp.post("/sign-in/<uuid:provider_id>/anew")
@requires(Permission.AGENCY_EDIT)
def anew(provider_id: UUID) -> ResponseReturnValue:
    """Have a provider recognise people anew."""
    found = actions.forget_people(current_actor(), provider_id)
    return done(
        f"{found.name} recognises people anew, by their work e-mail.", "providers.listed", agency_id=found.agency_id
    )
