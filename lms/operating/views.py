"""Operating: what runs by the clock, and mails that could not leave, for the administrator."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.core import clock
from lms.core.permissions import Permission
from lms.operating import actions, queries
from lms.web.access import current_actor, requires
from lms.web.answers import done
from lms.web.templating import count

bp = Blueprint("operating", __name__, template_folder="templates", url_prefix="/operating")


@bp.get("/")
@requires(Permission.OPERATE)
def overview() -> ResponseReturnValue:
    """How the service is doing: each job by the clock, and the mails in numbers."""
    return render_template("operating/overview.html", jobs=queries.jobs(), numbers=queries.numbers(), now=clock.now())


@bp.get("/mail")
@requires(Permission.OPERATE)
def mail() -> ResponseReturnValue:
    """Mails that could not leave: what kind, how often tried, why."""
    numbers = queries.numbers()
    return render_template(
        "operating/mail.html", numbers=numbers, parked=queries.parked(numbers["parked"]), late=queries.tried_in_vain()
    )


@bp.post("/mail/<uuid:mail_id>/again")
@requires(Permission.OPERATE)
def again(mail_id: UUID) -> ResponseReturnValue:
    """Let one mail leave now."""
    actions.try_again(current_actor(), mail_id)
    return done("It is tried again now.", "operating.mail")


@bp.post("/mail/again")
@requires(Permission.OPERATE)
def all_again() -> ResponseReturnValue:
    """Let every parked mail leave now."""
    number = actions.try_all_again(current_actor())
    return done(f"{count(number, 'mail is', 'mails are')} tried again now.", "operating.mail")


@bp.post("/mail/<uuid:mail_id>/drop")
@requires(Permission.OPERATE)
def drop(mail_id: UUID) -> ResponseReturnValue:
    """Give one parked mail up."""
    actions.drop(current_actor(), mail_id)
    return done("The mail is dropped. It will not be sent.", "operating.mail")
