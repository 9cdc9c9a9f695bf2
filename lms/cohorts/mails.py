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
    OFFER = "offer"
    OFFER_ENDED = "offer_ended"
    APPROVAL = "approval"
    ASKED = "asked"
    DECLINED = "declined"
    SENT = "sent"
    REPLACED = "replaced"


def tell(kind: Kind, to: Person, cohort: Cohort, why: str = "", *, note: str = "") -> None:
    """Queue one mail about a cohort. Of a draft nobody is told: they hear when it opens. `note` is what somebody wrote
    to this person.
    """
    if cohort.is_draft:
        return
    notifications.queue(
        f"cohorts/{kind}",
        to=to,
        title=cohort.title,
        sessions=list(cohort.sessions),
        why=why,
        note=note,
        link=_page(kind, cohort),
        other_dates=_other_dates(kind, cohort),
        all_days=absolute("cohorts.joint_days"),
    )


def _page(kind: Kind, cohort: Cohort) -> str:
    """Where the mail's link leads."""
    if kind is Kind.APPROVAL:
        return absolute("approvals.asked")
    return absolute("offers.offer" if kind is Kind.OFFER else "cohorts.show", cohort_id=cohort.id)


def _other_dates(kind: Kind, cohort: Cohort) -> str:
    """The page of other dates, in mails of a day that was moved or called off with any to offer."""
    if kind not in (Kind.CHANGED, Kind.CANCELLED) or not cohort.other_dates:
        return ""
    return absolute("moving.other_dates", cohort_id=cohort.id)
