"""Reads about flags: a person's own, and all of them for authors."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.flags import policy
from lms.flags.models import Flag

MOST_LISTED = 100


def own(actor: Actor) -> Sequence[Flag]:
    """The actor's own flags, newest first."""
    wanted = select(Flag).where(policy.own(actor)).order_by(Flag.flagged_at.desc(), Flag.id)
    return db.session.scalars(wanted.limit(MOST_LISTED)).all()


def listed(actor: Actor, *, answered: bool) -> Sequence[Flag]:
    """Flags that wait for an answer, oldest first, or those that have one, newest first."""
    wanted = select(Flag).where(policy.visible(actor))
    if answered:
        wanted = wanted.where(Flag.answered_at.is_not(None)).order_by(Flag.answered_at.desc(), Flag.id)
    else:
        wanted = wanted.where(Flag.answered_at.is_(None)).order_by(Flag.flagged_at, Flag.id)
    return db.session.scalars(wanted.limit(MOST_LISTED)).all()


def waiting(actor: Actor) -> int:
    """How many flags the actor may answer that nobody has answered yet."""
    wanted = select(func.count()).select_from(Flag).where(policy.visible(actor), Flag.answered_at.is_(None))
    return db.session.scalar(wanted) or 0


def flag(actor: Actor, flag_id: UUID, *, locked: bool = False) -> Flag:
    """One flag. Raises NotFound when it is not the actor's to see."""
    wanted = select(Flag).where(Flag.id == flag_id, policy.visible(actor))
    found = db.session.scalar(wanted.with_for_update() if locked else wanted)
    if found is None:
        raise NotFound
    return found
