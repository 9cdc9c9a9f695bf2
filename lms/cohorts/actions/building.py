"""Cohorts: creating, editing, opening, closing and cancelling them, and who runs them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select

from lms.audit import actions as audit
from lms.cohorts import editing, places, queries
from lms.cohorts.actions import attendance, filling, moving, placing
from lms.cohorts.actions.booking import standing
from lms.cohorts.contest_models import Contest
from lms.cohorts.mails import ASKING, Kind, take_back, tell
from lms.cohorts.models import (
    Attendance,
    Cohort,
    CohortAgency,
    CohortModule,
    CohortSession,
    CohortTrainer,
    HeldPlaces,
)
from lms.cohorts.places import Limits
from lms.cohorts.plan import Plan, PlannedSession
from lms.cohorts.states import HOLDS_A_PLACE, CohortState
from lms.core import clock
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


class TooManyHeld(Refusal):
    """More places are held for sectors than there are."""

    field = "capacity"


class ChangedMeanwhile(Refusal):
    """Somebody else has saved the cohort since the form was opened; `sentence` says who, what and when."""


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
    if sum(plan.held.values()) > plan.capacity:
        raise TooManyHeld(f"You hold {sum(plan.held.values())} places for sectors, and there are {plan.capacity}.")
    cohort.title, cohort.about = plan.title.strip(), plan.about.strip()
    for name in _AS_PLANNED:
        setattr(cohort, name, getattr(plan, name))
    cohort.features = list(plan.features)
    cohort.all_agencies = plan.agencies is None
    chosen = set(plan.agencies or ())
    kept = [one for one in cohort.agencies if one.agency_id in chosen]
    new = chosen - {one.agency_id for one in kept}
    cohort.agencies = [*kept, *(CohortAgency(agency_id=one) for one in sorted(new))]
    known = {one.module: one for one in cohort.modules}
    cohort.modules = [known.get(slug) or CohortModule(module=slug) for slug in dict.fromkeys(plan.modules)]
    cohort.sessions = _sessions(cohort, plan.sessions)
    _hold(cohort, plan)


_AS_PLANNED = (
    *("capacity", "minimum_agencies", "minimum_sectors", "largest_share", "needs_approval", "offers_places"),
    *("must_prepare", "prepare_days", "late_days"),
)


def _hold(cohort: Cohort, plan: Plan) -> None:
    """Hold places for sectors until the date planned, or the usual one. Once released they stay so, unless the date is
    moved into the future.
    """
    known = {one.sector: one for one in cohort.held}
    cohort.held = []
    for sector, number in sorted(plan.held.items()):
        if number:
            row = known.get(sector) or HeldPlaces(sector=sector, places=number)
            row.places = number
            cohort.held.append(row)
    first = min((clock.local(one.starts_at).date() for one in plan.sessions), default=None)
    usual = places.usual_release(first, clock.today()) if first and cohort.held else None
    cohort.release_on = plan.release_on or usual
    if cohort.release_on is None or cohort.release_on > clock.today():
        cohort.released_at = None


def _agencies(cohort: Cohort, plan: Plan) -> set[UUID]:
    """The agencies the plan opens the cohort to; all must belong to its partnership."""
    inside = set(db.session.scalars(select(Agency.id).where(Agency.partnership == cohort.partnership)))
    if plan.agencies is None:
        return inside
    if not inside.issuperset(plan.agencies):
        raise NotFound
    return set(plan.agencies)


def _sessions(cohort: Cohort, planned: tuple[PlannedSession, ...]) -> list[CohortSession]:
    """The cohort's sessions as planned. A session that was there keeps its row, since registers refer to it; one that
    somebody else removed in the meantime is made anew.
    """
    known = {one.id: one for one in cohort.sessions}
    kept = []
    for one in sorted(planned, key=lambda one: one.starts_at):
        row = (known.get(one.id) if one.id else None) or CohortSession()
        row.starts_at, row.ends_at, row.place = one.starts_at, one.ends_at, one.place.strip()
        kept.append(row)
    gone = [id_ for id_, row in known.items() if row not in kept]
    noted = or_(exists().where(Attendance.session_id.in_(gone)), exists().where(Contest.session_id.in_(gone)))
    if gone and db.session.scalar(select(noted)):
        raise RegisterTaken
    return kept


@dataclass(frozen=True)
class Move:
    """What a trainer tells people whose date is moved or called off: a message, and other cohorts they can come to."""

    message: str = ""
    others: tuple[UUID, ...] = ()


def edit(actor: Actor, cohort_id: UUID, plan: Plan, version: int | None = None, move: Move | None = None) -> Cohort:
    """Change a cohort one runs. More places move waiting people up; another date or place is told to everyone on it,
    once, with what the trainer wrote and the other dates offered. `version` is that of the form: None asks for none.

    Raises NotFound, or a Refusal: fewer places than are booked, an agency left out whose people are on it, a session
    removed whose register has been taken, or a change by somebody else since the form was opened.
    """
    cohort = queries.lock_run(actor, cohort_id)
    if cohort.is_cancelled:
        raise NotNow("This cohort is cancelled, so it cannot be changed.")
    if version is not None and version != cohort.version:
        raise ChangedMeanwhile(editing.what_changed(cohort, version))
    filling.catch_up(cohort)
    on_it = queries.people_on(cohort)
    _check_fits(on_it, plan)
    before, dates = editing.as_it_is(cohort), _dates(cohort)
    times = {one.id: (one.starts_at, one.ends_at) for one in cohort.sessions}
    asked = cohort.needs_approval
    _apply(cohort, plan)
    cohort.version += 1
    db.session.flush()
    attendance.follow_times(times, cohort)
    changed = editing.changed(before, editing.as_it_is(cohort))
    audit.record(actor, "cohort.edited", cohort.id, version=cohort.version, what=",".join(changed))
    _follow_approval(actor, cohort, on_it, asked=asked)
    filling.fill(actor, cohort)
    if dates != _dates(cohort) and not cohort.is_over:
        moving.write(actor, cohort, *_told(move))
        for booking in on_it.all:
            tell(Kind.CHANGED, booking.person, cohort, note=cohort.moved_message)
    return cohort


def _dates(cohort: Cohort) -> list[tuple[datetime, datetime, str]]:
    return [(one.starts_at, one.ends_at, one.place) for one in cohort.sessions]


def _told(move: Move | None) -> tuple[str, Collection[UUID]]:
    return (move.message, move.others) if move else ("", ())


def _follow_approval(actor: Actor, cohort: Cohort, on_it: queries.People, *, asked: bool) -> None:
    """When managers are asked from now on, those who wait are put to them; when no more, those who were asked come to a
    place or the waiting list, but for those whose team is at its limit. A place somebody has stays theirs.
    """
    if cohort.needs_approval and not asked:
        for booking in on_it.waiting:
            if booking.approved_at is None:
                placing.ask(actor, cohort, booking)
    if asked and not cohort.needs_approval:
        for booking in sorted(on_it.asked, key=lambda one: (one.asked_at, one.id)):
            if not placing.goes_over(cohort, booking):
                placing.place(actor, cohort, booking)


def _check_fits(on_it: queries.People, plan: Plan) -> None:
    """The people who have a place keep it: limits may not fall below them."""
    limits = Limits(plan.capacity, plan.largest_share)
    booked = on_it.by_agency(*HOLDS_A_PLACE)
    total = sum(len(group) for _, group in booked)
    if plan.capacity < total:
        offered = ", or are offered one" if on_it.offered else ""
        raise TooFewPlaces(f"{total} people have a place{offered}, so there cannot be fewer than {total} places.")
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
    db.session.flush()
    filling.catch_up(cohort)
    audit.record(actor, "cohort.opened", cohort.id)
    return tell_everyone(cohort) if was_draft else 0


def tell_everyone(cohort: Cohort, but: Collection[UUID] = ()) -> int:
    """Tell those on a cohort that leaves the draft how they stand, `but` for these people, who hear in another way."""
    on_it, room = queries.people_on(cohort), queries.room(cohort)
    on_it = queries.People([one for one in on_it.all if one.person_id not in but])
    for booking in on_it.booked:
        tell(Kind.PLACE_BOOKED, booking.person, cohort)
    for booking in on_it.invited:
        tell(Kind.INVITATION, booking.person, cohort)
    for booking in on_it.waiting:
        tell(Kind.WAITING, booking.person, cohort, why=standing(booking, room, cohort))
    for booking in on_it.asked:
        tell(Kind.ASKED, booking.person, cohort)
        placing.tell_deciders(booking, cohort)
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


def call_off(actor: Actor, cohort_id: UUID, move: Move | None = None) -> int:
    """Cancel a cohort for good; everyone booked, waiting or invited is told, once, with what the trainer wrote and the
    other dates offered. Returns how many. Raises NotFound or NotNow.
    """
    cohort = queries.lock_run(actor, cohort_id)
    if cohort.is_cancelled:
        return 0
    if cohort.is_over:
        raise NotNow("This cohort is over, so it cannot be cancelled.")
    moving.write(actor, cohort, *_told(move))
    told = [] if cohort.is_draft else queries.people_on(cohort).all
    for booking in told:
        tell(Kind.CANCELLED, booking.person, cohort, note=cohort.moved_message)
    take_back(None, cohort, *ASKING, Kind.APPROVAL)
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
