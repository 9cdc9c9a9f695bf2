"""How long what was mailed is kept: the text some weeks, that a mail was sent some months."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, or_, select, update

from lms.config import Settings
from lms.core import clock
from lms.core.db import db, give_way, writing
from lms.notifications.models import OutboxMail, State

ENDED = tuple(
    state.value for state in (State.SENT, State.GATHERED, State.WITHDRAWN, State.UNWANTED, State.DROPPED)
)  # fmt: skip
AT_A_TIME = 500


def forget_old() -> int:
    """Empty old texts and delete old rows, as the settings say; returns how many. For the clock, in short
    transactions; run twice, it does nothing the second time.
    """
    settings: Settings = current_app.extensions["settings"]
    now = clock.now()
    texts = now - timedelta(days=settings.mail_body_days)
    today = clock.today()
    rows = now - (today - clock.months_later(today, -settings.mail_keep_months))
    return _empty(texts) + _delete(rows)


def _ended_before(moment: datetime) -> Any:
    """Mails that were sent or given up before a moment."""
    return OutboxMail.state.in_(ENDED) & (func.coalesce(OutboxMail.sent_at, OutboxMail.set_at) < moment)


def _empty(moment: datetime) -> int:
    has_text = or_(OutboxMail.body != "", OutboxMail.link != "", OutboxMail.calendar != "")
    change = update(OutboxMail).values(body="", link="", calendar="")
    return _in_parts(_ended_before(moment) & has_text, change)


def _delete(moment: datetime) -> int:
    return _in_parts(_ended_before(moment) & (OutboxMail.queued_at < moment), delete(OutboxMail))


def _in_parts(which: Any, change: Any) -> int:
    """Change what is meant some hundred rows at a time, so that nobody waits long."""
    number = 0
    while True:
        with writing() as session:
            ids = session.scalars(select(OutboxMail.id).where(which).limit(AT_A_TIME)).all()
            if ids:
                session.execute(
                    change.where(OutboxMail.id.in_(ids)).execution_options(synchronize_session=False)
                )  # fmt: skip
        number += len(ids)
        if len(ids) < AT_A_TIME:
            db.session.rollback()
            return number
        give_way()
