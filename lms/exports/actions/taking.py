"""Noting that a file was taken along: how many rows, and for each person in it that they are in it."""

from lms.audit import actions as audit
from lms.audit.models import AuditEntry
from lms.core.actor import Actor
from lms.core.db import separate
from lms.exports.sheet import Format, Sheet


def taken(actor: Actor, sheet: Sheet, kind: Format) -> None:
    """Note it in short transactions of their own, since reading never writes. A sheet that names nobody is noted
    without people, and nobody's record was viewed.
    """
    detail: dict[str, str | int] = {"report": sheet.name, "format": kind.value, "rows": sheet.total, **sheet.audited}
    if sheet.people:
        detail["people"] = len(sheet.people)
    with separate() as session:
        session.add(AuditEntry(actor_id=actor.id, action="report.exported", detail=detail))
    audit.viewed(actor, sheet.people, sheet.noted)
