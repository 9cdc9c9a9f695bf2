"""The page "Notifications" under Me: when mails come."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from lms.config import Settings
from lms.core.permissions import Permission
from lms.notifications import actions, queries
from lms.notifications.forms import ChoicesForm
from lms.notifications.kinds import TOPICS
from lms.web.access import current_actor, signed_in
from lms.web.answers import done

bp = Blueprint("notifications", __name__, template_folder="templates", url_prefix="/me/notifications")


@bp.route("/", methods=["GET", "POST"])
@signed_in
def choices() -> ResponseReturnValue:
    """When which mails come to me: at once, together, or never."""
    actor = current_actor()
    topics = [topic for topic in TOPICS if not topic.for_managers or actor.can(Permission.REPORT_READ)]
    form = ChoicesForm.of(topics, queries.choices_of(actor.id))
    if form.submitted():
        actions.choose(actor, form.chosen)
        return done("Saved. Mails that wait follow your choice too.", "notifications.choices")
    settings: Settings = current_app.extensions["settings"]
    page = render_template(
        "notifications/choices.html", form=form, topics=topics, quiet=queries.quiet_hours(), sender=settings.mail_from
    )
    return page, form.status
