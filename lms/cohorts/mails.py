"""Mails about joint days: what kinds there are, and who is told. Each waits in the outbox with the act it speaks of."""

from collections.abc import Sequence
from enum import StrEnum

from flask import current_app

from lms.cohorts import calendar, entries
from lms.cohorts.models import Cohort
from lms.config import Settings
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
    GIVEN_UP = "given_up"
    ANOTHER_DATE = "another_date"


LEAVING = (Kind.CANCELLED, Kind.REMOVED, Kind.REPLACED, Kind.GIVEN_UP)


def tell(kind: Kind, to: Person, cohort: Cohort, why: str = "", *, note: str = "") -> None:
    """Queue one mail about a cohort. Of a draft nobody is told: they hear when it opens. `note` is what somebody wrote
    to this person.

    What changes for the person's calendar goes with it: one event a mail, so further dates have short mails of their
    own.
    """
    if cohort.is_draft:
        return
    more = {"why": why, "note": note, "link": _page(kind, cohort), "other_dates": _other_dates(kind, cohort)}
    send(f"cohorts/{kind}", to, cohort, leaves=kind in LEAVING, **more)


def send(template: str, to: Person, cohort: Cohort, *, leaves: bool = False, **more: object) -> None:
    """Queue one mail about a cohort, and the short mails for what further changes for the person's calendar."""
    news = entries.news(to.id, cohort, leaves=leaves)
    notifications.queue(
        template,
        to=to,
        event=_event(news[0], to) if news else None,
        title=cohort.title,
        sessions=list(cohort.sessions),
        all_days=absolute("cohorts.joint_days"),
        **more,
    )
    _tell_calendar(to, news[1:])


def take_out(to: Person, cohort: Cohort) -> None:
    """Take a joint day out of the calendar of somebody who was told in another mail that they leave it."""
    _tell_calendar(to, entries.news(to.id, cohort, leaves=True))


def _tell_calendar(to: Person, news: Sequence[calendar.Entry]) -> None:
    for one in news:
        notifications.queue(
            f"cohorts/{Kind.ANOTHER_DATE}", to=to, event=_event(one, to), entry=one, details=one.details, link=one.link
        )


def _event(entry: calendar.Entry, to: Person) -> notifications.ForCalendar:
    settings: Settings = current_app.extensions["settings"]
    text = calendar.message(entry, settings.mail_from, calendar.Address(to.email, to.name))
    return notifications.ForCalendar(entry.method, text)


def confirm_given_up(to: Person, cohort: Cohort) -> None:
    """Take a joint day out of the calendar of somebody who gave up their own place; no mail where it never was."""
    if entries.is_told(to.id, cohort):
        tell(Kind.GIVEN_UP, to, cohort)


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
