"""Who may see and change which programme of dates, and whose nominations: written once, in SQL."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from lms.assignments import policy as assignments
from lms.cohorts.models import CohortTrainer
from lms.core import clock
from lms.core.actor import Actor
from lms.core.permissions import GRANTS, Permission, Role
from lms.people import policy as people
from lms.people.models import Agency, Membership, Person
from lms.planning.models import DateProgramme, KeepApart, Nomination, ProgrammeDate
from lms.planning.states import NominationState


def run(actor: Actor) -> ColumnElement[bool]:
    """SQL on `DateProgramme`: those the actor builds. A coordinator all of the partnership's; a trainer those they made
    or run every date of, while they are a trainer there.
    """
    if not actor.can(Permission.COHORT_EDIT):
        return false()
    where = [
        seat.partnership
        for seat in actor.seats
        if any(Permission.COHORT_EDIT in GRANTS[grant.role] for grant in seat.grants)
    ]
    dates = exists().where(ProgrammeDate.programme_id == DateProgramme.id)
    named = exists().where(CohortTrainer.cohort_id == ProgrammeDate.cohort_id, CohortTrainer.person_id == actor.id)
    runs_all = and_(
        dates.correlate(DateProgramme), ~dates.where(~named.correlate(ProgrammeDate)).correlate(DateProgramme)
    )
    own = or_(DateProgramme.created_by == actor.id, runs_all)
    coordinated = DateProgramme.partnership.in_(actor.partnerships(Role.COORDINATOR))
    return or_(coordinated, and_(own, DateProgramme.partnership.in_(where)))


def on_offer(actor: Actor) -> ColumnElement[bool]:
    """SQL on `DateProgramme`: those that still take nominations, in a partnership the actor works in."""
    has_dates = exists().where(ProgrammeDate.programme_id == DateProgramme.id).correlate(DateProgramme)
    in_time = or_(DateProgramme.closes_on.is_(None), DateProgramme.closes_on >= clock.today())
    return and_(DateProgramme.partnership.in_(actor.partnerships()), has_dates, in_time)


def asked_of(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Nomination`: those of people whom the actor manages today."""
    managed = select(Membership.id).where(assignments.answers_for(actor, clock.today()))
    return Nomination.membership_id.in_(managed)


def own(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Nomination`: the actor's own."""
    return Nomination.person_id == actor.id


def can_come(programme: DateProgramme) -> ColumnElement[bool]:
    """SQL on `Person`, `Membership` and `Agency`, joined: people with a present post in the partnership."""
    return and_(Person.active, people.is_current(clock.today()), Agency.partnership == programme.partnership)


def planned_with() -> ColumnElement[bool]:
    """SQL on `Nomination`, `Person` and `Membership`, joined: approved, and still in that post."""
    return and_(
        Nomination.state == NominationState.APPROVED,
        Person.active,
        people.is_current(clock.today()),
    )


def apart(actor: Actor) -> ColumnElement[bool]:
    """SQL on `KeepApart`: pairs the actor set, and for a coordinator all of the partnership's."""
    if not actor.can(Permission.COHORT_EDIT):
        return false()
    return or_(KeepApart.set_by == actor.id, KeepApart.partnership.in_(actor.partnerships(Role.COORDINATOR)))
