"""Seeing to it that the ledger follows every change, in the transaction of the change.

What decides where somebody stands lies in the tables of six features. Rather than trust each of their actions to
remember, this watches what a session saves and works out the people concerned anew just before it commits. A bulk
statement on one of these tables would go unseen, so it is refused.
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import ColumnElement, Delete, Insert, Select, Update, event, exists, func, inspect, or_, select
from sqlalchemy.orm import ORMExecuteState, Session

from lms.assignments import ledger
from lms.assignments.ledger_models import PostSpan, Refreshing
from lms.assignments.models import (
    Assignment,
    Exemption,
    Leave,
    Level,
    PriorLearning,
    Requirement,
    RequirementVersion,
)
from lms.certificates.models import Certificate
from lms.cohorts.models import Attendance, Booking
from lms.core import clock
from lms.core.db import db, give_way, writing
from lms.learning.models import Completion, Study
from lms.people.models import Agency, Membership, Team

AT_ONCE = 300
PORTION = 200
_PEOPLE, _CAME, _TEAMS, _PLACES = (f"{name} of the ledger" for name in ("people", "came", "teams", "places"))

# The columns whose change moves a standing; a new row always does.
WATCHED: dict[type[Any], frozenset[str]] = {
    Membership: frozenset({"agency_id", "team_id", "job", "starts_on", "ends_on"}),
    Study: frozenset({"started_at"}),
    Completion: frozenset({"completed_on"}),
    Certificate: frozenset({"valid_until", "revoked_at", "completion_id"}),
    Exemption: frozenset({"until", "ended_at"}),
    Assignment: frozenset({"due_on", "withdrawn_at"}),
    PriorLearning: frozenset({"ended_at", "valid_until"}),
    Leave: frozenset({"first_day", "last_day", "cancelled_at"}),
}


class BulkChange(RuntimeError):
    """A bulk statement on a table that decides where people stand: a fault of ours."""


def install(app: Flask) -> None:
    """Watch what sessions save."""
    with app.app_context():
        event.listen(db.sessionmaker, "after_flush", _note)
        event.listen(db.sessionmaker, "before_commit", _settle)
        event.listen(db.sessionmaker, "after_rollback", _forget)
        event.listen(db.sessionmaker, "do_orm_execute", _refuse_bulk)


def _note(session: Session, _context: object) -> None:
    """Remember whom the rows just saved are about."""
    for row in (*session.new, *session.dirty, *session.deleted):
        kind = type(row)
        if kind in WATCHED and (row in session.new or row in session.deleted or _moved(row, WATCHED[kind])):
            session.info.setdefault(_PEOPLE, set()).add(row.person_id)
        elif kind is Attendance and (row in session.new or row in session.deleted or _moved(row, {"attended"})):
            session.info.setdefault(_CAME, set()).add(row.booking_id)
        elif kind is Team and row in session.dirty and _moved(row, {"locality"}):
            session.info.setdefault(_TEAMS, set()).add(row.id)
        elif kind in (Level, RequirementVersion):
            session.info.setdefault(_PLACES, set()).add(_place(session, row))


def _place(session: Session, row: Level | RequirementVersion) -> tuple[str, UUID | None]:
    if isinstance(row, Level):
        return row.partnership, None
    requirement = session.get(Requirement, row.requirement_id)
    assert requirement is not None
    return requirement.partnership, requirement.agency_id


def _moved(row: object, columns: Any) -> bool:
    """Whether one of these columns was just changed; read after the flush, when the old values are still known."""
    found = inspect(row)
    assert found is not None
    return any(found.attrs[name].history.has_changes() for name in columns)


def _settle(session: Session) -> None:
    """Bring the ledger to what the transaction says."""
    session.flush()
    people: set[UUID] = set(session.info.pop(_PEOPLE, ()))
    came, teams, places = (session.info.pop(name, ()) for name in (_CAME, _TEAMS, _PLACES))
    if came:
        people |= set(session.scalars(select(Booking.person_id).where(Booking.id.in_(came))))
    for team in teams:
        people |= set(session.scalars(select(Membership.person_id).where(Membership.team_id == team)))
    for partnership, agency in places:
        people |= _of_place(session, partnership, agency)
    if people:
        ledger.refresh(people)
        session.flush()


def _of_place(session: Session, partnership: str, agency: UUID | None) -> set[UUID]:
    """The people whom a changed requirement may concern; where they are many, the worker is asked instead."""
    inside = Agency.id == agency if agency else Agency.partnership == partnership
    people = (
        select(Membership.person_id)
        .join(Agency, Membership.agency_id == Agency.id)
        .where(inside, func.coalesce(Membership.ends_on, date.max) >= clock.today())
        .distinct()
    )
    found = set(session.scalars(people.limit(AT_ONCE + 1)))
    if len(found) <= AT_ONCE:
        return found
    session.add(Refreshing(partnership=partnership, agency_id=agency))
    session.flush()
    return set()


def _forget(session: Session) -> None:
    for name in (_PEOPLE, _CAME, _TEAMS, _PLACES):
        session.info.pop(name, None)


def _refuse_bulk(state: ORMExecuteState) -> None:
    mapper, statement = state.bind_mapper, state.statement
    if mapper is None or mapper.class_ not in WATCHED or not isinstance(statement, Insert | Update | Delete):
        return
    if not isinstance(statement, Update) or not WATCHED[mapper.class_].isdisjoint(statement.compile().params):
        raise BulkChange(f"change {mapper.class_.__name__} rows one by one, so that the ledger follows")


def tell_of(people: Collection[UUID], agencies: Collection[UUID]) -> None:
    """Follow a bulk change, which the watch cannot see: these people's posts, all at these agencies. Where they are
    many, the worker is asked instead. In the transaction of the change.
    """
    db.session.flush()
    if len(people) <= AT_ONCE:
        ledger.refresh(people)
        return
    for agency in db.session.scalars(select(Agency).where(Agency.id.in_(agencies)).order_by(Agency.id)):
        db.session.add(Refreshing(partnership=agency.partnership, agency_id=agency.id))


def waiting_at(agencies: Collection[UUID]) -> int:
    """How many people of these agencies wait to be worked out anew."""
    number = 0
    wanted = select(Refreshing).where(Refreshing.finished_at.is_(None), Refreshing.agency_id.in_(agencies))
    for one in db.session.scalars(wanted).all():
        number += db.session.scalar(select(func.count()).select_from(_to_refresh(one).subquery())) or 0
    return number


def refresh_waiting(portion: int = PORTION, say: Callable[[int], None] = lambda _count: None) -> int:
    """Work off what is waiting, a portion of people in each transaction; returns how many people were worked out, and
    says how many after each portion.

    A worker killed meanwhile goes on after the last portion; two workers take turns, since the row is locked.
    """
    done = 0
    while True:
        with writing():
            counted = _next_portion(portion)
        if counted is None:
            return done
        done += counted
        say(counted)
        give_way()


def _next_portion(portion: int) -> int | None:
    """Work out the next people of the oldest waiting refreshing; None when none waits."""
    waiting = db.session.scalar(
        select(Refreshing)
        .where(Refreshing.finished_at.is_(None))
        .order_by(Refreshing.asked_at, Refreshing.id)
        .limit(1)
        .with_for_update()
    )
    if waiting is None:
        return None
    people = _to_refresh(waiting).order_by(Membership.person_id).limit(portion)
    found = list(db.session.scalars(people))
    if not found:
        waiting.finished_at = clock.now()
        return 0
    ledger.refresh(found)
    waiting.done_to = found[-1]
    return len(found)


def _to_refresh(waiting: Refreshing) -> Select[UUID]:
    """Whom a refreshing still has to work out: everybody with a post there that is open, or is in the ledger's eyes."""
    inside = Agency.id == waiting.agency_id if waiting.agency_id else Agency.partnership == waiting.partnership
    today = clock.today()
    thought_open = exists().where(PostSpan.membership_id == Membership.id, PostSpan.last_day >= today)
    people = (
        select(Membership.person_id)
        .join(Agency, Membership.agency_id == Agency.id)
        .where(inside, or_(func.coalesce(Membership.ends_on, date.max) >= today, thought_open))
        .distinct()
    )
    return people.where(Membership.person_id > waiting.done_to) if waiting.done_to else people


def untold() -> int:
    """How many people have or had a post and are not in the ledger yet."""
    people = select(func.count(Membership.person_id.distinct())).where(_is_untold())
    return db.session.scalar(people) or 0


def _is_untold() -> ColumnElement[bool]:
    return ~select(PostSpan.person_id).where(PostSpan.person_id == Membership.person_id).exists()


def tell_all(say: Callable[[int], None] = lambda _count: None, portion: int = PORTION) -> int:
    """Write the history of everybody who is not in the ledger yet; says how many are done after each portion."""
    done, last = 0, None
    while True:
        with writing():
            people = (
                select(Membership.person_id)
                .where(_is_untold())
                .distinct()
                .order_by(Membership.person_id)
                .limit(portion)
            )
            if last is not None:
                people = people.where(Membership.person_id > last)
            found = list(db.session.scalars(people))
            ledger.tell_history(found)
        if not found:
            return done
        give_way()
        last = found[-1]
        done += len(found)
        say(done)
