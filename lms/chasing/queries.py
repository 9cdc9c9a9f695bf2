"""Reads for chasing: who can be reminded of what, when they were last, and what a round came to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from lms.assignments import queries as assignments
from lms.assignments.due import LATE, ModuleStanding
from lms.assignments.ledger_models import PostSpan, StandingSpan
from lms.assignments.spans import OVERALL
from lms.chasing import policy, stages
from lms.chasing.models import Reminder, ReminderItem, ReminderRound
from lms.chasing.stages import Item, LeftOut
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Permission
from lms.people import policy as people_policy
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


@dataclass(frozen=True)
class _Post:
    """A post for which somebody may be reminded."""

    person: Person
    agency_id: UUID
    agency: str
    job: str
    team: str | None


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
    waiting = _waiting(actor, today, *within)
    if within and not waiting and not db.session.scalar(select(_posts(actor, today, *within).exists())):
        raise NotFound
    can = [person for person, why in waiting.items() if why is None]
    cannot = [person for person, why in waiting.items() if why is not None]
    shown = [*can[:MOST_AT_ONCE], *cannot[:MOST_AT_ONCE]]
    found = {one.id: one for one in _candidates(actor, today, *within, Membership.person_id.in_(shown))}
    several = _selection([found[person] for person in shown if found[person].is_late])
    return Selection(several.can, several.cannot, len(can[MOST_AT_ONCE:]))


def _waiting(actor: Actor, today: date, *within: ColumnElement[bool]) -> dict[UUID, LeftOut | None]:
    """Those late for an agency at which the actor follows them, late longest first, and why each gets no reminder now.
    From the ledger, for nobody's learning needs to be read for it. Two queries.
    """
    late = (
        select(Membership.person_id)
        .join(
            StandingSpan,
            and_(StandingSpan.agency_id == Membership.agency_id, StandingSpan.person_id == Membership.person_id),
        )
        .where(policy.chased(actor, today), *within, StandingSpan.first_day <= today, StandingSpan.last_day >= today)
        .where(StandingSpan.target != OVERALL, StandingSpan.required, StandingSpan.status.in_(LATE))
    )
    rows = db.session.execute(
        late.add_columns(Person.active)
        .join(Person, Person.id == Membership.person_id)
        .group_by(Membership.person_id, Person.plain_name, Person.active)
        .order_by(func.min(StandingSpan.on_day), Person.plain_name, Membership.person_id)
    ).all()
    told = _told(late)
    return {
        person: stages.why_not(
            active=active, has_items=True, last=told[person].reminded, told_on=told[person].any_mail, today=today
        )
        for person, active in rows
    }


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
    """People whom the actor may remind, by name, of what the agencies ask at which they follow them: what another
    employer asks is none of theirs. Four queries, however many people.
    """
    posts: defaultdict[UUID, list[_Post]] = defaultdict(list)
    for row in db.session.execute(_posts(actor, today, *within)):
        posts[row[0].id].append(_Post(*row))
    seen = select(Membership.person_id).where(policy.chased(actor, today), *within)
    agencies = {person: {post.agency_id for post in found} for person, found in posts.items()}
    standings, told = assignments.standings(seen, today, agencies), _told(seen)
    return [_candidate(found[0], standings.get(person, ()), told[person], today) for person, found in posts.items()]


def _posts(actor: Actor, today: date, *within: ColumnElement[bool]) -> Select[Person, UUID, str, str, str | None]:
    return (
        select(Person, Agency.id, Agency.name, Membership.job, Team.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Agency, Membership.agency_id == Agency.id)
        .outerjoin(Team, Membership.team_id == Team.id)
        .where(policy.chased(actor, today), *within)
        .order_by(Person.name, Person.id, Membership.starts_on, Membership.id)
    )


def _candidate(post: _Post, standings: Iterable[ModuleStanding], known: _Told, today: date) -> Candidate:
    items = tuple(stages.items(standings, stages.ASKED_FOR))
    why = stages.why_not(
        active=post.person.active, has_items=bool(items), last=known.reminded, told_on=known.any_mail, today=today
    )
    return Candidate(post.person, f"{post.job}, {post.team or post.agency}", items, known.reminded, why, today)


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


def titles(person_ids: Sequence[UUID], today: date) -> dict[UUID, Mapping[str, str]]:
    """What things are called in the partnerships of each of these people."""
    places: defaultdict[UUID, set[str]] = defaultdict(set)
    rows = select(Membership.person_id, Agency.partnership).join(Agency, Membership.agency_id == Agency.id)
    for person, partnership in db.session.execute(
        rows.where(Membership.person_id.in_(person_ids), people_policy.is_current(today))
    ):
        places[person].add(partnership)
    known = {names: assignments.titles(names) for names in map(frozenset, places.values())}
    return {person: known[frozenset(names)] for person, names in places.items()}


def owed(person_id: UUID, today: date) -> list[Item]:
    """All that a reminder could speak of today, for each of the person's employers apart."""
    asked = assignments.by_agency(select(Person.id).where(Person.id == person_id), today).get(person_id, {})
    return [item for cells in asked.values() for item in stages.items(cells)]


def long_late(actor: Actor, today: date) -> int:
    """How many of the people whom the actor follows are late by 14 days or more, without the actor. One query."""
    places = [PostSpan.agency_id.in_(actor.followed_agencies), PostSpan.team_id.in_(actor.followed_teams)]
    late = select(func.count(PostSpan.person_id.distinct())).select_from(PostSpan)
    late = late.join(
        StandingSpan, and_(StandingSpan.agency_id == PostSpan.agency_id, StandingSpan.person_id == PostSpan.person_id)
    ).join(Person, Person.id == PostSpan.person_id)
    covers = [span.first_day <= today for span in (PostSpan, StandingSpan)]
    covers += [span.last_day >= today for span in (PostSpan, StandingSpan)]
    late = late.where(or_(*places), *covers, Person.active, Person.id != actor.id)
    late = late.where(
        StandingSpan.target != OVERALL,
        StandingSpan.required,
        StandingSpan.status.in_(LATE),
        StandingSpan.on_day <= today - stages.TELL_MANAGERS_AFTER,
    )
    return db.session.scalar(late) or 0
