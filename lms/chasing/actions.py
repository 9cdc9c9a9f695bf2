"""A manager, or their deputy, reminds people after looking at who gets what; a manager assigns training."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.assignments import queries as assignments
from lms.assignments.actions import assigning
from lms.assignments.models import Assignment
from lms.audit import actions as audit
from lms.audit.models import Why
from lms.chasing import mails, queries, stages
from lms.chasing.models import Reminder, ReminderItem, ReminderRound
from lms.chasing.queries import Candidate
from lms.chasing.stages import Item
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Role
from lms.learning.events import ModuleCompleted
from lms.notifications import actions as notifications
from lms.notifications.actions import Terms
from lms.people.models import Person
from lms.web.links import absolute

SEEN = "status and dates"
REMINDED = "reminder"


class NobodyTicked(Refusal):
    """There is nothing to send."""

    field = "person"
    sentence = "Tick at least one person to remind."


class NobodyReminded(Refusal):
    """Everybody is left out."""

    sentence = "Nobody was reminded. Why stands beside each name."


def looked_at(actor: Actor, people: Sequence[UUID]) -> None:
    """Note whose status the actor was shown before sending anything."""
    audit.viewed(actor, people, SEEN, Why.REMINDER)


def remind(actor: Actor, round_id: UUID, person_ids: Collection[UUID]) -> ReminderRound:
    """Send a reminder of what is late or due to each of these people, leaving out whoever is to be left in peace.

    `round_id` comes with the page that was looked at; sent a second time, it does nothing more. Raises NotFound when
    the actor may not remind one of them, NobodyTicked, or NobodyReminded.
    """
    if not person_ids:
        raise NobodyTicked
    lock(person_ids)
    before = db.session.get(ReminderRound, round_id)
    if before is not None:
        return _own(actor, before)
    today = clock.today()
    found = queries.chosen(actor, person_ids, today)
    if not found.can:
        raise NobodyReminded
    made = ReminderRound(id=round_id, by=actor.id, left_out=[_left_out(one) for one in found.cannot])
    db.session.add(made)
    db.session.flush()
    titles = assignments.titles(actor.partnerships())
    for one in found.can:
        _send(actor, made, one, titles)
    audit.record(actor, "reminders.sent", made.id, people=len(found.can), left_out=len(found.cannot))
    audit.viewed(actor, [one.id for one in found.can], REMINDED, Why.REMINDER)
    return made


def assign(actor: Actor, person_ids: Collection[UUID], target: str, due_on: date, why: str) -> int:
    """Ask these people for a module, or for what a programme requires, by a day, and tell each of whom it is new by
    one mail; returns how many they are. Doing it twice changes nothing. Raises as `assigning.assign` does.
    """
    made: dict[UUID, list[Assignment]] = {}
    for row in assigning.assign(actor, person_ids, target, due_on, why):
        made.setdefault(row.person_id, []).append(row)
    titles, people = assignments.titles(actor.partnerships()), select(Person).where(Person.id.in_(made))
    for person in db.session.scalars(people.order_by(Person.id)):
        rows = assigning.in_order(made[person.id])
        notifications.queue(
            mails.ASSIGNED,
            to=person,
            terms=Terms(about=rows[0].id),
            link=absolute("record.needed"),
            due_on=due_on,
            why=rows[0].why,
            said=mails.said(mails.asked(rows), titles),
        )
    _count_as_reminded(made, due_on)
    return len(made)


def _count_as_reminded(made: Mapping[UUID, Sequence[Assignment]], due_on: date) -> None:
    """The mail of an assignment stands for the reminder of the stage reached by now, also beside another mail of today,
    so that the clock's first one is the next.
    """
    today = clock.today()
    if stages.stage(due_on, today, {}) is None:
        return
    told = select(Reminder).where(Reminder.person_id.in_(made), Reminder.day == today)
    found = {one.person_id: one for one in db.session.scalars(told.options(selectinload(Reminder.items)))}
    name = stages.by_assigning(today)
    for person_id, rows in made.items():
        reminder = found.get(person_id) or note(person_id, today, {})
        known = {(item.module, item.last_day, item.stage) for item in reminder.items}
        reminder.items += [
            ReminderItem(person_id=person_id, module=row.target, last_day=due_on, stage=name)
            for row in rows
            if (row.target, due_on, name) not in known
        ]
    db.session.flush()


def withdraw(actor: Actor, assignment_id: UUID, why: str) -> None:
    """Take an assignment back and tell the person why; a mail about it that has not left is taken back or corrected
    instead.

    Raises NotFound unless the actor decides about the person for the agency that asked.
    """
    before = db.session.get(Assignment, assignment_id)
    was_running = before is not None and before.withdrawn_at is None
    found = assigning.withdraw(actor, assignment_id, why)
    if not was_running or _not_told_yet(found):
        return
    person = db.session.get(Person, found.person_id)
    if person is not None and person.active:
        title = assignments.titles(actor.partnerships()).get(found.target, found.target)
        notifications.queue(
            mails.WITHDRAWN,
            to=person,
            title=title,
            due_on=found.due_on,
            why=found.withdrawn_why,
            link=absolute("home.home"),
        )


def _not_told_yet(found: Assignment) -> bool:
    """Whether the mail of an assignment has not left: it is taken back, or, where other things that were assigned with
    this one still are, looked at anew before it leaves.
    """
    together = assigning.together(found)
    if all(one.withdrawn_at for one in together):
        return bool(notifications.withdraw(together[0].id, mails.ASSIGNED))
    return notifications.hold(together[0].id, mails.ASSIGNED)


def is_deputy(actor: Actor) -> bool:
    """Whether the actor reminds in somebody's place, managing nobody themself."""
    return actor.has(Role.DEPUTY) and not actor.has(Role.MANAGER)


def lock(person_ids: Collection[UUID]) -> None:
    """Hold the rows of these people, in one order, so that two who remind them at once do it one after the other."""
    ids = sorted(person_ids, key=lambda one: one.int)
    for start in range(0, len(ids), queries.CHUNK):
        chunk = ids[start : start + queries.CHUNK]
        locked = select(Person.id).where(Person.id.in_(chunk)).order_by(Person.id)
        db.session.execute(locked.with_for_update(key_share=True)).all()


def note(person_id: UUID, today: date, stages_of: dict[Item, str], round_id: UUID | None = None) -> Reminder:
    """Keep that somebody was reminded today, and of what at which stage. Their row is locked."""
    made = Reminder(person_id=person_id, day=today, round_id=round_id)
    made.items = [
        ReminderItem(person_id=person_id, module=item.module, last_day=item.last_day, stage=name)
        for item, name in stages_of.items()
    ]
    db.session.add(made)
    db.session.flush()
    return made


def done_meanwhile(fact: ModuleCompleted) -> None:
    """Take back reminders that have not left and of which nothing is to be done any more."""
    waiting = db.session.scalars(
        select(Reminder)
        .join(Reminder.items)
        .where(
            Reminder.person_id == fact.person_id, ReminderItem.module == fact.module, Reminder.day >= _not_long_ago()
        )
        .options(selectinload(Reminder.items))
        .distinct()
    ).all()
    if not waiting:
        return
    left = {(item.module, item.last_day) for item in queries.owed(fact.person_id, clock.today())}
    for one in waiting:
        if not any((item.module, item.last_day) in left for item in one.spoken_of):
            notifications.withdraw(one.id, mails.BY_CLOCK, mails.BY_HAND)


def _not_long_ago() -> date:
    """No mail of chasing waits longer than this: a week for those who want them weekly."""
    return clock.today() - timedelta(days=14)


def _own(actor: Actor, found: ReminderRound) -> ReminderRound:
    if found.by != actor.id:
        raise NotFound
    return found


def _send(actor: Actor, made: ReminderRound, one: Candidate, titles: Mapping[str, str]) -> None:
    kept = note(one.id, one.today, dict.fromkeys(one.items, stages.by_hand(one.today)), made.id)
    notifications.queue(
        mails.BY_HAND,
        to=one.person,
        terms=Terms(about=kept.id),
        link=absolute("record.needed"),
        opening=mails.opening(by_deputy=is_deputy(actor)),
        said=mails.said(one.items, titles),
    )


def _left_out(one: Candidate) -> dict[str, str]:
    return {
        "person": str(one.id),
        "why": str(one.why_not),
        "last": one.last.isoformat() if one.last else "",
        "on": one.today.isoformat(),
    }
