"""A place that is offered: taking it, or letting it pass to the next person in line."""

from uuid import UUID

from lms.audit import actions as audit
from lms.cohorts import queries
from lms.cohorts.actions import filling, placing
from lms.cohorts.models import Booking
from lms.cohorts.states import BookingState
from lms.core.actor import Actor
from lms.core.errors import NotFound, Refusal
from lms.web.templating import plain_date


class OfferEnded(Refusal):
    """The time for an answer is over; the person waits where they waited before."""

    sentence = "There is no offer for you any more. You keep your place in the queue."


def ended(booking: Booking) -> str:
    """That an offer has ended, as the person reads it."""
    if booking.offer_until is None:
        return OfferEnded.sentence
    return f"This offer ended on {plain_date(booking.offer_until)}. You keep your place in the queue."


def take(actor: Actor, cohort_id: UUID) -> None:
    """Take the place one is offered. Taking it again changes nothing. Raises NotFound or OfferEnded."""
    cohort = queries.lock(actor, cohort_id)
    filling.catch_up(cohort)
    booking = queries.booking_of(actor.id, cohort)
    if booking is None or cohort.is_draft:
        raise NotFound
    if booking.state == BookingState.BOOKED:
        return
    if booking.state != BookingState.OFFERED or cohort.is_cancelled:
        raise OfferEnded(ended(booking))
    placing.give(actor, cohort, booking)


def let_pass(actor: Actor, cohort_id: UUID) -> None:
    """Let an offered place go to the next person; one's own place in the queue stays. Raises NotFound or OfferEnded."""
    cohort = queries.lock(actor, cohort_id)
    filling.catch_up(cohort)
    booking = queries.booking_of(actor.id, cohort)
    if booking is None or cohort.is_draft:
        raise NotFound
    if booking.state != BookingState.OFFERED or cohort.is_cancelled:
        raise OfferEnded(ended(booking))
    filling.back_in_line(booking)
    booking.offer_until = None
    audit.record(actor, "cohort.offer_passed", booking.id, cohort=str(cohort.id))
    filling.fill(actor, cohort, anew=False)
