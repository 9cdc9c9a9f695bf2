"""Mails about joint days: what kinds there are, and who is told. Each waits in the outbox with the act it speaks of."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from flask import current_app

from lms.cohorts import calendar, entries
from lms.cohorts.models import Cohort
from lms.config import Settings
from lms.core import clock
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


SOON = timedelta(hours=24)
ASKING = (Kind.INVITATION, Kind.OFFER, Kind.WAITING, Kind.ASKED)  # of no use once it is decided, or the day has begun
DECIDING = frozenset(set(Kind) - {*ASKING, Kind.APPROVAL, Kind.CHANGED, Kind.ANOTHER_DATE})
LEAVING = (Kind.CANCELLED, Kind.REMOVED, Kind.REPLACED, Kind.GIVEN_UP)


def tell(kind: Kind, to: Person, cohort: Cohort, why: str = "", *, note: str = "") -> None:
    """Queue one mail about a cohort. Of a draft nobody is told: they hear when it opens. `note` is what somebody wrote
    to this person.

    What changes for the person's calendar goes with it: one event a mail, so further dates have short mails of their
    own.
    """
    if cohort.is_draft:
        return
    if kind in DECIDING:
        take_back(to.id, cohort)
    more = {"why": why, "note": note, "link": _page(kind, cohort), "other_dates": _other_dates(kind, cohort)}
    send(f"cohorts/{kind}", to, cohort, leaves=kind in LEAVING, **more)


def send(template: str, to: Person, cohort: Cohort, *, leaves: bool = False, **more: object) -> None:
    """Queue one mail about a cohort, and the short mails for what further changes for the person's calendar."""
    terms = _terms(template, to, cohort)
    news = entries.news(to.id, cohort, leaves=leaves)
    notifications.queue(
        template,
        to=to,
        event=_event(news[0], to) if news else None,
        terms=terms,
        title=cohort.title,
        sessions=list(cohort.sessions),
        all_days=absolute("cohorts.joint_days"),
        **more,
    )
    _tell_calendar(to, news[1:], terms)


def _terms(template: str, to: Person, cohort: Cohort) -> notifications.Terms:
    """A mail about a day that is near, as it is now or as the reader's calendar has it, leaves at any hour."""
    now = clock.now()
    near = any(now <= one.starts_at <= now + SOON for one in cohort.sessions)
    return notifications.Terms(
        about=cohort.id,
        until=cohort.starts_at if template in {f"cohorts/{kind}" for kind in ASKING} else None,
        urgent=near or entries.is_expected(to.id, cohort, now + SOON),
    )


def take_back(person_id: UUID | None, cohort: Cohort, *kinds: Kind) -> None:
    """Take back what has not left and is of no use any more, to one person or to all: invitations, offers and the
    like, unless kinds are named.
    """
    names = [f"cohorts/{kind}" for kind in kinds or ASKING]
    notifications.withdraw(cohort.id, *names, person_id=person_id)


def take_out(to: Person, cohort: Cohort) -> None:
    """Take a joint day out of the calendar of somebody who was told in another mail that they leave it."""
    terms = _terms("", to, cohort)
    _tell_calendar(to, entries.news(to.id, cohort, leaves=True), terms)


def _tell_calendar(to: Person, news: Sequence[calendar.Entry], terms: notifications.Terms) -> None:
    for one in news:
        notifications.queue(
            f"cohorts/{Kind.ANOTHER_DATE}",
            to=to,
            event=_event(one, to),
            terms=terms,
            entry=one,
            details=one.details,
            link=one.link,
        )


def _event(entry: calendar.Entry, to: Person) -> notifications.ForCalendar:
    settings: Settings = current_app.extensions["settings"]
    text = calendar.message(entry, settings.mail_from, calendar.Address(to.email, to.name))
    return notifications.ForCalendar(entry.method, text)


def confirm_given_up(to: Person, cohort: Cohort) -> None:
    """Take a joint day out of the calendar of somebody who gave up their own place; no mail where it never was.
    What still waited to ask or tell them is taken back.
    """
    take_back(to.id, cohort)
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
