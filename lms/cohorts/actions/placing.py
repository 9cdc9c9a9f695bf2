"""One person's entry on a cohort: entering it, asking for approval, placing, and taking off. The caller has locked the
cohort's row and caught it up.
"""

from lms.audit import actions as audit
from lms.cohorts import apart, approvals, covering, places, preparing, queries
from lms.cohorts.actions import filling
from lms.cohorts.mails import Kind, tell
from lms.cohorts.models import Booking, Cohort
from lms.cohorts.queries import Candidate
from lms.cohorts.states import BookingState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.web.templating import long_date


def admit(
    actor: Actor, cohort: Cohort, candidate: Candidate, booking: Booking | None, *, approved: bool = False
) -> Booking:
    """Bring somebody on to the cohort: to their manager where that is asked, or where their team is at its limit of
    people out; else to a place or the waiting list.
    """
    booking = enter(cohort, candidate, booking, BookingState.ASKED)
    if not approved and (cohort.needs_approval or goes_over(cohort, booking)):
        ask(actor, cohort, booking)
        return booking
    if approved:
        booking.approved_at, booking.approved_by = clock.now(), actor.id
    place(actor, cohort, booking)
    return booking


def goes_over(cohort: Cohort, booking: Booking) -> bool:
    """Whether the person's place would take their team over the limit its manager has set."""
    return bool(covering.kept_back(cohort, {booking.person_id: booking.agency_id}))


def enter(cohort: Cohort, candidate: Candidate, booking: Booking | None, state: BookingState) -> Booking:
    """Write the person's one row on the cohort: a new one, or the one from an earlier booking or invitation."""
    if booking is None:
        booking = Booking(cohort_id=cohort.id, person_id=candidate.person.id, access_needs="")
        db.session.add(booking)
    booking.person = candidate.person
    booking.agency_id, booking.job = candidate.agency.id, candidate.job
    booking.state = state
    booking.asked_at = booking.changed_at = clock.now()
    if state == BookingState.INVITED:
        booking.invited_at = clock.now()
    _forget_what_was(booking)
    db.session.flush()
    return booking


def _forget_what_was(booking: Booking) -> None:
    booking.moved_up = booking.answer = ""
    booking.offer_until = booking.approved_at = booking.approved_by = None
    booking.passed_over, booking.sits_out = 0, False
    booking.cover_by, booking.cover_why = None, ""


def ask(actor: Actor, cohort: Cohort, booking: Booking) -> None:
    """Let the person's manager decide, or whoever runs the cohort where they have none."""
    booking.state, booking.changed_at = BookingState.ASKED, clock.now()
    db.session.flush()
    audit.record(actor, "cohort.approval_asked", booking.id, cohort=str(cohort.id))
    if booking.person_id != actor.id:
        tell(Kind.ASKED, booking.person, cohort)
    tell_deciders(booking, cohort)


def tell_deciders(booking: Booking, cohort: Cohort) -> None:
    """Tell whoever decides that somebody asks; the mail names nobody."""
    for one in approvals.deciders(booking, cohort):
        tell(Kind.APPROVAL, one, cohort)


def place(actor: Actor, cohort: Cohort, booking: Booking, note: str = "", whose: str = "") -> None:
    """Give the person a place if one is free for their agency, else a line on the waiting list; tell them, with what
    whoever approved it wrote as `note`, and `whose` doing it was where it was not their own.
    """
    room = queries.room(cohort)
    obstacle = room.obstacle(booking.agency_id)
    away = not booking.is_waived and bool(preparing.kept_away(cohort, [booking.person_id]))
    out = bool(apart.shut_out(cohort, [booking.person_id]))
    booking.changed_at = clock.now()
    if obstacle or away or out:
        booking.state = BookingState.WAITING
        db.session.flush()
        why = why_waiting(obstacle, cohort) if obstacle else UNPREPARED if away else NOT_HERE
        tell(Kind.WAITING, booking.person, cohort, f"{whose} {why}".strip(), note=note)
        reason = obstacle.value if obstacle else "preparation" if away else "other"
        audit.record(actor, "cohort.waiting_list_joined", booking.id, cohort=str(cohort.id), why=reason)
    else:
        give(actor, cohort, booking, note, whose)


UNPREPARED = (
    "You are on the waiting list: your preparation for the day is not finished. Finish it, and you can have a place."
)

NOT_HERE = "You are on the waiting list: you cannot be placed on this joint day for now. Another date may suit."


def give(actor: Actor, cohort: Cohort, booking: Booking, note: str = "", whose: str = "") -> None:
    """The place is this person's; tell them."""
    booking.state = BookingState.BOOKED
    booking.booked_at = booking.changed_at = clock.now()
    booking.sits_out, booking.offer_until = False, None
    db.session.flush()
    tell(Kind.PLACE_BOOKED, booking.person, cohort, whose, note=note)
    audit.record(actor, "cohort.place_booked", booking.id, cohort=str(cohort.id))


def why_waiting(obstacle: places.Obstacle, cohort: Cohort) -> str:
    """The reason a person waits on this cohort, as they read it."""
    return places.why_waiting(obstacle, cohort.limits, long_date(cohort.release_on) if cohort.release_on else "")


def take_off(actor: Actor, cohort: Cohort, booking: Booking, state: BookingState) -> None:
    """End somebody's entry; what they said they need is deleted, and a place this frees goes on."""
    held = booking.holds_place
    leave(actor, cohort, booking, state)
    filling.fill(actor, cohort, anew=held)


def leave(actor: Actor, cohort: Cohort, booking: Booking, state: BookingState) -> None:
    """The same, and the place goes on to nobody: the caller has somebody for it."""
    before = booking.state
    booking.state, booking.changed_at, booking.access_needs = state, clock.now(), ""
    booking.arrangements = []
    _forget_what_was(booking)
    audit.record(actor, _ENDED[state], booking.id, cohort=str(cohort.id), before=before)


_ENDED = {
    BookingState.CANCELLED: "cohort.place_cancelled",
    BookingState.REMOVED: "cohort.person_removed",
    BookingState.DECLINED: "cohort.declined",
}
