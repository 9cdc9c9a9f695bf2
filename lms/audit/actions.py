"""Writing the record."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from lms.audit.chaining import hold_views
from lms.audit.models import AuditEntry, Why
from lms.core import clock, db
from lms.core.actor import Actor
from lms.core.ids import new_id
from lms.core.permissions import Role

LONGEST_AGENCIES = 300
REFUSED = "access.refused"
NOTED_EVERY = timedelta(minutes=15)
# Whoever has several roles is named by the one with which they see most people.
FURTHEST_FIRST = (
    *(Role.COORDINATOR, Role.MANAGER, Role.DEPUTY, Role.ADMINISTRATOR, Role.TRAINER, Role.OBSERVER, Role.AUTHOR),
    Role.STAFF,
)


def record(actor: Actor | None, action: str, subject: UUID | None = None, **detail: str | int | None) -> None:
    """Note an act in the transaction of that act. `detail` holds no names and nothing anyone wrote."""
    db.db.session.add(
        AuditEntry(actor_id=actor.id if actor else None, action=action, subject_id=subject, detail=detail)
    )


def refused(actor: Actor | None, endpoint: str) -> None:
    """Note that somebody was refused a page, in a short transaction that outlives the refusal. Who asks again and again
    is noted once in a quarter of an hour for each page, so that nobody floods the record.
    """
    with db.separate() as session:
        lately = select(AuditEntry.detail).where(
            AuditEntry.actor_id == (actor.id if actor else None),
            AuditEntry.action == REFUSED,
            AuditEntry.at > clock.now() - NOTED_EVERY,
        )
        if any(detail.get("page") == endpoint for detail in session.scalars(lately)):
            return
        session.add(AuditEntry(actor_id=actor.id if actor else None, action=REFUSED, detail={"page": endpoint}))


def viewed(actor: Actor, people: Iterable[UUID], what: str, why: Why = Why.REPORT, role: Role | None = None) -> None:
    """Note whose records were looked at, what was seen and why, with the viewer's role and agency of today. In the
    transaction of the act where something is being done, else in a short one of its own.

    `role` is the one that opened the records; unless it is said, the one of the viewer's that reaches furthest.
    """
    seen_as = role or next((one for one in FURTHEST_FIRST if actor.has(one)), None)
    says = {
        "at": clock.now(),
        "viewer_id": actor.id,
        "what": what,
        "why": why.value,
        "role": seen_as.value if seen_as else "",
        "agency": _agencies(actor, seen_as),
    }
    rows = [{"id": new_id(), "person_id": person, **says} for person in people]
    if not rows:
        return
    if db.is_writing():
        hold_views(db.db.session, rows)
        return
    with db.separate() as session:
        hold_views(session, rows)


def _agencies(actor: Actor, role: Role | None) -> str:
    """The agencies at which the viewer has this role, by name."""
    names = dict.fromkeys(seat.agency for seat in actor.seats if role is None or seat.has(role))
    return " and ".join(names)[:LONGEST_AGENCIES]
