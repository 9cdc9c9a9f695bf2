"""Who sees a flag: whoever wrote it, and authors."""

from sqlalchemy import ColumnElement, true

from lms.core.actor import Actor
from lms.core.permissions import Permission
from lms.flags.models import Flag


def visible(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Flag`: authors see all, everybody else their own."""
    return true() if actor.can(Permission.CONTENT_ANSWER) else Flag.person_id == actor.id


def own(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Flag`: the actor's own, whatever else they may see."""
    return Flag.person_id == actor.id
