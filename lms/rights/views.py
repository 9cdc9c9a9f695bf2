"""Everything about me: what is held, by whom, how long, who sees it; the file, correcting and erasing."""

from uuid import UUID

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from lms.audit import actions as audit
from lms.core.permissions import Permission
from lms.home import stored
from lms.rights import asking, packing, retention, telling
from lms.rights.finding import Who
from lms.rights.forms import EraseForm
from lms.web.access import current_actor, requires, signed_in
from lms.web.answers import done
from lms.web.downloads import attachment
from lms.web.limits import costly

bp = Blueprint("rights", __name__, template_folder="templates")
_HOME = "rights.everything"
erasures = Blueprint("erasures", __name__, template_folder="templates", url_prefix="/operating/erasures")
retaining = Blueprint("retaining", __name__, template_folder="templates", url_prefix="/operating/retention")


@bp.get("/me/everything/")
@signed_in
@costly("everything")
def everything() -> ResponseReturnValue:
    """What is held about me, in numbers, and what I can do."""
    actor = current_actor()
    numbers = {one.table: one.number for one in telling.everything(Who(actor.id, actor.email))}
    held = [(group, {name: numbers[name] for name in group.tables if name in numbers}) for group in stored.GROUPS]
    asked = asking.mine(actor)
    return render_template("rights/everything.html", held=[one for one in held if one[1]], asked=asked)


@bp.post("/me/everything/file")
@signed_in
@costly("files")
def download() -> ResponseReturnValue:
    """Everything about me as one file."""
    actor = current_actor()
    made = packing.pack(Who(actor.id, actor.email))
    audit.record(actor, "person.told", actor.id)
    return attachment(made, "application/zip", packing.file_name())


@bp.route("/me/everything/erase", methods=["GET", "POST"])
@signed_in
def erase() -> ResponseReturnValue:
    """Ask to be erased."""
    form = EraseForm()
    if form.submitted():
        with form.showing_refusals():
            asking.ask(current_actor(), form.address.data or "")
            return done("Your request is with the administrators. Until it is done you can take it back.", _HOME)
    proof = current_app.extensions["settings"].erasure_keeps_proof
    return render_template("rights/erase.html", form=form, proof=proof), form.status


@bp.post("/me/everything/erase/withdraw")
@signed_in
def withdraw() -> ResponseReturnValue:
    """Take my request back."""
    asking.withdraw(current_actor())
    return done("Your request is taken back. Nothing was erased.", _HOME)


@erasures.get("/")
@requires(Permission.PERSON_ERASE)
def listed() -> ResponseReturnValue:
    """Who asked to be erased."""
    return render_template("rights/erasures.html", requests=asking.waiting(current_actor()))


@erasures.post("/<uuid:request_id>/check")
@requires(Permission.PERSON_ERASE)
def check(request_id: UUID) -> ResponseReturnValue:
    """Say that a request is right."""
    asking.check(current_actor(), request_id)
    return done("It is checked. Another administrator can carry it out now.", "erasures.listed")


@erasures.post("/<uuid:request_id>/carry-out")
@requires(Permission.PERSON_ERASE)
def carry_out(request_id: UUID) -> ResponseReturnValue:
    """Erase somebody whose request another administrator checked."""
    asking.carry_out(current_actor(), request_id)
    return done("The person is erased.", "erasures.listed")


@retaining.get("/")
@requires(Permission.OPERATE)
def kept() -> ResponseReturnValue:
    """How long things are kept, and how much is over its time now."""
    return render_template("rights/retention.html", due=retention.due())
