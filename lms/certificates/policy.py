"""Whose certificates a person may see: their own, and no role sees more. Managers see dates in their reports."""

from sqlalchemy import ColumnElement

from lms.certificates.models import Certificate
from lms.core.actor import Actor


def visible(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Certificate`: the actor's own."""
    return Certificate.person_id == actor.id
