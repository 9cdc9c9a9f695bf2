"""Reads of who has looked at one's own record, and asking about one look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, and_, func, select

from lms.audit import actions as audit
from lms.audit.models import AuditEntry, RecordView
from lms.config import Settings
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.notifications.actions import queue
from lms.passport import looks
from lms.people.models import Person

ASKED = "record.asked_about"
MOST_OWN = 20
ERASED = "Somebody whose account was erased"


class AskedBefore(Refusal):
    """One look is asked about once; the question is on its way."""

    sentence = "You have asked about this already. The answer comes to you by e-mail."


class NobodyToAsk(Refusal):
    """The partnership has named no contact, so a question would reach nobody."""

    sentence = (
        "Your partnership has not named a data protection contact here yet. Ask its training coordinator who it is."
    )


@dataclass
class Contact:
    """Where a question goes: the address of the contact, as mail that belongs to the asker."""

    id: UUID
    email: str


@dataclass(frozen=True)
class Look:
    """One line: when, who with which role at which agency, what they saw and why; `asked` when I asked about it."""

    id: UUID
    at: datetime
    name: str
    role: str
    agency: str
    what: str
    why: str
    asked: datetime | None = None


def contact() -> str:
    """The address that gets questions; empty where the partnership has named none."""
    settings: Settings = current_app.extensions["settings"]
    return settings.data_protection_contact


def summary(actor: Actor) -> tuple[str, int]:
    """What the page says first, and how many looks of others there are. One query."""
    rows = db.session.execute(
        select(RecordView.role, func.count(), func.count(RecordView.viewer_id.distinct()))
        .where(_of_others(actor))
        .group_by(RecordView.role)
    ).all()
    looked = [looks.Looked(role, times, people) for role, times, people in rows]
    return looks.summary(looked), sum(one.times for one in looked)


def listed(actor: Actor, most: int, page: int) -> list[Look]:
    """One page of the looks of others, newest first. Two queries."""
    found = _read(_of_others(actor), most, (page - 1) * most)
    asked = _asked(actor, [one.id for one in found])
    return [_look(row, name, asked) for row, name in _named(found)]


def _named(found: Sequence[RecordView]) -> list[tuple[RecordView, str]]:
    """Each look with the viewer's name. One query."""
    viewers = {one.viewer_id for one in found}
    names: dict[UUID | None, str] = dict(
        db.session.execute(select(Person.id, Person.name).where(Person.id.in_(viewers))).all()
    )
    return [(one, names.get(one.viewer_id, ERASED)) for one in found]


def own(actor: Actor) -> tuple[list[Look], int]:
    """The newest looks of my own, and how many there are. Two queries."""
    mine = and_(_since(actor), RecordView.viewer_id == actor.id)
    number = db.session.scalar(select(func.count()).select_from(RecordView).where(mine)) or 0
    return [_look(one, actor.name, {}) for one in _read(mine, MOST_OWN)], number


def get(actor: Actor, view_id: UUID, *, locked: bool = False) -> Look:
    """One look of somebody else at my record. Raises NotFound for every other."""
    wanted = select(RecordView).where(RecordView.id == view_id, _of_others(actor))
    found = db.session.scalar(wanted.with_for_update() if locked else wanted)
    if found is None:
        raise NotFound
    ((row, name),) = _named([found])
    return _look(row, name, _asked(actor, [row.id]))


def ask(actor: Actor, view_id: UUID, says: str) -> None:
    """Send the data protection contact a question about one look. Raises NotFound, NobodyToAsk or AskedBefore.

    The mail says when, which role of which agency, what and why, and a number to find the rest by; it names nobody.
    """
    look = get(actor, view_id, locked=True)
    if not contact():
        raise NobodyToAsk
    if look.asked is not None:
        raise AskedBefore
    audit.record(actor, ASKED, look.id)
    queue("passport/question", to=Contact(actor.id, contact()), look=look, says=says, answer_to=actor.email)


def _since(actor: Actor) -> ColumnElement[bool]:
    """SQL on `RecordView`: looks at the actor's record that the page goes back to."""
    first = clock.months_later(clock.today(), -looks.MONTHS)
    return and_(RecordView.person_id == actor.id, RecordView.at >= clock.from_local(datetime.combine(first, time())))


def _of_others(actor: Actor) -> ColumnElement[bool]:
    return and_(_since(actor), RecordView.viewer_id.is_distinct_from(actor.id))


def _read(wanted: ColumnElement[bool], most: int, skipped: int = 0) -> Sequence[RecordView]:
    newest_first = select(RecordView).where(wanted).order_by(RecordView.at.desc(), RecordView.id)
    return db.session.scalars(newest_first.limit(most).offset(skipped)).all()


def _asked(actor: Actor, view_ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """When the actor asked about which of these."""
    rows = db.session.execute(
        select(AuditEntry.subject_id, AuditEntry.at).where(
            AuditEntry.actor_id == actor.id, AuditEntry.action == ASKED, AuditEntry.subject_id.in_(view_ids)
        )
    )
    return {view_id: at for view_id, at in rows if view_id}


def _look(row: RecordView, name: str, asked: Mapping[UUID, datetime]) -> Look:
    role = looks.ROLES.get(row.role, "")
    return Look(row.id, row.at, name, role, row.agency, row.what, row.why, asked.get(row.id))
