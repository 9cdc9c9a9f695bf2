"""What mails of chasing say now: asked just before one leaves, since hours may lie between writing and sending it.

An exemption, a leave, the end of a post or something done meanwhile stops a mail, or takes its line out of it.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from lms.assignments import queries as assignments
from lms.assignments.actions import assigning
from lms.assignments.due import ModuleStanding
from lms.assignments.models import Assignment
from lms.chasing import mails, queries, stages
from lms.chasing.models import Reminder
from lms.chasing.stages import Item
from lms.core import clock
from lms.core.db import db
from lms.notifications import actions as notifications
from lms.notifications.models import OutboxMail
from lms.notifications.rechecking import Check, Text, as_it_is
from lms.people import queries as people
from lms.people.models import Person
from lms.web.links import absolute


def reminder(mail: OutboxMail) -> Text | None:
    """A reminder with what is still to be done of what it spoke of; None when that is nothing."""
    sent = db.session.get(Reminder, mail.about) if mail.about else None
    person = db.session.get_one(Person, mail.person_id)
    if sent is None:
        return as_it_is(mail)
    left = _left(sent, by_clock=mail.kind == mails.BY_CLOCK) if person.active else []
    if not left:
        return None
    said = mails.said(left, queries.titles([person.id], clock.today())[person.id])
    if mail.kind == mails.BY_CLOCK:
        return notifications.written(mail.kind, to=person, said=said, link=absolute("record.needed"))
    opening = mails.opening(by_deputy=mails.opens_for_deputy(mail.body))
    return notifications.written(mail.kind, to=person, opening=opening, said=said, link=absolute("record.needed"))


def _left(sent: Reminder, *, by_clock: bool) -> list[Item]:
    today, spoken_of = clock.today(), {(item.module, item.last_day) for item in sent.spoken_of}
    if not by_clock:
        owed = {(item.module, item.last_day): item for item in queries.owed(sent.person_id, today)}
        return [item for key, item in sorted(owed.items(), key=lambda one: one[0][::-1]) if key in spoken_of]
    mine = select(Person.id).where(Person.id == sent.person_id)
    found = stages.items(assignments.standings(mine, today).get(sent.person_id, ()))
    due = [item for item in found if (item.module, item.last_day) in spoken_of]
    return stages.listed(found, due) if due else []


def assigned(mail: OutboxMail) -> Text | None:
    """The mail of an assignment with what is still asked by it; None when that is nothing."""
    first = db.session.get(Assignment, mail.about) if mail.about else None
    person = db.session.get_one(Person, mail.person_id)
    if first is None:
        return as_it_is(mail)
    asked = _still_asked(first) if person.active else []
    if not asked:
        return None
    titles = assignments.titles([first.agency.partnership])
    return notifications.written(
        mail.kind,
        to=person,
        link=absolute("record.needed"),
        due_on=first.due_on,
        why=first.why,
        said=mails.said(mails.asked(asked), titles),
    )


def _still_asked(first: Assignment) -> list[Assignment]:
    mine = select(Person.id).where(Person.id == first.person_id)
    stands = _stands(assignments.by_agency(mine, clock.today()).get(first.person_id, {}))
    return [
        one for one in assigning.together(first) if one.withdrawn_at is None and (one.agency_id, one.target) in stands
    ]


def _stands(asked: Mapping[UUID, list[ModuleStanding]]) -> set[tuple[UUID, str]]:
    """What each employer asks that is still to be done."""
    return {
        (agency, cell.module)
        for agency, cells in asked.items()
        for cell in cells
        if cell.required and cell.status in stages.CHASED
    }


def number(mail: OutboxMail) -> Text | None:
    """The number of the late among the people whom the reader follows now; None when there are none, or no people."""
    person = db.session.get_one(Person, mail.person_id)
    late = queries.long_late(people.actor(person), clock.today()) if person.active else 0
    return notifications.written(mail.kind, to=person, number=late, link=mails.list_of_late()) if late else None


CHECKS: Mapping[str, Check] = {
    mails.BY_CLOCK: reminder,
    mails.BY_HAND: reminder,
    mails.ASSIGNED: assigned,
    mails.FOR_MANAGERS: number,
}
