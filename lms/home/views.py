"""The first page, and the pages that explain the service."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from lms.core.actor import Actor
from lms.core.permissions import Permission
from lms.home import queries, stored
from lms.web.access import current_actor, public, signed_in

bp = Blueprint("home", __name__, template_folder="templates")

DOORS = (
    (Permission.REPORT_READ, "reports.completion", "My team"),
    (Permission.COHORT_EDIT, "building.cohorts", "Cohorts"),
    (Permission.CONTENT_READ, "authoring.content", "Content"),
    (Permission.AGENCY_READ, "people.agencies", "Agencies and people"),
)
# Everybody else who has these figures comes to them from My team or Cohorts.
FOR_THE_BOARD = ((Permission.JOINT_READ, "together.figures", "Joint training in figures"),)


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """My training: what is next."""
    actor = current_actor()
    return render_template("home/home.html", mine=queries.my_training(actor), doors=doors(actor))


def doors(actor: Actor) -> list[tuple[str, str]]:
    """The pages for what this person does for others, as endpoint and words."""
    found = [(endpoint, words) for permission, endpoint, words in DOORS if actor.can(permission)]
    return found or [(endpoint, words) for permission, endpoint, words in FOR_THE_BOARD if actor.can(permission)]


@bp.get("/help")
@public
def help_page() -> ResponseReturnValue:
    """How things are done here, and whom to ask."""
    return render_template("home/help.html")


@bp.get("/who-can-see-what")
@public
def who_sees_what() -> ResponseReturnValue:
    """Who sees which part of a person's record."""
    return render_template("home/who_sees_what.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is stored and why."""
    return render_template("home/privacy.html", groups=stored.GROUPS, settings=vars(current_app.extensions["settings"]))


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """How accessible the service is, how that was tested, and what is not yet known."""
    return render_template("home/accessibility.html")
