"""Two agencies with their managers, on a site of three modules; mails and reminders as tests read them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from lms.chasing.models import Reminder
from lms.core.db import db
from lms.notifications.models import OutboxMail
from tests.reports.conftest import fernshire

__all__ = ["fernshire"]


@pytest.fixture(autouse=True)
def _three_modules(three_modules: None) -> None:
    """Every test of chasing is on a site of three modules, two of them core."""


@pytest.fixture
def mails(database: None) -> Callable[..., list[OutboxMail]]:
    """The mails in the outbox of one kind (or all of chasing), in the order they were queued."""

    def found(kind: str = "chasing/%") -> list[OutboxMail]:
        wanted = select(OutboxMail).where(OutboxMail.kind.like(kind)).order_by(OutboxMail.queued_at, OutboxMail.id)
        return list(db.session.scalars(wanted.execution_options(populate_existing=True)))

    return found


@pytest.fixture
def reminders(database: None) -> Callable[[], list[Reminder]]:
    """All reminders, oldest first."""
    return lambda: list(db.session.scalars(select(Reminder).order_by(Reminder.day, Reminder.sent_at)))
