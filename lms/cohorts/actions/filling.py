"""Free places: who gets them, how offers end, and when held places are released.

The caller has locked the cohort's row. What the clock has brought since the last act is caught up at the beginning of
each, so it does not matter whether the worker was there in time.
"""

from uuid import UUID

from sqlalchemy import or_, select, true

from lms.audit import actions as audit
from lms.cohorts import apart, covering, places, preparing, queries
from lms.cohorts.mails import Kind, take_back, tell
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.states import BookingState, CohortState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, writing


def catch_up(cohort: Cohort) -> None:
    """Release held places whose date has come, end offers whose time is over, and give what is free to those who wait
    and can have it by now: nobody who comes new is served before them.
    """
    if cohort.is_cancelled:
        return
    if _release(cohort):
        fill(None, cohort)
    _end_offers(cohort)
    fill(None, cohort, anew=False)


def _release(cohort: Cohort) -> bool:
    due = cohort.release_on is not None and cohort.release_on <= clock.today()
    if cohort.released_at or not due or not cohort.held:
        return False
    cohort.released_at = clock.now()
    audit.record(None, "cohort.places_released", cohort.id, places=sum(one.places for one in cohort.held))
    return True


def _end_offers(cohort: Cohort) -> None:
    ended = db.session.scalars(
        select(Booking)
        .where(
            Booking.cohort_id == cohort.id, Booking.state == BookingState.OFFERED, Booking.offer_until <= clock.now()
        )
        .order_by(Booking.offer_until, Booking.id)
        .execution_options(populate_existing=True)
    ).all()
    for booking in ended:
        back_in_line(booking)
        audit.record(None, "cohort.offer_ended", booking.id, cohort=str(cohort.id))
        if not cohort.has_begun:
            tell(Kind.OFFER_ENDED, booking.person, cohort)


def back_in_line(booking: Booking) -> None:
    """Return a person to their place in the queue. Of the places free now they get none: they let them pass."""
    booking.state, booking.changed_at = BookingState.WAITING, clock.now()
    booking.sits_out, booking.moved_up = True, ""
    take_back(booking.person_id, booking.cohort, Kind.OFFER)


def fill(actor: Actor | None, cohort: Cohort, *, anew: bool = True) -> int:
    """Give people from the waiting list a place, or an offer of one, while any is free for them; returns how many.
    `anew`: a place has come free, so those who let earlier ones pass are asked again. Nothing moves once the first
    session has begun.
    """
    if cohort.has_begun or cohort.is_cancelled:
        return 0
    db.session.flush()
    waiting = _who_can_have_one(cohort)
    if not waiting:
        return 0
    for one in waiting.values():
        one.sits_out = one.sits_out and not anew
    room, moved = queries.room(cohort), 0
    while choice := places.choose(room, _line(waiting), cohort.minimum_sectors):
        booking = waiting.pop(choice.chosen.booking)
        for passed in choice.passed:
            waiting[passed.booking].passed_over += 1
        _give(actor, cohort, booking, places.why_moved_up(room, booking.agency_id, choice.why, offered=offers(cohort)))
        room = room.with_one_of(booking.agency_id)
        moved += 1
        waiting = _beside_those_there(cohort, waiting)
    db.session.flush()
    return moved


def offers(cohort: Cohort) -> bool:
    """Whether a free place is offered, and not given at once. In a draft it is given: nobody is told of it yet."""
    return cohort.offers_places and not cohort.is_draft


def _line(waiting: dict[UUID, Booking]) -> list[places.Waiting]:
    return [
        places.Waiting(one.id, one.agency_id, one.asked_at, one.passed_over)
        for one in waiting.values()
        if not one.sits_out
    ]


def _who_can_have_one(cohort: Cohort) -> dict[UUID, Booking]:
    """Those on the waiting list who break no rule: they can still come, are approved where that is asked, and have
    prepared where the day for it has passed.
    """
    approved = Booking.approved_at.is_not(None) if cohort.needs_approval else true()
    found = db.session.scalars(
        select(Booking)
        .where(Booking.cohort_id == cohort.id, Booking.state == BookingState.WAITING, approved)
        .execution_options(populate_existing=True)
    ).all()
    if not found:
        return {}
    able = {one.person.id for one in queries.can_come(cohort, [one.person_id for one in found])}
    able -= preparing.kept_away(cohort, [one.person_id for one in found if not one.is_waived])
    return _beside_those_there(cohort, {one.id: one for one in found if one.person_id in able})


def _beside_those_there(cohort: Cohort, waiting: dict[UUID, Booking]) -> dict[UUID, Booking]:
    """Those who may be put in one room with everybody who has a place by now, and whom their team can spare."""
    db.session.flush()
    out = apart.shut_out(cohort, {one.person_id for one in waiting.values()})
    asking = {one.person_id: one.agency_id for one in waiting.values() if one.cover_by is None}
    out.update(covering.kept_back(cohort, asking))
    return {id_: one for id_, one in waiting.items() if one.person_id not in out}


def _give(actor: Actor | None, cohort: Cohort, booking: Booking, why: str) -> None:
    now = clock.now()
    booking.changed_at, booking.moved_up = now, why
    if offers(cohort):
        assert cohort.starts_at is not None
        booking.state, booking.offer_until = BookingState.OFFERED, places.offer_ends(now, cohort.starts_at)
        tell(Kind.OFFER, booking.person, cohort, why)
        audit.record(actor, "cohort.place_offered", booking.id, cohort=str(cohort.id))
        return
    booking.state, booking.booked_at = BookingState.BOOKED, now
    tell(Kind.MOVED_UP, booking.person, cohort, why)
    audit.record(actor, "cohort.moved_up", booking.id, cohort=str(cohort.id))


def catch_up_all() -> int:
    """Catch up every cohort whose offers have ended or whose release date has come, each in a transaction of its own;
    returns how many. For the clock; run twice, it does nothing the second time.
    """
    with writing() as session:
        ended = select(Booking.cohort_id).where(
            Booking.state == BookingState.OFFERED, Booking.offer_until <= clock.now()
        )
        due = session.scalars(
            select(Cohort.id)
            .where(
                Cohort.state != CohortState.CANCELLED,
                or_(
                    Cohort.id.in_(ended),
                    (Cohort.release_on <= clock.today()) & Cohort.released_at.is_(None) & Cohort.held.any(),
                ),
            )
            .order_by(Cohort.id)
        ).all()
    for cohort_id in due:
        with writing():
            catch_up(queries.lock_known(cohort_id))
    return len(due)
