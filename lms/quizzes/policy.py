"""Whose goes at quizzes a person may see: their own. Room to be wrong needs that nobody else reads the answers."""

from sqlalchemy import ColumnElement, Uuid, bindparam

from lms.core.actor import Actor
from lms.quizzes.models import Attempt


def visible(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Attempt`: the actor's own, and there is no other rule: no role reads anyone else's answers or score."""
    return Attempt.person_id == actor.id


def of_asker() -> ColumnElement[bool]:
    """`visible` for statements built once, executed with the actor's id as `asker`."""
    return Attempt.person_id == bindparam("asker", type_=Uuid())
