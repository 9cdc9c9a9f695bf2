"""Everything about me: what is held, by whom, how long, who sees it; the file, correcting and erasing."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.audit import actions as audit
from lms.home import stored
from lms.rights import packing, telling
from lms.rights.finding import Who
from lms.web.access import current_actor, signed_in
from lms.web.downloads import attachment
from lms.web.limits import costly

bp = Blueprint("rights", __name__, template_folder="templates")


@bp.get("/me/everything/")
@signed_in
def everything() -> ResponseReturnValue:
    """What is held about me, in numbers, and what I can do."""
    actor = current_actor()
    numbers = {one.table: one.number for one in telling.everything(Who(actor.id, actor.email))}
    held = [(group, {name: numbers[name] for name in group.tables if name in numbers}) for group in stored.GROUPS]
    return render_template("rights/everything.html", held=[one for one in held if one[1]])


@bp.post("/me/everything/file")
@signed_in
@costly("files")
def download() -> ResponseReturnValue:
    """Everything about me as one file."""
    actor = current_actor()
    made = packing.pack(Who(actor.id, actor.email))
    audit.record(actor, "person.told", actor.id)
    return attachment(made, "application/zip", packing.file_name())
