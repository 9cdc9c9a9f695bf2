"""Slowing down guesses: at most ten wrong tries a quarter of an hour for one account, a hundred from one address.

Counts live in the database, so they hold over all processes, and in short transactions of their own, so they
outlive a refusal.
Account names are stored as hashes: the table does not tell who has an account.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select

from lms.core import clock
from lms.core.db import db, separate
from lms.signin.models import WrongTry

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class Limit:
    """A name to count under, and how many wrong tries it allows in the window."""

    key: str
    most: int


def limits(email: str, address: str) -> tuple[Limit, Limit]:
    """The two counts a sign-in falls under."""

    def key(kind: str, value: str) -> str:
        return sha256(f"{kind}:{value}".encode()).hexdigest()

    return Limit(key("account", email.strip().lower()), 10), Limit(key("address", address), 100)


def minutes_to_wait(email: str, address: str) -> int:
    """Minutes until another try is allowed; 0 when it is allowed now."""
    now = clock.now()
    wait = 0
    for limit in limits(email, address):
        row = db.session.get(WrongTry, limit.key)
        if row and row.count >= limit.most and row.since + WINDOW > now:
            wait = max(wait, _minutes(row.since + WINDOW - now))
    return wait


def wrong(email: str, address: str) -> None:
    """Count one wrong try."""
    now = clock.now()
    with separate() as session:
        for limit in limits(email, address):
            row = session.scalar(select(WrongTry).where(WrongTry.key == limit.key).with_for_update())
            if row is None:
                session.add(WrongTry(key=limit.key, count=1, since=now))
            elif row.since + WINDOW <= now:
                row.count, row.since = 1, now
            else:
                row.count += 1


def forget(email: str, address: str) -> None:
    """A right password clears the account's count, within the running transaction; the address keeps its own."""
    account, _ = limits(email, address)
    db.session.execute(delete(WrongTry).where(WrongTry.key == account.key))


def sweep(before: datetime) -> None:
    """Remove counts that no longer matter."""
    db.session.execute(delete(WrongTry).where(WrongTry.since < before - WINDOW))


def _minutes(span: timedelta) -> int:
    return max(1, -(-int(span.total_seconds()) // 60))
