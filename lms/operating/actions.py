"""What an administrator does with mails that could not leave."""

from uuid import UUID

from flask import g
from sqlalchemy import select, update

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.notifications.models import OutboxMail, State


class DealtWith(Refusal):
    """Another administrator was quicker, or the mail has left."""

    sentence = "This mail has left or was dealt with meanwhile. Nothing was changed."


def try_again(actor: Actor, mail_id: UUID) -> None:
    """Let a parked mail, or one that waits after a fault, leave now. Raises NotFound or DealtWith."""
    mail = _lock(mail_id)
    if mail.state == State.WAITING.value and mail.fault:
        mail.next_try_at = mail.set_at = clock.now()
    elif mail.state == State.PARKED.value:
        _unpark(mail)
    else:
        raise DealtWith
    audit.record(actor, "mail.tried_again", mail.id, kind=mail.kind)
    g.mail_waits = True


def try_all_again(actor: Actor) -> int:
    """Let every parked mail leave now; returns how many."""
    now = clock.now()
    changed = db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.state == State.PARKED.value)
        .values(state=State.WAITING.value, tries=0, unsure=0, next_try_at=now, set_at=now)
        .execution_options(synchronize_session=False)
    )
    number = int(changed.rowcount)  # type: ignore[attr-defined]
    audit.record(actor, "mail.all_tried_again", mails=number)
    g.mail_waits = True
    return number


def drop(actor: Actor, mail_id: UUID) -> None:
    """Give a parked mail up for good. Raises NotFound or DealtWith."""
    mail = _lock(mail_id)
    if mail.state != State.PARKED.value:
        raise DealtWith
    mail.state, mail.set_at = State.DROPPED.value, clock.now()
    audit.record(actor, "mail.dropped", mail.id, kind=mail.kind)


def _lock(mail_id: UUID) -> OutboxMail:
    found = db.session.scalar(
        select(OutboxMail)
        .where(OutboxMail.id == mail_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def _unpark(mail: OutboxMail) -> None:
    mail.state, mail.tries, mail.unsure = State.WAITING.value, 0, 0
    mail.next_try_at = mail.set_at = clock.now()
