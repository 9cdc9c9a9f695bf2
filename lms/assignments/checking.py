"""Comparing the ledger with what it is made from, and putting it right: the counts with the pages of the people, and
the pages with the facts.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, insert, select

from lms.assignments import counts, facts, ledger
from lms.assignments.counting import Group, Key, changes
from lms.assignments.ledger_models import PostSpan, StandingChange
from lms.assignments.rules import Facts
from lms.assignments.spans import OVERALL
from lms.core import clock
from lms.core.db import db, writing
from lms.people.models import Membership, Person

PORTION = 500
Say = Callable[[int], None]


@dataclass(frozen=True)
class WrongCount:
    """By how much a count changes on a day by the ledger's own pages, and by how much as kept."""

    key: Key
    kept: int
    told: int

    @property
    def sentence(self) -> str:
        """The difference in words, for whoever runs the server."""
        partnership, group, value, target, state, day = self.key
        where = f"{partnership}, {group} {value}".rstrip()
        what = f"{target or 'everything asked'} {state}"
        return f"{where}: {what} from {day.isoformat()}: kept {self.kept:+}, by the people’s pages {self.told:+}"


def wrong_pages(person_ids: Sequence[UUID], say: Say = lambda _count: None) -> Iterator[UUID]:
    """People whose page, from today on, is not what their facts say."""
    today = clock.today()
    for portion in _portions(person_ids):
        known, kept = facts.load(select(Person.id).where(Person.id.in_(portion))), ledger.pages(portion, today)
        for person in portion:
            told = ledger.page(known.get(person, Facts()), today)
            if not kept.get(person, ledger.NO_PAGE).says_the_same_as(told):
                yield person
        db.session.expunge_all()
        say(len(portion))


def wrong_counts(say: Say = lambda _count: None) -> Iterator[WrongCount]:
    """Counts, from today on, that are not the sum of the people's pages."""
    today = clock.today()
    for partnership in partnerships():
        told, kept = _told(partnership, today, say), _kept(partnership, today)
        for key in sorted(told.keys() | kept.keys()):
            if told[key] != kept[key]:
                yield WrongCount(key, kept[key], told[key])


def put_right(say: Say = lambda _count: None) -> tuple[int, int]:
    """Work everybody out anew from today on, in portions, and then add to the counts what is missing. What was said of
    days before today stays. Returns how many people and how many counts were wrong.

    Nothing else should write meanwhile: stop the web server and the worker first.
    """
    pages = 0
    for portion in _portions(everybody()):
        with writing():
            pages += sum(1 for _ in wrong_pages(portion))
            ledger.refresh(portion)
        say(len(portion))
    with writing() as session:
        wrong = list(wrong_counts())
        rows = [dict(zip(_COLUMNS, (*one.key, one.told - one.kept), strict=True)) for one in wrong]
        if rows:
            session.execute(insert(StandingChange), rows)
    return pages, len(wrong)


_COLUMNS = ("partnership", "grouping", "value", "target", "state", "day", "change")


def partnerships() -> list[str]:
    """The partnerships that the ledger speaks of."""
    named = set(db.session.scalars(select(StandingChange.partnership).distinct()))
    return sorted(named | set(db.session.scalars(select(PostSpan.partnership).distinct())))


def everybody(sample: int | None = None) -> list[UUID]:
    """Everyone who has or had a post, in order; or as many of them as asked for, by chance."""
    people = select(Membership.person_id).distinct()
    if sample is None:
        return list(db.session.scalars(people.order_by(Membership.person_id)))
    some = select(people.subquery().c.person_id).order_by(func.random()).limit(sample)
    return sorted(db.session.scalars(some))


def _told(partnership: str, today: date, say: Say) -> Counter[Key]:
    """The changes to counts from today on, by the people's pages."""
    found: Counter[Key] = Counter()
    at_work = select(PostSpan.person_id).where(PostSpan.partnership == partnership, PostSpan.last_day >= today)
    for portion in _portions(sorted(db.session.scalars(at_work.distinct()))):
        for one in ledger.pages(portion, today).values():
            posts = [post for post in one.posts if post.partnership == partnership]
            found.update(changes(posts, one.spans, today))
        db.session.expunge_all()
        say(len(portion))
    return found


def _kept(partnership: str, today: date) -> Counter[Key]:
    """The same as the counts are kept: what they come to today, and every change after it."""
    found: Counter[Key] = Counter()
    for group in Group:
        for value, one in counts.count(partnership, group, today).items():
            for target, by in [(OVERALL, one.overall), *one.states.items()]:
                for state, people in by.items():
                    found[partnership, group.value, value, target, state, today] = people
    columns = (StandingChange.grouping, StandingChange.value, StandingChange.target, StandingChange.state)
    later = (
        select(*columns, StandingChange.day, func.sum(StandingChange.change))
        .where(StandingChange.partnership == partnership, StandingChange.day > today)
        .group_by(*columns, StandingChange.day)
    )
    for word, value, target, state, day, change in db.session.execute(later):
        found[partnership, word, value, target, state, day] += int(change)
    return found


def _portions(person_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(person_ids), PORTION):
        yield person_ids[start : start + PORTION]
