"""What I did, for everybody; and the record of acts, for administrators. Both are only read."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.acts import actions, policy, queries
from lms.acts.forms import OwnForm, RecordForm
from lms.acts.pages import read
from lms.acts.queries import Page
from lms.core.permissions import Permission
from lms.web.access import current_actor, requires, signed_in
from lms.web.limits import costly

bp = Blueprint("acts", __name__, template_folder="templates")


@bp.get("/me/acts/")
@signed_in
def mine() -> ResponseReturnValue:
    """What I did, newest first."""
    form, before = OwnForm(), read(request.args.get("before", ""))
    page = queries.mine(current_actor(), form.asked(), before) if form.is_right else None
    return _shown("acts/mine.html", form, page, paged=before is not None)


@bp.get("/acts/")
@requires(Permission.ACTS_READ)
@costly("acts")
def record() -> ResponseReturnValue:
    """What was done by and about whom the administrator looks after, newest first."""
    actor, form, before = current_actor(), RecordForm(), read(request.args.get("before", ""))
    reach, page = policy.reach(actor), None
    if form.is_right:
        with form.showing_refusals():
            asked = form.asked()
            people = queries.people_called(reach, asked.who)
            page = queries.record(actor, reach, asked, people, before)
            actions.seen(actor, asked, people)
    return _shown("acts/record.html", form, page, paged=before is not None, reach=reach)


def _shown(template: str, form: OwnForm, page: Page | None, **given: object) -> ResponseReturnValue:
    return render_template(template, form=form, page=page, **given), form.status
