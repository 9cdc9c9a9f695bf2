"""Reads about certificates: a person's own, and the one that a code belongs to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from lms.certificates import codes, policy
from lms.certificates.models import Certificate
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound


def own(actor: Actor) -> Sequence[Certificate]:
    """The actor's certificates, newest first: in date, expired and withdrawn ones. One query."""
    return db.session.scalars(
        select(Certificate)
        .where(policy.visible(actor))
        .order_by(Certificate.completed_on.desc(), Certificate.issued_at.desc(), Certificate.id)
    ).all()


def get(actor: Actor, certificate_id: UUID) -> Certificate:
    """One of the actor's own certificates. Raises NotFound for anyone else's."""
    found = db.session.scalar(select(Certificate).where(Certificate.id == certificate_id, policy.visible(actor)))
    if found is None:
        raise NotFound
    return found


def by_code(text: str) -> Certificate | None:
    """The certificate whose code a person typed, however they typed it; None when no certificate has it.

    Needs no actor: whoever holds the code may check it. What a checker is shown is the check page's business.
    """
    code = codes.read(text)
    return db.session.scalar(select(Certificate).where(Certificate.code == code)) if code else None
