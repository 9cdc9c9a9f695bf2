"""How long a certificate is in date, and what is said about it on a given day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lms.core.clock import months_later


@dataclass(frozen=True)
class State:
    """What a certificate is on one day: `kind` for rules and colours, `words` for people, `on` the day it ended."""

    kind: Literal["valid", "expired", "revoked"]
    words: str
    on: date | None = None


def valid_until(completed: date, months: int) -> date:
    """The last day a certificate is in date: the same day of the month, so many months after completion.

    Where that month has no such day, the last day of the month: 31 August and 6 months give 28 February (29 in a leap
    year), 29 February and 12 months give 28 February. Months are always counted from the completion, never from an
    earlier such date, so that a day lost in February does not stay lost. Raises ValueError for less than one month.
    """
    if months < 1:
        raise ValueError(f"A certificate is valid for at least one month, not {months}.")
    return months_later(completed, months)


def programme_valid_until(ends: Iterable[date], completed: date, months: int | None) -> date:
    """The last day of a programme's certificate: the first of the last days of its required modules' certificates, or
    so many months after completion where the programme says so and that is sooner.
    """
    first = min(ends)
    return first if months is None else min(first, valid_until(completed, months))


def state(valid_until: date, revoked_on: date | None, today: date) -> State:
    """What to tell anyone who asks about a certificate today.

    `valid_until` is the last good day, so the certificate still counts on it, as a passport does. A withdrawal counts
    from its own day and is said before expiry, because it is what a checker must know.
    """
    if revoked_on is not None and revoked_on <= today:
        return State("revoked", f"Withdrawn on {_in_words(revoked_on)}", revoked_on)
    if today > valid_until:
        return State("expired", f"Expired on {_in_words(valid_until)}", valid_until)
    return State("valid", "Valid")


def _in_words(day: date) -> str:
    """A date as it stands in a sentence: 9 September 2026."""
    return f"{day.day} {day:%B %Y}"
