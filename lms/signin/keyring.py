"""The passkeys somebody has: looking at them, naming them, and taking them away."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, func, select

from lms.audit import actions as audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.signin.passkey_models import Passkey


def of(person_id: UUID, *, lock: bool = False) -> Sequence[Passkey]:
    """A person's passkeys, oldest first; locked in that order, so that no two acts wait for each other."""
    wanted = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.added_at, Passkey.id)
    return db.session.scalars(wanted.with_for_update() if lock else wanted).all()


def number_of(person_id: UUID) -> int:
    """How many passkeys the person has."""
    return db.session.scalar(select(func.count()).where(Passkey.person_id == person_id)) or 0


def any_of(person_id: UUID) -> bool:
    """Whether the person has a passkey."""
    return bool(db.session.scalar(select(exists().where(Passkey.person_id == person_id))))


def one(actor: Actor, passkey_id: UUID) -> Passkey:
    """One of the actor's own. Raises NotFound."""
    found = db.session.get(Passkey, passkey_id)
    if found is None or found.person_id != actor.id:
        raise NotFound
    return found


def rename(actor: Actor, passkey_id: UUID, name: str) -> None:
    """Call it something else. Raises NotFound."""
    one(actor, passkey_id).name = " ".join(name.split())
    audit.record(actor, "passkey.renamed", actor.id)


def forget(person_id: UUID) -> int:
    """Take all of somebody's passkeys away, and say how many there were."""
    gone = db.session.execute(delete(Passkey).where(Passkey.person_id == person_id))
    return int(gone.rowcount)  # type: ignore[attr-defined]
