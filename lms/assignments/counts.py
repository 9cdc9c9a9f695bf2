"""Reading the counts of the ledger: how many people of a group stand how, on any day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy import delete, func, insert, select, update

from lms.assignments.counting import Count, Group
from lms.assignments.ledger_models import StandingBalance, StandingChange
from lms.assignments.spans import OVERALL
from lms.core import clock
from lms.core.db import db

DAY = timedelta(days=1)
Counts = dict[str, Count]


def count(partnership: str, group: Group, day: date, values: Iterable[str] | None = None) -> Counts:
    """Each value of a group on a day, as known at the end of it (today: now). Three queries, however many the people.

    From the last stored month-end on or before the day, and the changes since.
    """
    return counts_on(partnership, group, [day], values)[day]


def counts_on(
    partnership: str, group: Group, days: Iterable[date], values: Iterable[str] | None = None
) -> Mapping[date, Counts]:
    """The same for several days: stored month-ends in one query, every other day in three."""
    wanted, chosen = list(days), None if values is None else list(values)
    stored = _stored(partnership, group, wanted, chosen) if len(wanted) > 1 else {}
    return {day: stored[day] if day in stored else _count(partnership, group, day, chosen) for day in wanted}


def _stored(partnership: str, group: Group, days: list[date], values: list[str] | None) -> dict[date, Counts]:
    """The counts of those days that are stored month-ends and have any."""
    rows = select(
        StandingBalance.day,
        StandingBalance.value,
        StandingBalance.target,
        StandingBalance.state,
        StandingBalance.people,
    ).where(
        StandingBalance.partnership == partnership,
        StandingBalance.day.in_(days),
        StandingBalance.grouping == group.value,
    )
    if values is not None:
        rows = rows.where(StandingBalance.value.in_(values))
    sums: defaultdict[date, dict[tuple[str, str, str], int]] = defaultdict(dict)
    for day, value, target, word, many in db.session.execute(rows):
        sums[day][value, target, word] = many
    return {day: _as_counts(found) for day, found in sums.items()}


def _count(partnership: str, group: Group, day: date, values: list[str] | None) -> Counts:
    base = db.session.scalar(
        select(func.max(StandingBalance.day)).where(
            StandingBalance.partnership == partnership, StandingBalance.day <= day
        )
    )
    sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    if base is not None:
        stored = select(
            StandingBalance.value, StandingBalance.target, StandingBalance.state, StandingBalance.people
        ).where(
            StandingBalance.partnership == partnership,
            StandingBalance.day == base,
            StandingBalance.grouping == group.value,
        )
        if values is not None:
            stored = stored.where(StandingBalance.value.in_(values))
        for value, target, word, many in db.session.execute(stored):
            sums[value, target, word] += many
    moved = (
        select(StandingChange.value, StandingChange.target, StandingChange.state, func.sum(StandingChange.change))
        .where(
            StandingChange.partnership == partnership,
            StandingChange.grouping == group.value,
            StandingChange.day <= day,
        )
        .group_by(StandingChange.value, StandingChange.target, StandingChange.state)
    )
    if values is not None:
        moved = moved.where(StandingChange.value.in_(values))
    if base is not None:
        moved = moved.where(StandingChange.day > base)
    for value, target, word, many in db.session.execute(moved):
        sums[value, target, word] += int(many)
    return _as_counts(sums)


def _as_counts(sums: Mapping[tuple[str, str, str], int]) -> Counts:
    found: Counts = {}
    for (value, target, word), many in sums.items():
        if many:
            one = found.setdefault(value, Count())
            place = one.overall if target == OVERALL else one.states.setdefault(target, {})
            place[word] = many
    return found


def count_under(group: Group, old: str, new: str) -> None:
    """Have all that was counted under one value of a group counted under another, in the past too: for a value that
    would name whoever was erased. In a writing transaction.
    """
    here = (StandingChange.grouping == group.value, StandingChange.value == old)
    db.session.execute(update(StandingChange).where(*here).values(value=new))
    chosen = select(StandingBalance).where(StandingBalance.grouping == group.value, StandingBalance.value == old)
    for one in db.session.scalars(chosen).all():
        key = (one.partnership, one.day, one.grouping, new, one.target, one.state)
        there = db.session.get(StandingBalance, key)
        if there is None:
            one.value = new
        else:
            there.people += one.people
            db.session.delete(one)
    db.session.flush()


def month_ends(first: date, last: date) -> list[date]:
    """The last days of months from one day to another, both included."""
    found = []
    day = first.replace(day=1)
    while day <= last:
        following = (day + timedelta(days=32)).replace(day=1)
        if first <= following - DAY <= last:
            found.append(following - DAY)
        day = following
    return found


def store_month_ends() -> int:
    """Store the counts of every month that is over and has none yet; returns how many were stored. For the clock."""
    yesterday = clock.today() - DAY
    stored = 0
    for partnership in db.session.scalars(select(StandingChange.partnership).distinct()).all():
        newest = db.session.scalar(
            select(func.max(StandingBalance.day)).where(StandingBalance.partnership == partnership)
        )
        first = db.session.scalar(select(func.min(StandingChange.day)).where(StandingChange.partnership == partnership))
        for day in month_ends(newest + DAY if newest else first or yesterday, yesterday):
            _store(partnership, day)
            stored += 1
    return stored


def _store(partnership: str, day: date) -> None:
    rows = [
        {
            "partnership": partnership,
            "day": day,
            "grouping": group.value,
            "value": value,
            "target": target,
            "state": word,
            "people": many,
        }
        for group in Group
        for value, one in _count(partnership, group, day, None).items()
        for target, by in [(OVERALL, one.overall), *one.states.items()]
        for word, many in by.items()
    ]
    if rows:
        db.session.execute(insert(StandingBalance), rows)


def sum_up() -> int:
    """Make one row of all changes of the same count on the same day; returns how many rows went. For the clock."""
    same = (
        StandingChange.partnership,
        StandingChange.grouping,
        StandingChange.value,
        StandingChange.target,
        StandingChange.state,
        StandingChange.day,
    )
    several = select(*same).group_by(*same).having(func.count() > 1).limit(5_000)
    gone = 0
    for key in db.session.execute(several).all():
        where = [column == value for column, value in zip(same, key, strict=True)]
        rows = db.session.execute(select(StandingChange.id, StandingChange.change).where(*where)).all()
        db.session.execute(delete(StandingChange).where(StandingChange.id.in_([row.id for row in rows])))
        total = sum(row.change for row in rows)
        if total:
            made = dict(zip(("partnership", "grouping", "value", "target", "state", "day"), key, strict=True))
            db.session.execute(insert(StandingChange), [{**made, "change": total}])
        gone += len(rows) - bool(total)
    return gone
