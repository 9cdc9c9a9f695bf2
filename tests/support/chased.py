"""One of everything that chasing holds about somebody, for the tests of who may open what."""

from datetime import timedelta

from sqlalchemy import select

from lms.assignments.models import Assignment
from lms.chasing.models import ReminderRound
from lms.core import clock
from lms.people.models import Deputy, Membership


def chased(session, them, agency, module):
    """A deputy named by the manager, a round of theirs, and an assignment of the owner."""
    theirs = select(Membership.id).where(Membership.person_id == them.manager.id)
    first, last = clock.today() + timedelta(days=2), clock.today() + timedelta(days=9)
    deputy = Deputy(membership_id=session.scalar(theirs), deputy_id=them.mate.id, first_day=first, last_day=last)
    reminded = ReminderRound(by=them.manager.id, left_out=[])
    assigned = Assignment(
        person_id=them.owner.id, agency_id=agency.id, target=module.slug, due_on=last, assigned_by=them.manager.id
    )
    session.add_all([deputy, reminded, assigned])
    return deputy, reminded, assigned
