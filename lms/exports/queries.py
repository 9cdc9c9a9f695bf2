"""Reads about files and views: each person's own, and nobody else's."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.exports.models import Export, SavedView
from lms.exports.states import AT_WORK


def files(actor: Actor) -> Sequence[Export]:
    """The actor's files that are not expired, the newest first."""
    return db.session.scalars(
        select(Export)
        .where(Export.owner_id == actor.id, Export.expires_at > clock.now())
        .order_by(Export.asked_at.desc(), Export.id)
    ).all()


def file(actor: Actor, export_id: UUID, *, lock: bool = False) -> Export:
    """One file of the actor's. Raises NotFound for an expired one and everybody else's."""
    wanted = select(Export).where(Export.id == export_id, Export.owner_id == actor.id, Export.expires_at > clock.now())
    found = db.session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound
    return found


def to_make() -> UUID | None:
    """The file that has waited longest, or whose worker has gone."""
    free = or_(Export.lease_until.is_(None), Export.lease_until < clock.now())
    return db.session.scalar(
        select(Export.id).where(Export.state.in_(AT_WORK), free).order_by(Export.asked_at, Export.id).limit(1)
    )


def views(actor: Actor, sheet: str | None = None) -> Sequence[SavedView]:
    """The actor's views by name: all, or those of one sheet. One query."""
    chosen = [SavedView.sheet == sheet] if sheet else []
    return db.session.scalars(
        select(SavedView).where(SavedView.owner_id == actor.id, *chosen).order_by(SavedView.name, SavedView.id)
    ).all()


def view(actor: Actor, view_id: UUID, *, lock: bool = False) -> SavedView:
    """One view of the actor's. Raises NotFound for everybody else's."""
    wanted = select(SavedView).where(SavedView.id == view_id, SavedView.owner_id == actor.id)
    found = db.session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound
    return found
