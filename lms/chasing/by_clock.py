"""Reminders that go by the clock, each morning: to the learner first, to managers a number once a week.

People are gone through in batches. What is due is worked out while reading, and once more under the lock of the people
in question before anything is queued, so that whoever has done it meanwhile hears nothing, and two workers or two runs
send once.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select

from lms.assignments import queries as assignments
from lms.chasing import actions, mails, queries, stages
from lms.chasing.models import Reminder
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, give_way, writing
from lms.core.permissions import Role
from lms.notifications import actions as notifications
from lms.notifications.actions import Terms
from lms.people import policy
from lms.people import queries as people
from lms.people.models import Deputy, Membership, MembershipRole, Person
from lms.web.links import absolute

BATCH = 500
AT_ONCE = 50


@dataclass
class LongLate:
    """Who is late by 14 days or more, by agency and by team."""

    of_agency: defaultdict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    of_team: defaultdict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def people(self, actor: Actor) -> int:
        """How many of them the actor follows, each counted once, without the actor."""
        found: set[UUID] = set()
        for agency in actor.followed_agencies:
            found |= self.of_agency.get(agency, set())
        for team in actor.followed_teams:
            found |= self.of_team.get(team, set())
        return len(found - {actor.id})


def remind_all() -> int:
    """Send what is due today to learners, and to managers what is due this week; returns how many mails were queued."""
    today, told, late = clock.today(), 0, LongLate()
    for batch in _batches(today):
        due = _due(batch, today, late)
        for start in range(0, len(due), AT_ONCE):
            with writing():
                told += _remind(due[start : start + AT_ONCE], today)
            give_way()
    return told + _tell_managers(late, today)


def _batches(today: date) -> Iterator[Sequence[UUID]]:
    """Everybody who has a post and an account in use, in order, so many at a time. No transaction stays open."""
    last: UUID | None = None
    while True:
        wanted = (
            select(Person.id)
            .join(Membership, Membership.person_id == Person.id)
            .where(Person.active, policy.is_current(today))
            .distinct()
            .order_by(Person.id)
            .limit(BATCH)
        )
        found = db.session.scalars(wanted.where(Person.id > last) if last else wanted).all()
        db.session.rollback()
        if not found:
            return
        yield found
        last = found[-1]


def _due(batch: Sequence[UUID], today: date, late: LongLate) -> list[UUID]:
    """Those of these people who are to be reminded today; whoever is long late is counted."""
    chosen = select(Person.id).where(Person.id.in_(batch))
    standings, pasts = assignments.standings(chosen, today), queries.pasts(batch)
    found = {person: stages.items(standings.get(person, ())) for person in batch}
    _count_late([one for one in batch if any(stages.is_long_late(item, today) for item in found[one])], today, late)
    db.session.rollback()
    return [one for one in batch if stages.due_today(found[one], today, pasts[one].sent, pasts[one].reminded)]


def _count_late(person_ids: Sequence[UUID], today: date, late: LongLate) -> None:
    """Count these people at each agency that asks for what they are long late with, and in their teams there: what one
    employer asks is no number for another.
    """
    if not person_ids:
        return
    asked = assignments.by_agency(select(Person.id).where(Person.id.in_(person_ids)), today)
    posts = db.session.execute(
        select(Membership.person_id, Membership.agency_id, Membership.team_id).where(
            Membership.person_id.in_(person_ids), policy.is_current(today)
        )
    )
    for person, agency, team in posts:
        if any(stages.is_long_late(item, today) for item in stages.items(asked[person][agency])):
            late.of_agency[agency].add(person)
            if team:
                late.of_team[team].add(person)


def _remind(person_ids: Sequence[UUID], today: date) -> int:
    """Remind those of these people who are still to be reminded, now that their rows are held."""
    actions.lock(person_ids)
    standings = assignments.standings(select(Person.id).where(Person.id.in_(person_ids)), today)
    pasts = queries.pasts(person_ids)
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(person_ids), Person.active))}
    titles, told = queries.titles(person_ids, today), 0
    for person_id, person in people.items():
        past, found = pasts[person_id], stages.items(standings.get(person_id, ()))
        due = {} if past.any_mail == today else stages.due_today(found, today, past.sent, past.reminded)
        if due:
            terms = Terms(about=actions.note(person_id, today, due).id)
            said = mails.said(stages.listed(found, due), titles[person_id])
            notifications.queue(mails.BY_CLOCK, to=person, terms=terms, said=said, link=absolute("record.needed"))
            told += 1
    return told


def _tell_managers(late: LongLate, today: date) -> int:
    """Tell managers and their deputies how many of their people are late by 14 days or more: once a week, on the first
    day of it on which this runs and they have had no other mail of chasing.
    """
    managers = _managers(today) if late.of_agency else ()
    numbers = {person.id: number for person in managers if (number := late.people(people.actor(person)))}
    db.session.rollback()
    told, waiting = 0, list(numbers)
    for start in range(0, len(waiting), AT_ONCE):
        with writing():
            chunk = select(Person).where(Person.id.in_(waiting[start : start + AT_ONCE])).order_by(Person.id)
            told += sum(_tell(person, numbers[person.id], today) for person in db.session.scalars(chunk))
    return told


def _tell(person: Person, number: int, today: date) -> bool:
    """Tell one manager the number, unless somebody else just did; returns whether a mail was queued."""
    if not _is_free(person, today):
        return False
    db.session.add(Reminder(person_id=person.id, day=today, week=stages.monday(today)))
    db.session.flush()
    notifications.queue(mails.FOR_MANAGERS, to=person, number=number, link=mails.list_of_late())
    return True


def _is_free(person: Person, today: date) -> bool:
    """Whether somebody had no summary this week and no mail of chasing today, now that their row is held."""
    actions.lock([person.id])
    taken = select(Reminder.id).where(
        Reminder.person_id == person.id, (Reminder.day == today) | (Reminder.week == stages.monday(today))
    )
    return db.session.scalar(taken.limit(1)) is None


def _managers(today: date) -> Sequence[Person]:
    """Everybody who manages today or stands in for somebody who does, and has an account in use."""
    managing = (
        select(Membership.person_id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(MembershipRole.role == Role.MANAGER.value, policy.is_current(today))
    )
    standing_in = select(Deputy.deputy_id).where(
        Deputy.first_day <= today, Deputy.last_day >= today, Deputy.ended_at.is_(None)
    )
    wanted = Person.id.in_(managing) | Person.id.in_(standing_in)
    return db.session.scalars(select(Person).where(Person.active, wanted).order_by(Person.id)).all()
