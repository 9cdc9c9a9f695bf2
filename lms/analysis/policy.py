"""Whose answers an author's figures count: written once."""

from sqlalchemy import ColumnElement

from lms.core.actor import Actor
from lms.core.permissions import Role
from lms.people.models import Agency


def counted(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Agency`: those whose people's answers count, of the partnerships the actor is an author in today."""
    return Agency.partnership.in_({seat.partnership for seat in actor.seats if seat.has(Role.AUTHOR)})
