"""Reads of the record of acts: one page of lines, newest first, with the names their reader may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from lms.acts import naming, policy
from lms.acts.forms import Asked
from lms.acts.naming import Entry, Line
from lms.acts.pages import Key, after
from lms.acts.policy import Reach
from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Refusal
from lms.people.models import Membership, Person
from lms.people.names import plain_name

LINES_A_PAGE = 50
MOST_PEOPLE = 20
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)  # no line is from before or after, whatever day was typed
COLUMNS = (
    *(AuditEntry.at, AuditEntry.action, AuditEntry.actor_id, AuditEntry.subject_id),
    *(AuditEntry.detail, AuditEntry.erased),
)


class NobodyCalledThat(Refusal):
    """Nobody whom the reader looks after has these words in their name, whoever else does."""

    field = "who"
    sentence = "Nobody you look after is called that. Enter a part of a name, or a whole work e-mail address."


class ManyCalledThat(Refusal):
    """So many people are meant that none is."""

    field = "who"
    sentence = f"More than {MOST_PEOPLE} people are called that. Enter more of the name."


@dataclass(frozen=True)
class Page:
    """Some lines, and where the page after them begins, if there is one."""

    lines: Sequence[Line]
    older: Key | None


def people_called(reach: Reach, words: str) -> list[UUID]:
    """The people whom an administrator looks after, or did, with these words in their name. One query, or none.
    Raises NobodyCalledThat or ManyCalledThat.
    """
    if not words:
        return []
    here = select(Membership.person_id).where(policy.known(reach))
    called = or_(Person.plain_name.contains(plain_name(words), autoescape=True), Person.email == words.lower())
    found = db.session.scalars(select(Person.id).where(called, Person.id.in_(here)).limit(MOST_PEOPLE + 1)).all()
    if not found:
        raise NobodyCalledThat
    if len(found) > MOST_PEOPLE:
        raise ManyCalledThat
    return list(found)


def record(actor: Actor, reach: Reach, asked: Asked, people: Sequence[UUID], before: Key | None) -> Page:
    """The lines that an administrator may read; of these people alone, where any are named."""
    rules = [policy.administered(reach, asked.actions), *_within(asked)]
    if people:
        rules.append(policy.by_or_about(people))
    entries, older = _read(rules, before)
    return Page(naming.for_administrator(actor, reach, entries), older)


def mine(actor: Actor, asked: Asked, before: Key | None) -> Page:
    """The actor's own acts."""
    entries, older = _read([policy.done_by(actor), *_within(asked)], before)
    return Page(naming.for_oneself(actor, entries), older)


def _within(asked: Asked) -> Iterable[ColumnElement[bool]]:
    if asked.actions:
        yield AuditEntry.action.in_(asked.actions)
    if asked.first_day:
        yield AuditEntry.at >= _begin_of(asked.first_day)
    if asked.last_day:
        yield AuditEntry.at < _begin_of(min(asked.last_day, LAST) + timedelta(days=1))


def _begin_of(day: date) -> datetime:
    return clock.from_local(datetime.combine(min(max(day, FIRST), LAST + timedelta(days=1)), time()))


def _read(rules: Sequence[ColumnElement[bool]], before: Key | None) -> tuple[list[Entry], Key | None]:
    """One page of entries, and where the next begins. One query."""
    wanted = select(*COLUMNS).where(*rules).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if before:
        wanted = wanted.where(AuditEntry.at <= before.at).offset(before.skip)
    rows = db.session.execute(wanted.limit(LINES_A_PAGE + 1)).all()
    shown = [Entry(*row) for row in rows[:LINES_A_PAGE]]
    return shown, after([one.at for one in shown], before) if len(rows) > LINES_A_PAGE else None
