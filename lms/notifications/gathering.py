"""Digests instead of floods: mails that may be gathered leave with the others of their hour, day or week in one mail.

The first mail of an hour leaves by itself at once. What follows within the hour waits until it is over, and leaves
together; so do mails that are due at the same moment, and what a person wants once a day or a week.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from flask import render_template
from sqlalchemy import func, select

from lms.core import clock
from lms.core.db import db, writing
from lms.core.ids import new_id
from lms.notifications import queries
from lms.notifications.hours import FLOOD
from lms.notifications.kinds import DIGEST, topic_of
from lms.notifications.models import Gather, OutboxMail, State
from lms.web.links import absolute

MOST_PEOPLE = 500  # at one go; the next minute goes on
MOST_LINES = 40


def gather_due() -> int:
    """Let go what is due of the mails that are gathered, each person's in a transaction of its own; returns how many
    people get a mail by it. In quiet hours nothing is let go.
    """
    now = clock.now()
    if queries.quiet_hours().covers(clock.local(now)):
        return 0
    people = db.session.scalars(
        select(OutboxMail.person_id)
        .where(queries.waits(now), OutboxMail.gather != Gather.NO.value)
        .group_by(OutboxMail.person_id)
        .order_by(func.min(OutboxMail.next_try_at))
        .limit(MOST_PEOPLE)
    ).all()
    db.session.rollback()
    let_go = 0
    for person_id in people:
        with writing():
            let_go += _gather(person_id, now)
    return let_go


def _gather(person_id: UUID, now: datetime) -> bool:
    rows = db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.person_id == person_id, queries.waits(now), OutboxMail.gather != Gather.NO.value)
        .order_by(OutboxMail.queued_at, OutboxMail.id)
        .limit(MOST_LINES)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:  # another worker was quicker
        return False
    last = db.session.scalar(select(func.max(OutboxMail.let_go_at)).where(OutboxMail.person_id == person_id))
    if last and timedelta(0) <= now - last < FLOOD and all(one.gather == Gather.SOON.value for one in rows):
        for one in rows:
            one.next_try_at, one.set_at = last + FLOOD, now
        return False
    if len(rows) == 1:
        rows[0].gather, rows[0].let_go_at = Gather.NO.value, now
    else:
        _put_together(rows, now)
    return True


def _put_together(rows: Sequence[OutboxMail], now: datetime) -> None:
    digest = OutboxMail(
        id=new_id(), person_id=rows[-1].person_id, address=rows[-1].address, kind=DIGEST, let_go_at=now,
        queued_at=now, set_at=now, next_try_at=now,
    )  # fmt: skip
    _write(digest, rows)
    db.session.add(digest)
    db.session.flush()
    for one in rows:
        one.state, one.digest_id = State.GATHERED.value, digest.id


def _write(digest: OutboxMail, rows: Sequence[OutboxMail]) -> None:
    """The text of a digest: each mail's subject with its link, under its topic."""
    ordered = sorted(rows, key=lambda one: topic_of(one.kind).title)
    topics = [(title, list(group)) for title, group in groupby(ordered, lambda one: topic_of(one.kind).title)]
    text = render_template(
        "notifications/emails/digest.txt",
        number=len(rows),
        topics=topics,
        chosen=all(one.gather != Gather.SOON.value for one in rows),
        link=absolute("notifications.choices"),
    )
    subject, _, body = text.partition("\n")
    digest.subject, digest.body = " ".join(subject.split()), body.strip() + "\n"


def take_out(mail: OutboxMail) -> bool:
    """Take a gathered mail out of its digest, unless the digest has left; says whether it was taken out. The caller
    holds the mail's row.
    """
    digest = here(mail)
    if digest is None:
        return False
    left = [one for one in _lines(digest) if one.id != mail.id]
    # Whoever is about to send the old text finds the mail taken from them.
    digest.claimed_by = None
    digest.state = State.WAITING.value if left else State.WITHDRAWN.value
    if left:
        _write(digest, left)
    return True


def write_anew(mail: OutboxMail) -> None:
    """Write the digest of a gathered mail again, whose subject has changed, unless it has left. The caller holds the
    mail's row.
    """
    digest = here(mail)
    if digest is not None:
        _write(digest, _lines(digest))
        digest.state, digest.claimed_by = State.WAITING.value, None


def here(mail: OutboxMail) -> OutboxMail | None:
    """The digest of a gathered mail, locked, unless it has left."""
    digest = db.session.scalar(
        select(OutboxMail)
        .where(OutboxMail.id == mail.digest_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return digest if digest is not None and _is_here(digest) else None


def _lines(digest: OutboxMail) -> Sequence[OutboxMail]:
    """The mails whose lines stand in a digest, the oldest first."""
    return db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.digest_id == digest.id, OutboxMail.state == State.GATHERED.value)
        .order_by(OutboxMail.queued_at, OutboxMail.id)
    ).all()


def _is_here(digest: OutboxMail) -> bool:
    waiting = digest.state in (State.WAITING.value, State.PARKED.value)
    return waiting or (digest.state == State.SENDING.value and digest.handed_at is None)
