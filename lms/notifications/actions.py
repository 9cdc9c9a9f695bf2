"""Queueing mails, and handing them to the mail server one by one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from flask import g, render_template
from sqlalchemy import or_, select, update

from lms.core import clock
from lms.core.db import db, writing
from lms.notifications.models import OutboxMail

MOST_TRIES = 8
LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(minutes=1)


class Recipient(Protocol):
    """Anyone with an identity and an address: a person or an actor."""

    id: UUID
    email: str


class Carrier(Protocol):
    """Whatever takes a mail out of the house. Raises OSError (SMTP faults are OSErrors) when it cannot, ValueError when
    no message can be made of the mail.
    """

    def send(self, mail: OutboxMail) -> None:
        """Hand the mail over, or raise."""


@dataclass(frozen=True)
class ForCalendar:
    """An event that goes with a mail, as iCalendar text, and what it asks of the calendar: REQUEST or CANCEL."""

    method: str
    text: str


def queue(kind: str, to: Recipient, *, event: ForCalendar | None = None, **context: object) -> OutboxMail:
    """Write a mail into the outbox, in the running transaction. `kind` names the template, as in `cohorts/invitation`.

    The template's first line is the subject. Mails hold links to pages, which ask who is looking; never other
    people's names. An `event` goes with the mail, for the reader's calendar.
    """
    feature, name = kind.split("/")
    text = render_template(f"{feature}/emails/{name}.txt", to=to, **context)
    subject, _, body = text.partition("\n")
    mail = OutboxMail(
        person_id=to.id, address=to.email, kind=kind, subject=" ".join(subject.split()), body=body.strip() + "\n"
    )
    if event:
        mail.calendar, mail.calendar_method = event.text, event.method
    db.session.add(mail)
    db.session.flush()
    g.mail_waits = True
    return mail


def deliver_waiting(carrier: Carrier, most: int = 200) -> int:
    """Send what is due and return how many mails left. Each mail is claimed, sent and marked in transactions of its
    own.

    A mail whose sender died while sending is tried again after its lease of five minutes.
    """
    sent = 0
    for _ in range(most):
        mail_id = _claim()
        if mail_id is None:
            break
        sent += _send(carrier, mail_id)
    return sent


def _claim() -> UUID | None:
    now = clock.now()
    with writing() as session:
        mail_id = session.scalar(
            select(OutboxMail.id)
            .where(or_(OutboxMail.state == "waiting", OutboxMail.state == "sending"), OutboxMail.next_try_at <= now)
            .order_by(OutboxMail.next_try_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if mail_id:
            session.execute(
                update(OutboxMail)
                .where(OutboxMail.id == mail_id)
                .values(state="sending", tries=OutboxMail.tries + 1, next_try_at=now + LEASE)
            )
        return mail_id


def _send(carrier: Carrier, mail_id: UUID) -> bool:
    mail = db.session.get(OutboxMail, mail_id, populate_existing=True)
    assert mail is not None
    db.session.expunge(mail)
    db.session.rollback()  # no transaction stays open while a mail server takes its time
    try:
        carrier.send(mail)
    except (OSError, ValueError) as fault:  # a ValueError: no message can be made of it
        _mark_failed(mail, fault)
        return False
    with writing() as session:
        session.execute(
            update(OutboxMail).where(OutboxMail.id == mail_id).values(state="sent", sent_at=clock.now(), fault="")
        )
    return True


def _mark_failed(mail: OutboxMail, fault: Exception) -> None:
    state = "parked" if mail.tries >= MOST_TRIES else "waiting"
    wait = FIRST_WAIT * 2 ** (mail.tries - 1)
    with writing() as session:
        session.execute(
            update(OutboxMail)
            .where(OutboxMail.id == mail.id)
            .values(state=state, fault=type(fault).__name__, next_try_at=clock.now() + wait)
        )
