"""What the administrator's pages show: jobs by the clock, and mails by kind, state and fault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, func, select

from lms.core import clock
from lms.core.db import db
from lms.jobs import clockwork
from lms.jobs.clockwork import Standing
from lms.jobs.models import Worker
from lms.notifications.delivering import AWAY
from lms.notifications.kinds import topic_of
from lms.notifications.models import Gather, OutboxMail, State
from lms.web.asking import Paged, number_asked

MOST_ROWS = 50
FAULTS = (
    (AWAY, "The mail server cannot be used."),
    ("refused: recipient", "The mail server does not take mail for this address."),
    ("refused: ", "The mail server does not take this mail."),
    ("not now: ", "The mail server asks to try later."),
    ("no answer: ", "No answer came after the text was sent, so it may have arrived. A copy is the same message."),
    ("the worker died", "The worker was stopped while it sent this."),
    ("ValueError", "No message can be made of it."),
    ("too late", "It was of no use any more."),
)


def jobs() -> Sequence[Standing]:
    """Every job by the clock with its last run and its last fault."""
    return clockwork.standings(current_app.extensions["jobs"])


def workers_at_work() -> int:
    """How many workers hold something at this moment."""
    return db.session.scalar(select(func.count()).select_from(Worker)) or 0


@dataclass(frozen=True)
class Line:
    """One mail as the administrator sees it: nothing of whom it is to or what it says."""

    id: UUID
    kind: str
    state: str
    tries: int
    queued_at: datetime
    tried_at: datetime | None
    next_try_at: datetime
    fault: str

    @property
    def topic(self) -> str:
        """What kinds of mails it belongs to, in words."""
        return topic_of(self.kind).title

    @property
    def why(self) -> str:
        """The fault in words."""
        return next((words for start, words in FAULTS if self.fault.startswith(start)), "The connection failed.")


def numbers() -> Mapping[str, int]:
    """How many mails there are of each state that is not an end, of those sent since yesterday, and how many of the
    waiting are kept for a digest. Two queries.
    """
    open_states = (State.WAITING.value, State.SENDING.value, State.PARKED.value)
    by_state = db.session.execute(
        select(OutboxMail.state, OutboxMail.gather, func.count())
        .where(OutboxMail.state.in_(open_states))
        .group_by(OutboxMail.state, OutboxMail.gather)
    ).all()
    found = dict.fromkeys((*open_states, "kept"), 0)
    for state, gather, number in by_state:
        kept = state == State.WAITING.value and gather != Gather.NO.value
        found["kept" if kept else state] += number
    yesterday = clock.now() - timedelta(days=1)
    sent = select(func.count()).select_from(OutboxMail).where(OutboxMail.sent_at >= yesterday)
    return {**found, "sent": db.session.scalar(sent) or 0}


def parked(number: int) -> Paged[Line]:
    """Mails that wait for an administrator, the longest first: one page, when there are `number` in all."""
    pages = max(1, -(-number // MOST_ROWS))
    page = number_asked(pages)
    return Paged(_lines(OutboxMail.state == State.PARKED.value, (page - 1) * MOST_ROWS), page, pages)


def tried_in_vain() -> Sequence[Line]:
    """Mails that wait after a fault, the longest first; so many at most."""
    return _lines((OutboxMail.state == State.WAITING.value) & (OutboxMail.fault != ""))


def _lines(which: ColumnElement[bool], skip: int = 0) -> list[Line]:
    columns = (getattr(OutboxMail, one.name) for one in fields(Line))
    found = db.session.execute(
        select(*columns).where(which).order_by(OutboxMail.queued_at, OutboxMail.id).offset(skip).limit(MOST_ROWS)
    )
    return [Line(*row) for row in found]
