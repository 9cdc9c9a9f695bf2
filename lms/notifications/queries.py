"""What people chose about their mails, and which mails are due."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select

from lms.config import Settings
from lms.core.db import db
from lms.notifications.hours import Quiet
from lms.notifications.kinds import TOPICS, Choice, Topic
from lms.notifications.models import MailChoice, OutboxMail, State


def choice_of(person_id: UUID, topic: Topic) -> Choice:
    """When this person wants the mails of a topic."""
    if not topic.gathers:
        return Choice.AT_ONCE
    found = db.session.scalar(
        select(MailChoice.choice).where(MailChoice.person_id == person_id, MailChoice.topic == topic.key)
    )
    return _allowed(topic, found)


def choices_of(person_id: UUID) -> Mapping[str, Choice]:
    """What this person chose, for every topic that leaves a choice."""
    rows = db.session.execute(select(MailChoice.topic, MailChoice.choice).where(MailChoice.person_id == person_id))
    found = {topic: choice for topic, choice in rows}  # noqa: C416 -- rows of two, not pairs
    return {topic.key: _allowed(topic, found.get(topic.key)) for topic in TOPICS if topic.gathers}


def _allowed(topic: Topic, found: str | None) -> Choice:
    """The stored choice, unless the topic has stopped to leave it."""
    return Choice(found) if found in topic.choices else Choice.AT_ONCE


def quiet_hours() -> Quiet:
    """The quiet hours of this site."""
    settings: Settings = current_app.extensions["settings"]
    return Quiet(settings.quiet_hours, settings.quiet_weekends)


def waits(now: datetime) -> ColumnElement[bool]:
    """Mails that wait, are due, and still of use. A mail set to a later time by a clock that has gone back since is due
    too.
    """
    return and_(
        OutboxMail.state == State.WAITING.value,
        or_(OutboxMail.next_try_at <= now, OutboxMail.set_at > now),
        or_(OutboxMail.until.is_(None), OutboxMail.until > now),
    )
