"""What can be the matter with a file that is being made, and how often a kept view is remembered. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from lms.core.clock import months_later


class ExportState(StrEnum):
    """From waiting to its end. A closed file was taken away because its owner no longer sees what is in it."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    CLOSED = "closed"


AT_WORK = (ExportState.WAITING, ExportState.RUNNING)


class Every(StrEnum):
    """How often a mail brings the link of a view."""

    NEVER = ""
    WEEK = "week"
    MONTH = "month"


def next_mail(every: str, today: date) -> date | None:
    """The day of the next mail after today: a Monday, or the first of a month; None without mails."""
    if every == Every.WEEK:
        return today + timedelta(days=7 - today.weekday())
    if every == Every.MONTH:
        return months_later(today.replace(day=1), 1)
    return None
