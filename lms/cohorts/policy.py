"""Who may see which cohort, and whom on it: written once, in SQL."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from lms.cohorts.models import Booking, Cohort, CohortAgency, CohortTrainer
from lms.cohorts.states import ON_IT, CohortState
from lms.core import clock
from lms.core.actor import Actor, Seat
from lms.core.permissions import GRANTS, Permission, Role
from lms.people import policy as people
from lms.people.models import Agency, Person


def run(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Cohort`: cohorts the actor runs. A trainer those they are named on, while they are a trainer there; a
    coordinator all of the partnership's.
    """
    if not actor.can(Permission.COHORT_EDIT):
        return false()
    named = exists().where(CohortTrainer.cohort_id == Cohort.id, CohortTrainer.person_id == actor.id).correlate(Cohort)
    return or_(
        Cohort.partnership.in_(actor.partnerships(Role.COORDINATOR)),
        and_(named, Cohort.partnership.in_(_where_they_run_cohorts(actor))),
    )


def _where_they_run_cohorts(actor: Actor) -> frozenset[str]:
    """Partnerships in which a present post lets the actor run cohorts; one they have left is not among them."""
    return frozenset(
        seat.partnership
        for seat in actor.seats
        if any(Permission.COHORT_EDIT in GRANTS[grant.role] for grant in seat.grants)
    )


def taking_part(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Cohort`: cohorts the actor is booked on, waits for, is invited to or walked in to. Nobody is told of a
    draft.
    """
    own = and_(Booking.cohort_id == Cohort.id, Booking.person_id == actor.id, Booking.state.in_(ON_IT))
    on_it = exists().where(own).correlate(Cohort)
    return and_(Cohort.state != CohortState.DRAFT, on_it)


def on_offer(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Cohort`: cohorts open for booking by an agency the actor works for today."""
    its_own = and_(CohortAgency.cohort_id == Cohort.id, CohortAgency.agency_id.in_(actor.agency_ids))
    chosen = exists().where(its_own).correlate(Cohort)
    to_all = and_(Cohort.all_agencies, Cohort.partnership.in_(actor.partnerships()))
    return and_(Cohort.state == CohortState.OPEN, or_(to_all, chosen))


def visible(actor: Actor) -> ColumnElement[bool]:
    """SQL on `Cohort`: what the actor may open at all; everything else is not there for them."""
    return or_(run(actor), taking_part(actor), on_offer(actor))


def can_come(cohort: Cohort) -> ColumnElement[bool]:
    """SQL on `Person`, `Membership` and `Agency`, joined: people with a present post at an agency the cohort is open
    to. A post that reaches into another partnership does not count.
    """
    parts = [Person.active, people.is_current(clock.today()), Agency.partnership == cohort.partnership]
    if not cohort.all_agencies:
        parts.append(Agency.id.in_(select(CohortAgency.agency_id).where(CohortAgency.cohort_id == cohort.id)))
    return and_(*parts)


def open_seat(actor: Actor, cohort: Cohort) -> Seat | None:
    """The actor's post with which they can come: the one they have had longest at an agency the cohort is open to."""
    chosen = {one.agency_id for one in cohort.agencies}
    for seat in actor.seats:
        if seat.partnership == cohort.partnership and (cohort.all_agencies or seat.agency_id in chosen):
            return seat
    return None


def is_run_by(actor: Actor, cohort: Cohort) -> bool:
    """The same as `run`, for a cohort already loaded."""
    return cohort.partnership in actor.partnerships(Role.COORDINATOR) or reads_needs(actor, cohort)


def reads_needs(actor: Actor, cohort: Cohort) -> bool:
    """Whether the actor reads what people need on the day: its trainers only, who must arrange it."""
    named = any(trainer.person_id == actor.id for trainer in cohort.trainers)
    return named and cohort.partnership in _where_they_run_cohorts(actor)
