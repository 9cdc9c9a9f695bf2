"""Reads for chasing: who can be reminded of what, when they were last, and what a round came to."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import selectinload

from lms.assignments import queries as assignments
from lms.chasing import policy, stages
from lms.chasing.models import Reminder, ReminderItem, ReminderRound
from lms.chasing.stages import Item, LeftOut
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.people.models import Agency, Membership, Person, Team

MOST_AT_ONCE = 50
CHUNK = 500


@dataclass(frozen=True)
class Candidate:
    """Somebody who might be reminded: what is late or due, when they were last reminded, and why not now (or None)."""

    person: Person
    post: str
    items: tuple[Item, ...]
    last: date | None
    why_not: LeftOut | None
    today: date

    @property
    def id(self) -> UUID:
        """Who it is."""
        return self.person.id

    @property
    def name(self) -> str:
        """Their name."""
        return self.person.name

    @property
    def is_late(self) -> bool:
        """Whether anything is overdue or expired."""
        return any(item.is_late for item in self.items)

    @property
    def reason(self) -> str:
        """Why they are left out, as it follows the name."""
        return stages.in_words(self.why_not, self.last, self.today) if self.why_not else ""


@dataclass(frozen=True)
class Selection:
    """People looked at before anything is sent: those who can be reminded, those who cannot, and how many more are late
    than fit on one page.
    """

    can: Sequence[Candidate]
    cannot: Sequence[Candidate]
    more: int = 0

    @property
    def everyone(self) -> list[UUID]:
        """Everybody who is shown."""
        return [one.id for one in (*self.can, *self.cannot)]


@dataclass
class _Told:
    """The last reminder of somebody's own training, and the last mail of chasing of any kind."""

    reminded: date | None = None
    any_mail: date | None = None


@dataclass(frozen=True)
class Result:
    """What a round came to: who got a reminder of what, and who was left out and why, in words."""

    round: ReminderRound
    sent: Sequence[Reminder]
    left_out: Sequence[tuple[str, str]] = field(default=())


def chosen(actor: Actor, person_ids: Collection[UUID], today: date) -> Selection:
    """These people, looked at one by one. Raises NotFound when the actor may not remind one of them. Four queries."""
    found = _candidates(actor, today, Membership.person_id.in_(person_ids))
    if {one.id for one in found} != set(person_ids):
        raise NotFound
    return _selection(found)


def late(actor: Actor, agency_id: UUID | None, team_id: UUID | None, today: date) -> Selection:
    """Everybody who is late, in one agency or team or everywhere the actor may remind; those late longest first, and no
    more than fit on a page. Raises NotFound for an agency or team in which the actor may remind nobody.
    """
    within: list[ColumnElement[bool]] = []
    if agency_id:
        within.append(Membership.agency_id == agency_id)
    if team_id:
        within.append(Membership.team_id == team_id)
    found = _candidates(actor, today, *within)
    if within and not found:
        raise NotFound
    waiting = sorted((one for one in found if one.is_late), key=lambda one: (one.items[0].last_day, one.name))
    can = [one for one in waiting if one.why_not is None]
    cannot = [one for one in waiting if one.why_not is not None]
    return Selection(can[:MOST_AT_ONCE], cannot[:MOST_AT_ONCE], len(can[MOST_AT_ONCE:]))


def reachable(actor: Actor, person_ids: Collection[UUID], today: date) -> frozenset[UUID]:
    """Those of these people whom the actor may remind. One query at most."""
    if not actor.can(Permission.REMINDER_SEND) or not person_ids:
        return frozenset()
    wanted = select(Membership.person_id).where(policy.chased(actor, today))
    if len(person_ids) <= CHUNK:
        wanted = wanted.where(Membership.person_id.in_(person_ids))
    return frozenset(db.session.scalars(wanted.distinct())).intersection(person_ids)


def how_many(actor: Actor, people: Select[UUID], today: date) -> int:
    """How many of the people of a query the actor may remind. One query at most."""
    if not actor.can(Permission.REMINDER_SEND):
        return 0
    wanted = select(func.count(Membership.person_id.distinct())).where(
        policy.chased(actor, today), Membership.person_id.in_(people)
    )
    return db.session.scalar(wanted) or 0


def result(actor: Actor, round_id: UUID, today: date) -> Result:
    """What one of the actor's own rounds came to; people who are out of the actor's reach by now are left away.

    Raises NotFound.
    """
    found = db.session.scalar(select(ReminderRound).where(ReminderRound.id == round_id, ReminderRound.by == actor.id))
    if found is None:
        raise NotFound
    sent = db.session.scalars(
        select(Reminder)
        .join(Reminder.person)
        .where(Reminder.round_id == found.id)
        .options(selectinload(Reminder.person), selectinload(Reminder.items))
        .order_by(Person.name, Person.id)
    ).all()
    reasons = {UUID(one["person"]): one for one in found.left_out}
    seen = reachable(actor, {*reasons, *(one.person_id for one in sent)}, today)
    names = dict(
        db.session.execute(select(Person.id, Person.name).where(Person.id.in_(seen.intersection(reasons)))).all()
    )
    left_out = [(name, _words(reasons[person])) for person, name in names.items()]
    return Result(found, [one for one in sent if one.person_id in seen], sorted(left_out))


def _words(reason: dict[str, str]) -> str:
    last = date.fromisoformat(reason["last"]) if reason["last"] else None
    return stages.in_words(LeftOut(reason["why"]), last, date.fromisoformat(reason["on"]))


def _selection(found: Sequence[Candidate]) -> Selection:
    return Selection([one for one in found if not one.why_not], [one for one in found if one.why_not])


def _candidates(actor: Actor, today: date, *within: ColumnElement[bool]) -> list[Candidate]:
    """People whom the actor may remind, by name. Four queries, however many people."""
    seen = select(Membership.person_id).where(policy.chased(actor, today), *within)
    standings = assignments.standings(seen, today)
    told = _told(seen)
    found: dict[UUID, Candidate] = {}
    rows = db.session.execute(
        select(Person, Membership.job, Team.name, Agency.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .where(policy.chased(actor, today), *within)
        .order_by(Person.name, Person.id, Membership.starts_on, Membership.id)
    )
    for person, job, team, agency in rows:
        if person.id in found:
            continue
        items, known = tuple(stages.items(standings.get(person.id, ()), stages.ASKED_FOR)), told[person.id]
        why = stages.why_not(
            active=person.active, has_items=bool(items), last=known.reminded, told_on=known.any_mail, today=today
        )
        found[person.id] = Candidate(person, f"{job}, {team or agency}", items, known.reminded, why, today)
    return list(found.values())


def _told(person_ids: assignments.People) -> defaultdict[UUID, _Told]:
    told: defaultdict[UUID, _Told] = defaultdict(_Told)
    rows = db.session.execute(
        select(Reminder.person_id, Reminder.week.is_(None), func.max(Reminder.day))
        .where(Reminder.person_id.in_(person_ids))
        .group_by(Reminder.person_id, Reminder.week.is_(None))
    )
    for person, own, day in rows:
        one = told[person]
        one.any_mail = max(day, one.any_mail or day)
        if own:
            one.reminded = day
    return told


@dataclass
class Past:
    """What one person was reminded of, by module and date, and when last."""

    sent: dict[tuple[str, date], dict[str, date]] = field(default_factory=dict)
    reminded: date | None = None
    any_mail: date | None = None


def pasts(person_ids: Sequence[UUID]) -> defaultdict[UUID, Past]:
    """The reminders of these people, for the rules. Two queries."""
    known: defaultdict[UUID, Past] = defaultdict(Past)
    chosen = select(Person.id).where(Person.id.in_(person_ids))
    for person, one in _told(chosen).items():
        known[person] = Past(reminded=one.reminded, any_mail=one.any_mail)
    rows = db.session.execute(
        select(ReminderItem.person_id, ReminderItem.module, ReminderItem.last_day, ReminderItem.stage, Reminder.day)
        .join(Reminder, ReminderItem.reminder_id == Reminder.id)
        .where(ReminderItem.person_id.in_(person_ids))
    )
    for person, module, last_day, stage, day in rows:
        known[person].sent.setdefault((module, last_day), {})[stage] = day
    return known


def last_reminded(person_ids: Collection[UUID]) -> dict[UUID, date]:
    """On which day each of these people was last reminded of their own training, for those who ever were. One query;
    the caller answers for the choice of people.
    """
    rows = db.session.execute(
        select(Reminder.person_id, func.max(Reminder.day))
        .where(Reminder.person_id.in_(person_ids), Reminder.week.is_(None))
        .group_by(Reminder.person_id)
    )
    return {person: day for person, day in rows if day}
