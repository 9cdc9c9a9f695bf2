"""Whose learning a person may see: their own. What managers see is decided where reports are made."""

from sqlalchemy import ColumnElement, Uuid, bindparam

from lms.core.actor import Actor
from lms.learning.models import Completion, Reflection, Study


def studies_of_asker() -> ColumnElement[bool]:
    """SQL on the table of studies: the actor's own; pages read and answers stay theirs whatever role anyone else has.

    For statements built once, which are executed with the actor's id as `asker`.
    """
    # The type is named, because a foreign key has none until the table it points to is imported too.
    return Study.__table__.c.person_id == bindparam("asker", type_=Uuid())


def own_completions(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Completion`: the actor's own."""
    return Completion.person_id == actor.id


def reflections_of_asker() -> ColumnElement[bool]:
    """SQL on `Reflection`: `own_reflections` for statements built once, executed with the actor's id as `asker`."""
    return Reflection.person_id == bindparam("asker", type_=Uuid())


def own_reflections(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Reflection`: the actor's own, and there is no other rule: no role reads anyone else's."""
    return Reflection.person_id == actor.id
