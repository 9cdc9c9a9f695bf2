"""Whom somebody may remind: written once, in SQL."""

from datetime import date

from sqlalchemy import ColumnElement, and_

from lms.core.actor import Actor
from lms.people import policy as people
from lms.people.models import Membership


def chased(actor: Actor, day: date) -> ColumnElement[bool]:
    """SQL on `Membership`: present posts of people whom the actor may remind, as their manager or as deputy of one;
    never the actor's own.
    """
    return and_(people.followed(actor, day), Membership.person_id != actor.id)
