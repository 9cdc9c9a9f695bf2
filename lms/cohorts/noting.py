"""Noting who was shown by name how people stand with a joint day, in short transactions of their own."""

from collections.abc import Iterable

from lms.audit import actions as audit
from lms.cohorts import policy
from lms.cohorts.models import Booking, Cohort
from lms.core.actor import Actor

ON_THE_DAY = "joint days"
MISSED = "places missed"


def day(actor: Actor, cohort: Cohort, shown: Iterable[Booking]) -> None:
    """Somebody looked at the people of one joint day. Its own trainers, whose work that is, are not noted."""
    if not policy.reads_needs(actor, cohort):
        audit.viewed(actor, dict.fromkeys(one.person_id for one in shown), ON_THE_DAY)


def missed(actor: Actor, shown: Iterable[Booking]) -> None:
    """Somebody looked at who gave up a place late or did not come."""
    audit.viewed(actor, dict.fromkeys(one.person_id for one in shown), MISSED)
