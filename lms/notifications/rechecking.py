"""Looking at a mail once more just before it leaves: hours may lie between writing and sending it, or days.

Whoever wrote it says what it would say now. Features above offer a check for each of their kinds of mail that may be
undone; `lms/wiring.py` holds the list. A kind without one leaves as it was written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lms.core import clock
from lms.core.db import db, writing
from lms.notifications import gathering
from lms.notifications.kinds import ACCOUNT, DIGEST, RECORD, topic_of
from lms.notifications.models import OutboxMail, State

_KEY, _OPEN = "mail rechecks", "is account open"
# Whoever lost their account still hears what happened to it, and what was corrected in their record.
TO_ANYBODY = (ACCOUNT, RECORD)

log = structlog.get_logger()


@dataclass(frozen=True)
class Text:
    """A mail as it reads."""

    subject: str
    body: str


Check = Callable[[OutboxMail], Text | None]
"""What a mail would say now; None when what it speaks of was undone. It only reads."""


def supply(extensions: dict[str, object], checks: Mapping[str, Check], is_open: Callable[[UUID], bool]) -> None:
    """Give the application its checks, by kind of mail, and what says whether a person's account is open."""
    extensions[_KEY], extensions[_OPEN] = dict(checks), is_open


def as_it_is(mail: OutboxMail) -> Text:
    """The text it has."""
    return Text(mail.subject, mail.body)


def is_right(mail_id: UUID) -> bool:
    """Whether a mail that somebody is about to send says what is so, with every line of a digest. Otherwise it is
    withdrawn, or corrected and given back, to be sent anew. What may have arrived already is never changed: a second
    copy is the same message. Outside any transaction.
    """
    mail = db.session.get_one(OutboxMail, mail_id, populate_existing=True)
    parts = _parts(mail)
    wrong = [(part.id, now) for part in parts for now in [_now(part)] if not _is_so(part, now)]
    may_change = mail.unsure == 0
    db.session.rollback()
    if not may_change:
        wrong = [(part, now) for part, now in wrong if now is None]
    if not wrong:
        return True
    with writing():
        for part_id, now in wrong:
            _correct(part_id, now)
        _give_back(mail_id)
    return False


def _parts(mail: OutboxMail) -> Sequence[OutboxMail]:
    """The mail itself, or those whose lines stand in it."""
    if mail.kind != DIGEST:
        return [mail]
    lines = select(OutboxMail).where(OutboxMail.digest_id == mail.id, OutboxMail.state == State.GATHERED.value)
    return db.session.scalars(lines.order_by(OutboxMail.queued_at, OutboxMail.id)).all()


def _now(mail: OutboxMail) -> Text | None:
    """What it would say now; nothing to an account that was closed. A check that fails is a fault of ours, and stops
    no mail.
    """
    checks: Mapping[str, Check] = current_app.extensions[_KEY]
    if topic_of(mail.kind) not in TO_ANYBODY and not current_app.extensions[_OPEN](mail.person_id):
        return None
    check = checks.get(mail.kind, as_it_is)
    try:
        return check(mail)
    except DBAPIError:
        raise
    except Exception:
        log.exception("a mail could not be looked at again", kind=mail.kind)
        return as_it_is(mail)


def _is_so(mail: OutboxMail, now: Text | None) -> bool:
    """Whether that is what it says; of a mail in a digest nothing but its subject leaves."""
    if now is None:
        return False
    return mail.subject == now.subject and (mail.state == State.GATHERED.value or mail.body == now.body)


def _give_back(mail_id: UUID) -> None:
    """Let the mail be claimed anew, if there is still something to send; this was no try."""
    mail = _locked(mail_id)
    if mail.state == State.WAITING.value or _is_on_its_way(mail):
        mail.state, mail.claimed_by, mail.tries = State.WAITING.value, None, max(0, mail.tries - 1)
        mail.set_at = mail.next_try_at = clock.now()
        db.session.flush()


def _is_on_its_way(mail: OutboxMail) -> bool:
    return mail.state == State.SENDING.value and mail.handed_at is None


def _correct(mail_id: UUID, now: Text | None) -> None:
    """Withdraw one mail, or give it the text it should have; in its digest too, which is locked after it, as whoever
    takes a mail back does.
    """
    mail = _locked(mail_id)
    gathered = mail.state == State.GATHERED.value
    if not gathered and not _is_on_its_way(mail):
        return  # somebody was quicker
    if now is None:
        if not gathered or gathering.take_out(mail):
            mail.state, mail.claimed_by = State.WITHDRAWN.value, None
    else:
        mail.subject, mail.body = now.subject, now.body
        if gathered:
            gathering.write_anew(mail)
    db.session.flush()


def _locked(mail_id: UUID) -> OutboxMail:
    return db.session.get_one(OutboxMail, mail_id, with_for_update=True, populate_existing=True)
