"""Mails about joint days: what kinds there are, and who is told. Each waits in the outbox with the act it speaks of."""

from enum import StrEnum

from lms.cohorts.models import Cohort
from lms.notifications import actions as notifications
from lms.people.models import Person
from lms.web.links import absolute


class Kind(StrEnum):
    """The mails of this feature; each is the name of a template."""

    INVITATION = "invitation"
    PLACE_BOOKED = "place_booked"
    WAITING = "waiting"
    MOVED_UP = "moved_up"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REMOVED = "removed"


def tell(kind: Kind, to: Person, cohort: Cohort, why: str = "") -> None:
    """Queue one mail about a cohort. Of a draft nobody is told: they hear when it opens."""
    if cohort.is_draft:
        return
    notifications.queue(
        f"cohorts/{kind}",
        to=to,
        title=cohort.title,
        sessions=list(cohort.sessions),
        why=why,
        link=absolute("cohorts.show", cohort_id=cohort.id),
        all_days=absolute("cohorts.joint_days"),
    )
