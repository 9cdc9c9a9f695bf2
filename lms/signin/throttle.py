"""Slowing down guesses: at most ten wrong tries a quarter of an hour for one account, a hundred from one address.

A try is counted before it is looked at, and given back when it was right: however many are sent at once, no more than
that are looked at. Counts live in the database, so they hold over all processes, and in short transactions of their
own, so they outlive a refusal.
Account names are stored as hashes: the table does not tell who has an account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Insert, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.core import clock
from lms.core.db import db, separate
from lms.core.errors import Refusal
from lms.signin.models import WrongTry

WINDOW = timedelta(minutes=15)


class TooManyTries(Refusal):
    """Guesses are slowed down."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        minutes = "minute" if wait == 1 else "minutes"
        super().__init__(f"There were too many tries. Wait {wait} {minutes}, then try again.")


@dataclass(frozen=True)
class Limit:
    """A name to count under, and how many tries it allows in the window, a day at the longest (`sweep`)."""

    key: str
    most: int
    window: timedelta = WINDOW


def limit(kind: str, value: str, most: int, window: timedelta = WINDOW) -> Limit:
    """A count of this kind for one account, one person or one address."""
    return Limit(sha256(f"{kind}:{value}".encode()).hexdigest(), most, window)


def limits(email: str, address: str) -> tuple[Limit, Limit]:
    """The two counts a password falls under."""
    return limit("account", email.strip().lower(), 10), limit("address", address, 100)


def take(*which: Limit) -> Mapping[Limit, int]:
    """Count one try, before it is looked at; says how many there are now. Raises TooManyTries, and then counts
    nothing.
    """
    now = clock.now()
    counts: dict[Limit, int] = {}
    if wait := _wait([db.session.get(WrongTry, one.key) for one in which], which, now):
        raise TooManyTries(wait)
    db.session.rollback()  # gives its connection back: two for each try would be many, when many try at once
    with separate() as session:
        for one in sorted(which, key=lambda one: one.key):  # always in one order, so that no two wait for each other
            session.execute(_kept(session.get_bind().dialect.name, one.key, now))
        rows = {one.key: session.get_one(WrongTry, one.key) for one in which}
        wait = _wait([rows[one.key] for one in which], which, now)
        if not wait:
            counts = {one: _one_more(rows[one.key], one, now) for one in which}
    if wait:
        raise TooManyTries(wait)
    return counts


def counted(session: Session, one: Limit, now: datetime) -> int:
    """Count one more in a transaction that writes, however many there were; says how many there are now."""
    session.execute(_kept(session.get_bind().dialect.name, one.key, now))
    return _one_more(session.get_one(WrongTry, one.key, populate_existing=True), one, now)


def _one_more(row: WrongTry, one: Limit, now: datetime) -> int:
    if row.since + one.window <= now:
        row.count, row.since = 0, now
    row.count += 1
    return row.count


def _wait(rows: Sequence[WrongTry | None], which: tuple[Limit, ...], now: datetime) -> int:
    """Minutes until another try is allowed; 0 when it is allowed now."""
    pairs = zip(rows, which, strict=True)
    ends = [row.since + one.window for row, one in pairs if row and row.count >= one.most]
    return max((_minutes(end - now) for end in ends if end > now), default=0)


def _kept(dialect: str, key: str, now: datetime) -> Insert:
    """Make the row unless it is there, and lock it in any case, also when another transaction has just removed it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    row = insert(WrongTry).values(key=key, count=0, since=now)
    return row.on_conflict_do_update(index_elements=[WrongTry.key], set_={"key": key})


def forget(account: Limit, *others: Limit) -> None:
    """A right answer clears the account's count and gives the others their try back, in the running transaction."""
    db.session.execute(delete(WrongTry).where(WrongTry.key == account.key))
    give_back(*others)


def give_back(*which: Limit) -> None:
    """Give a try back that was right, in the running transaction."""
    for one in which:
        db.session.execute(
            update(WrongTry).where(WrongTry.key == one.key, WrongTry.count > 0).values(count=WrongTry.count - 1)
        )


def sweep(before: datetime) -> None:
    """Remove counts that no longer matter."""
    db.session.execute(delete(WrongTry).where(WrongTry.since < before - WINDOW))


def _minutes(span: timedelta) -> int:
    return max(1, -(-int(span.total_seconds()) // 60))
