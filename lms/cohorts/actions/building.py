"""Cohorts: creating, editing, opening, closing and cancelling them, and who runs them."""

from uuid import UUID

from sqlalchemy import exists, select

from lms.audit import actions as audit
from lms.cohorts import queries
from lms.cohorts.actions.booking import fill_free_places, standing
from lms.cohorts.mails import Kind, tell
from lms.cohorts.models import Attendance, Cohort, CohortAgency, CohortModule, CohortSession, CohortTrainer
from lms.cohorts.places import Limits
from lms.cohorts.plan import Plan, PlannedSession
from lms.cohorts.states import BookingState, CohortState
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import GRANTS, Permission, Role
from lms.people import queries as people
from lms.people.models import Agency


class TooFewPlaces(Refusal):
    """More people have a place than the new limits allow."""

    field = "capacity"


class TooFewAgencies(Refusal):
    """The rule asks for more agencies than the cohort is open to."""

    field = "minimum_agencies"


class AgencyIsOnIt(Refusal):
    """People of an agency are on the cohort, so it stays open to that agency."""

    field = "agencies"


class RegisterTaken(Refusal):
    """A session whose register has been begun is part of people's record."""

    sentence = "A session whose register has been taken cannot be removed: it is part of people's record."


class NotNow(Refusal):
    """The cohort's state does not allow this."""


class NoSuchTrainer(Refusal):
    """Nobody in the partnership with a trainer's role has this address."""

    field = "email"
    sentence = "No trainer of this partnership has that address. Check it, or ask the person who looks after accounts."


def create(actor: Actor, plan: Plan) -> Cohort:
    """Make a draft of a cohort, run by its creator. Raises TooFewAgencies, or NotFound for an agency elsewhere."""
    cohort = Cohort(partnership=partnership(actor))
    cohort.trainers = [CohortTrainer(person_id=actor.id)]
    _apply(cohort, plan)
    db.session.add(cohort)
    db.session.flush()
    audit.record(actor, "cohort.created", cohort.id)
    return cohort


def partnership(actor: Actor) -> str:
    """The partnership for which the actor makes cohorts: where they are a trainer or coordinator. Raises NotFound."""
    for seat in actor.seats:
        if seat.has(Role.TRAINER) or seat.has(Role.COORDINATOR):
            return seat.partnership
    raise NotFound


def _apply(cohort: Cohort, plan: Plan) -> None:
    agencies = _agencies(cohort, plan)
    if plan.minimum_agencies > len(agencies):
        raise TooFewAgencies(
            f"The cohort is open to {len(agencies)} {'agency' if len(agencies) == 1 else 'agencies'}, so it cannot "
            f"have {plan.minimum_agencies}. Ask for fewer, or choose more agencies."
        )
    cohort.title, cohort.about = plan.title.strip(), plan.about.strip()
    cohort.capacity, cohort.minimum_agencies = plan.capacity, plan.minimum_agencies
    cohort.largest_share = plan.largest_share
    cohort.all_agencies = plan.agencies is None
    chosen = set(plan.agencies or ())
    kept = [one for one in cohort.agencies if one.agency_id in chosen]
    new = chosen - {one.agency_id for one in kept}
    cohort.agencies = [*kept, *(CohortAgency(agency_id=one) for one in sorted(new))]
    known = {one.module: one for one in cohort.modules}
    cohort.modules = [known.get(slug) or CohortModule(module=slug) for slug in dict.fromkeys(plan.modules)]
    cohort.sessions = _sessions(cohort, plan.sessions)


def _agencies(cohort: Cohort, plan: Plan) -> set[UUID]:
    """The agencies the plan opens the cohort to; all must belong to its partnership."""
    inside = set(db.session.scalars(select(Agency.id).where(Agency.partnership == cohort.partnership)))
    if plan.agencies is None:
        return inside
    if not inside.issuperset(plan.agencies):
        raise NotFound
    return set(plan.agencies)


def _sessions(cohort: Cohort, planned: tuple[PlannedSession, ...]) -> list[CohortSession]:
    """The cohort's sessions as planned. A session that was there keeps its row, since registers refer to it."""
    known = {one.id: one for one in cohort.sessions}
    kept = []
    for one in sorted(planned, key=lambda one: one.starts_at):
        if one.id is not None and one.id not in known:
            raise NotFound
        row = known[one.id] if one.id else CohortSession()
        row.starts_at, row.ends_at, row.place = one.starts_at, one.ends_at, one.place.strip()
        kept.append(row)
    gone = [id_ for id_, row in known.items() if row not in kept]
    if gone and db.session.scalar(select(exists().where(Attendance.session_id.in_(gone)))):
        raise RegisterTaken
    return kept


def edit(actor: Actor, cohort_id: UUID, plan: Plan) -> Cohort:
    """Change a cohort one runs. More places move waiting people up; another date or place is told to everyone on it.

    Raises NotFound, or a Refusal: fewer places than are booked, an agency left out whose people are on it, a session
    removed whose register has been taken.
    """
    cohort = queries.lock_run(actor, cohort_id)
    if cohort.is_cancelled:
        raise NotNow("This cohort is cancelled, so it cannot be changed.")
    on_it = queries.people_on(cohort)
    _check_fits(on_it, plan)
    before = [(one.starts_at, one.ends_at, one.place) for one in cohort.sessions]
    _apply(cohort, plan)
    db.session.flush()
    audit.record(actor, "cohort.edited", cohort.id)
    fill_free_places(actor, cohort)
    after = [(one.starts_at, one.ends_at, one.place) for one in cohort.sessions]
    if before != after and not cohort.is_over:
        for booking in on_it.all:
            tell(Kind.CHANGED, booking.person, cohort)
    return cohort


def _check_fits(on_it: queries.People, plan: Plan) -> None:
    """The people who have a place keep it: limits may not fall below them."""
    limits = Limits(plan.capacity, plan.largest_share)
    booked = on_it.by_agency(BookingState.BOOKED)
    total = len(on_it.booked)
    if plan.capacity < total:
        raise TooFewPlaces(f"{total} people have a place, so there cannot be fewer than {total} places.")
    for agency, group in booked:
        if len(group) > limits.for_one_agency:
            raise TooFewPlaces(
                f"{agency.name} has {len(group)} places, and a share of {plan.largest_share}% of {plan.capacity} would "
                f"allow {limits.for_one_agency}. Raise the share or the number of places.",
                field="largest_share",
            )
    if plan.agencies is not None:
        chosen = {booking.agency.name for booking in on_it.all if booking.agency_id not in plan.agencies}
        if chosen:
            raise AgencyIsOnIt(
                f"People of {sorted(chosen)[0]} are on this cohort, so it stays open to them. Take them off first."
            )


def open_for_booking(actor: Actor, cohort_id: UUID) -> int:
    """Open a draft or a closed cohort. On leaving the draft, everyone already put on it is told; returns how many.

    Raises NotFound or NotNow.
    """
    cohort = queries.lock_run(actor, cohort_id)
    if cohort.state == CohortState.OPEN:
        return 0
    if cohort.is_cancelled:
        raise NotNow("This cohort is cancelled. Make a new one for another date.")
    if cohort.has_begun or not cohort.sessions:
        raise NotNow("Give the cohort a first session in the future before you open it.")
    was_draft = cohort.is_draft
    cohort.state = CohortState.OPEN
    audit.record(actor, "cohort.opened", cohort.id)
    return _tell_everyone(cohort) if was_draft else 0


def _tell_everyone(cohort: Cohort) -> int:
    on_it, room = queries.people_on(cohort), queries.room(cohort)
    for booking in on_it.booked:
        tell(Kind.PLACE_BOOKED, booking.person, cohort)
    for booking in on_it.invited:
        tell(Kind.INVITATION, booking.person, cohort)
    for booking in on_it.waiting:
        tell(Kind.WAITING, booking.person, cohort, why=standing(booking, room))
    return len(on_it.all)


def close(actor: Actor, cohort_id: UUID) -> None:
    """Take no more bookings by staff; freed places still go to those who wait. Raises NotFound or NotNow."""
    cohort = queries.lock_run(actor, cohort_id)
    if cohort.state == CohortState.CLOSED:
        return
    if cohort.state != CohortState.OPEN:
        raise NotNow("Only an open cohort can be closed.")
    cohort.state = CohortState.CLOSED
    audit.record(actor, "cohort.closed", cohort.id)


def call_off(actor: Actor, cohort_id: UUID) -> int:
    """Cancel a cohort for good; everyone booked, waiting or invited is told. Returns how many. Raises NotFound or
    NotNow.
    """
    cohort = queries.lock_run(actor, cohort_id)
    if cohort.is_cancelled:
        return 0
    if cohort.is_over:
        raise NotNow("This cohort is over, so it cannot be cancelled.")
    told = [] if cohort.is_draft else queries.people_on(cohort).all
    for booking in told:
        tell(Kind.CANCELLED, booking.person, cohort)
    cohort.state = CohortState.CANCELLED
    audit.record(actor, "cohort.cancelled", cohort.id, told=len(told))
    return len(told)


def add_trainer(actor: Actor, cohort_id: UUID, email: str) -> str:
    """Let another trainer of the partnership run the cohort too; returns their name. Raises NotFound or
    NoSuchTrainer.
    """
    cohort = queries.lock_run(actor, cohort_id)
    person = people.by_email(email)
    if person is None or not person.active:
        raise NoSuchTrainer
    if not any(
        seat.partnership == cohort.partnership and Permission.COHORT_EDIT in GRANTS[grant.role]
        for seat in people.seats(person.id)
        for grant in seat.grants
    ):
        raise NoSuchTrainer
    if all(one.person_id != person.id for one in cohort.trainers):
        cohort.trainers.append(CohortTrainer(person_id=person.id))
        audit.record(actor, "cohort.trainer_added", cohort.id, trainer=str(person.id))
    return person.name


def remove_trainer(actor: Actor, cohort_id: UUID, person_id: UUID) -> None:
    """Take a trainer off a cohort; the last one stays. Raises NotFound or NotNow."""
    cohort = queries.lock_run(actor, cohort_id)
    found = next((one for one in cohort.trainers if one.person_id == person_id), None)
    if found is None:
        raise NotFound
    if len(cohort.trainers) == 1:
        raise NotNow("A cohort needs at least one trainer. Add another first.")
    cohort.trainers.remove(found)
    audit.record(actor, "cohort.trainer_removed", cohort.id, trainer=str(person_id))
