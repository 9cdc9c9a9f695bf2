"""Whose learning a person may see: their own. What managers see is decided where reports are made."""

from sqlalchemy import ColumnElement

from lms.core.actor import Actor
from lms.learning.models import Completion, Reflection, Study


def own_studies(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Study`: the actor's own. Pages read and answers stay theirs whatever role anyone else has."""
    return Study.person_id == actor.id


def own_completions(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Completion`: the actor's own."""
    return Completion.person_id == actor.id


def own_reflections(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Reflection`: the actor's own, and there is no other rule: no role reads anyone else's."""
    return Reflection.person_id == actor.id
