"""When somebody is reminded of what: to the learner first, the manager later. Pure.

A date is somebody's last good day for a module: for a first completion, or for renewing a certificate. The rules:

1. Before the date there is one reminder at 90, 30 and 7 days. Whoever was not told at 90 days, since the worker was
   down or the date was nearer from the start, is told at the stage reached by now, and only at that one.
2. From the date on there are four reminders at most, each 14 days after the one before.
3. Nobody is reminded twice within three days, whoever sends it, and nobody gets two mails of chasing on one day.
4. The mail of an assignment stands for the reminder of the stage reached on its day.
5. Exempt, on leave, in date, not required: no date, so no reminder. The one status function says so.
6. A manager is told, once a week and as a number, of people who are late by 14 days or more.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lms.assignments.due import LATE, ModuleStanding, Status

BEFORE = (90, 30, 7)
MOST_AFTER = 4
AGAIN_AFTER = timedelta(days=14)
REST = timedelta(days=2)
TELL_MANAGERS_AFTER = timedelta(days=14)
CHASED = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.DUE, *LATE})
ASKED_FOR = frozenset({Status.DUE, *LATE})  # what a manager can remind of
AFTER = "after-"
ASSIGNED = "assigned-"


@dataclass(frozen=True)
class Item:
    """One thing to be reminded of: the module, its last good day, and what it says of it: "Overdue since 1 October"."""

    module: str
    last_day: date
    words: str
    is_late: bool


Sent = Mapping[tuple[str, date], Mapping[str, date]]
"""What somebody was reminded of: module and last good day, then the stages, each with the day it was sent."""


def items(standings: Iterable[ModuleStanding], statuses: Collection[Status] = CHASED) -> list[Item]:
    """What is still to be done by a date and has one of these statuses, the earliest date first."""
    found = [
        Item(one.module, one.standing.on, one.standing.words, one.is_late)
        for one in standings
        if one.required and one.status in statuses and one.standing.on is not None
    ]
    return sorted(found, key=lambda item: (item.last_day, item.module))


def stage(last_day: date, today: date, sent: Mapping[str, date]) -> str | None:
    """The stage to send today for one date, or None: it is too early, or this stage was sent."""
    if last_day <= today:
        return _after(last_day, today, sent)
    name = _before(last_day, today)
    told = {_before(last_day, day) for one, day in sent.items() if one.startswith(ASSIGNED)}
    return None if name in sent or name in told else name


def _before(last_day: date, day: date) -> str | None:
    """The stage reached on a day before the date; None when that is too early."""
    reached = [days for days in BEFORE if (last_day - day).days <= days]
    return f"before-{min(reached)}" if reached else None


def _after(last_day: date, today: date, sent: Mapping[str, date]) -> str | None:
    days = [
        day for name, day in sent.items() if name.startswith(AFTER) or (name.startswith(ASSIGNED) and day >= last_day)
    ]
    if len(days) >= MOST_AFTER or (days and max(days) + AGAIN_AFTER > today):
        return None
    return f"{AFTER}{len(days) + 1}"


def by_hand(day: date) -> str:
    """The stage of a reminder that a manager sends: one for each day."""
    return f"hand-{day.isoformat()}"


def by_assigning(day: date) -> str:
    """The stage of the mail of an assignment: one for each day."""
    return f"{ASSIGNED}{day.isoformat()}"


def due_today(found: Iterable[Item], today: date, sent: Sent, last: date | None) -> dict[Item, str]:
    """What somebody is reminded of today by the clock, with its stage; nothing while they rest from the last one."""
    if rests(last, today):
        return {}
    stages = {item: stage(item.last_day, today, sent.get((item.module, item.last_day), {})) for item in found}
    return {item: name for item, name in stages.items() if name}


def rests(last: date | None, today: date) -> bool:
    """Whether somebody reminded last on this day is to be left in peace today: two whole days lie between."""
    return last is not None and today <= last + REST


def listed(found: Iterable[Item], due: Collection[Item]) -> list[Item]:
    """What a mail of today lists: what a stage has come for, and what is late anyway, so that one mail says it all."""
    return [item for item in found if item in due or item.is_late]


def is_long_late(item: Item, today: date) -> bool:
    """Whether a manager hears of it in the weekly summary."""
    return item.is_late and item.last_day + TELL_MANAGERS_AFTER <= today


def monday(day: date) -> date:
    """The Monday of the week."""
    return day - timedelta(days=day.weekday())


class LeftOut(StrEnum):
    """Why somebody gets no reminder from a manager now."""

    RESTS = "rests"
    TOLD_TODAY = "told-today"
    NOTHING_LATE = "nothing-late"
    NO_ACCOUNT = "no-account"


def why_not(*, active: bool, has_items: bool, last: date | None, told_on: date | None, today: date) -> LeftOut | None:
    """Why somebody cannot be reminded now, or None. `last` is the day of the last reminder, `told_on` that of the last
    mail of chasing of any kind.
    """
    if not active:
        return LeftOut.NO_ACCOUNT
    if not has_items:
        return LeftOut.NOTHING_LATE
    if rests(last, today):
        return LeftOut.RESTS
    return LeftOut.TOLD_TODAY if told_on == today else None


def in_words(why: LeftOut, last: date | None, today: date) -> str:
    """The reason as it follows a name: "was reminded yesterday; leave two days"."""
    if why is LeftOut.NO_ACCOUNT:
        return "has no account in use, so no mail would reach them"
    if why is LeftOut.NOTHING_LATE or last is None:
        return "has nothing overdue or due soon"
    if why is LeftOut.TOLD_TODAY:
        return "had a summary by mail today; leave it until tomorrow"
    day = {0: "today", 1: "yesterday"}.get((today - last).days, f"on {last.day} {last:%B}")
    return f"was reminded {day}; leave two days"
