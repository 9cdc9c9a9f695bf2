"""Reads about waiting: who waited how long for which cohorts, offers, requests declined, and places held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from lms.audit.models import AuditEntry
from lms.cohorts.models import Booking, Cohort, CohortSession, HeldPlaces
from lms.cohorts.states import HOLDS_A_PLACE, BookingState
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.people.models import Agency as AgencyRow
from lms.together import fairness, policy, queries
from lms.together.fairness import Happened, HeldFor, Line, Offers, Reason, Shown, Step
from lms.together.meetings import Agency
from lms.together.periods import Period
from lms.together.policy import Reach

NOTHING = Offers()


@dataclass(frozen=True)
class Refused:
    """Requests that a manager declined: how many, and how many with a sentence for the person."""

    requests: int = 0
    with_reason: int = 0


@dataclass(frozen=True)
class ByAgency:
    """Offers and refusals of one agency."""

    name: str
    offers: Offers
    refused: Refused


@dataclass(frozen=True)
class Queue:
    """The waiting lists of a period. For a reader outside the agencies `shown` has what they may read, and the rest is
    empty but for the total.
    """

    total: Line
    agencies: tuple[Line, ...] = ()
    jobs: tuple[Line, ...] = ()
    offered: tuple[ByAgency, ...] = ()
    reasons: Mapping[Reason, int] | None = None
    held: tuple[HeldFor, ...] = ()
    shown: tuple[Shown, ...] | None = None
    hides: bool = False

    @property
    def is_kept_back(self) -> bool:
        """Whether so few waited that this reader sees nothing."""
        return self.hides and self.shown is None

    @property
    def offers(self) -> Offers:
        """All offers together."""
        return sum((one.offers for one in self.offered), NOTHING)

    @property
    def refused(self) -> Refused:
        """All refusals together."""
        return Refused(
            sum(one.refused.requests for one in self.offered), sum(one.refused.with_reason for one in self.offered)
        )


def asked_between(actor: Actor, reach: Reach) -> tuple[date, date] | None:
    """The days of the first and the last cohort that people could wait for; None when there is none. One query."""
    dated = _dated(actor, reach).subquery()
    first, last = db.session.execute(select(func.min(dated.c.starts_at), func.max(dated.c.starts_at))).one()
    return (clock.local(first).date(), clock.local(last).date()) if first else None


def _dated(actor: Actor, reach: Reach, period: Period | None = None) -> Select[UUID, datetime]:
    """Cohorts that were held or are to come, by the day of their first session."""
    starts = func.min(CohortSession.starts_at)
    return (
        select(Cohort.id, starts.label("starts_at"))
        .join(CohortSession, CohortSession.cohort_id == Cohort.id)
        .where(Cohort.state.in_(queries.GOES_AHEAD), policy.counted(actor, reach))
        .group_by(Cohort.id)
        .having(*queries.within(starts, period))
    )


def queue(actor: Actor, reach: Reach, period: Period, today: date) -> Queue:
    """The waiting lists of a period, for the page, the chart and the file. Two queries for a reader outside the
    agencies, four or five for others.
    """
    places = queries.agencies(reach, min(period.last, today))
    events, now = happened(actor, reach, period), clock.now()
    waits = fairness.waits(events, now)
    total = fairness.line("All together", waits)
    if reach.hides:
        every = {key: fairness.line(place.name, [one for one in waits if one.agency == key]) for key, place in
                 places.items()}  # fmt: skip
        shown = fairness.released(list(every.values()))
        return Queue(total, shown=None if shown is None else tuple(shown), hides=True)
    offers, refused = fairness.offers(events, now), _refused(actor, reach, period)
    return Queue(
        total,
        tuple(fairness.by(waits, lambda one: places[one.agency].name)),
        tuple(fairness.by(waits, lambda one: one.job or "No job noted")),
        tuple(_offered(places, offers, refused)),
        fairness.reasons(waits),
        () if reach.is_one_agency else tuple(_held(actor, reach, period)),
    )


def _offered(
    places: Mapping[UUID, Agency], offers: Mapping[UUID, Offers], refused: Mapping[UUID, Refused]
) -> list[ByAgency]:
    """Agencies with an offer or a refusal, by name."""
    some = [key for key in places if key in offers or key in refused]
    return [ByAgency(places[key].name, offers.get(key, NOTHING), refused.get(key, Refused())) for key in some]


def happened(actor: Actor, reach: Reach, period: Period) -> list[Happened]:
    """What happened to everybody's entries on the cohorts of a period, in order. One query, of the record of acts."""
    dated = _dated(actor, reach, period).subquery()
    rows = db.session.execute(
        select(
            Booking.id, Booking.agency_id, Booking.job, dated.c.starts_at,
            AuditEntry.action, AuditEntry.at, AuditEntry.detail,
        )
        .join(dated, Booking.cohort_id == dated.c.id)
        .join(AuditEntry, AuditEntry.subject_id == Booking.id)
        .where(AuditEntry.action.in_([one.value for one in Step]), policy.whose(reach))
        .order_by(AuditEntry.at, AuditEntry.id)
    )  # fmt: skip
    return [
        Happened(entry, agency, job, starts_at, Step(action), at, str(detail.get("why", "")))
        for entry, agency, job, starts_at, action, at, detail in rows
    ]


def _refused(actor: Actor, reach: Reach, period: Period) -> dict[UUID, Refused]:
    """Requests that stand declined, by agency. One query."""
    dated = _dated(actor, reach, period).subquery()
    rows = db.session.execute(
        select(Booking.agency_id, func.count(), func.count().filter(Booking.answer != ""))
        .where(
            Booking.cohort_id.in_(select(dated.c.id)),
            Booking.state == BookingState.DECLINED,
            policy.whose(reach),
        )
        .group_by(Booking.agency_id)
    )
    return {agency: Refused(number, told) for agency, number, told in rows}


def _held(actor: Actor, reach: Reach, period: Period) -> list[HeldFor]:
    """Places held for sectors, by sector. Two queries."""
    dated = _dated(actor, reach, period).subquery()
    inside = Cohort.id.in_(select(dated.c.id))
    kept = db.session.execute(
        select(HeldPlaces.cohort_id, HeldPlaces.sector, HeldPlaces.places, Cohort.released_at)
        .join(Cohort, HeldPlaces.cohort_id == Cohort.id)
        .where(inside)
    ).all()
    had_one = or_(
        and_(Cohort.released_at.is_(None), Booking.state.in_(HOLDS_A_PLACE)), Booking.booked_at <= Cohort.released_at
    )
    taken = db.session.execute(
        select(Booking.cohort_id, AgencyRow.sector, func.count())
        .join(Cohort, Booking.cohort_id == Cohort.id)
        .join(AgencyRow, Booking.agency_id == AgencyRow.id)
        .where(inside, had_one)
        .group_by(Booking.cohort_id, AgencyRow.sector)
    )
    had = {(cohort, sector): number for cohort, sector, number in taken}
    return fairness.held_for(
        (sector, places, had.get((cohort, sector), 0), released is not None)
        for cohort, sector, places, released in kept
    )
