"""Noting who read the record of acts."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from lms.acts.forms import Asked
from lms.audit import actions as audit
from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import separate
from lms.core.permissions import Role

READ = "acts.read"
SEEN = "what you did, in the record of acts"
NOTED_EVERY = timedelta(minutes=15)


def seen(actor: Actor, asked: Asked, people: Sequence[UUID]) -> None:
    """Note that an administrator read the record: once for what they asked, not for each line or each page of it, nor
    again within a quarter of an hour. Who was looked for by name reads it under Who has looked at my record.
    """
    about = people[0] if len(people) == 1 else None
    days = [str(day) if day else "" for day in (asked.first_day, asked.last_day)]
    kinds = asked.actions[0] if len(asked.actions) == 1 else str(len(asked.actions))
    detail = {"kinds": kinds, "from": days[0], "to": days[1], "people": len(people)}
    with separate() as session:
        lately = select(AuditEntry.subject_id, AuditEntry.detail).where(
            AuditEntry.actor_id == actor.id, AuditEntry.action == READ, AuditEntry.at > clock.now() - NOTED_EVERY
        )
        if any((one, said) == (about, detail) for one, said in session.execute(lately)):
            return
        session.add(AuditEntry(actor_id=actor.id, action=READ, subject_id=about, detail=detail))
    audit.viewed(actor, people, SEEN, role=Role.ADMINISTRATOR)
