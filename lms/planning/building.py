"""From rows to the engine's problem: who is planned with, on which dates, and what they are called."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import combinations
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.cohorts import access, covering, preparing
from lms.cohorts.cover import PERCENT
from lms.cohorts.engine.problem import Allocation, Goal, Pair, Session
from lms.cohorts.engine.problem import Person as Wanted
from lms.cohorts.models import Attendance, Booking, Cohort, CohortSession
from lms.cohorts.states import HOLDS_A_PLACE, IN_THE_ROOM, BookingState, CohortState, Mark
from lms.core import clock
from lms.core.db import db
from lms.core.permissions import Role, Scope
from lms.people.models import Agency, Membership, MembershipRole, Person
from lms.planning import policy, queries
from lms.planning.figures import Words
from lms.planning.models import DateProgramme, Hold, Nomination, ProgrammeDate
from lms.planning.rules import Band, Rules
from lms.planning.states import HoldKind

ROOM = frozenset(access.OF_THE_ROOM)  # what else people need can be arranged anywhere
GIVEN_UP = (BookingState.CANCELLED, BookingState.REMOVED)


@dataclass(frozen=True)
class Loaded:
    """A programme as the engine sees it, and as its page shows it."""

    problem: Allocation
    words: Words
    nominated: dict[str, Nomination]
    sectors: dict[str, str]
    holds: dict[str, Hold]
    drafts: frozenset[str] = frozenset()

    @property
    def booked(self) -> dict[str, str]:
        """Who has a place now, and on which date."""
        return dict(self.problem.baseline)


def planned_with(programme: DateProgramme) -> Sequence[Nomination]:
    """The nominations a plan is made for: approved, and the person is still in that post. One query."""
    return db.session.scalars(
        select(Nomination)
        .join(Nomination.person)
        .join(Membership, Membership.id == Nomination.membership_id)
        .where(Nomination.programme_id == programme.id, policy.planned_with())
        .options(joinedload(Nomination.person), joinedload(Nomination.agency), joinedload(Nomination.team))
        .order_by(Nomination.asked_at, Nomination.id)
    ).all()


def load(programme: DateProgramme, moving: Collection[str] = ()) -> Loaded:
    """The problem of a programme as its rows are now; people being moved count as not left out. Ten queries, however
    many people there are.
    """
    dates = [one for one in programme.in_order if not one.cohort.has_begun]
    nominations, holds = planned_with(programme), queries.holds(programme)
    bookings = _bookings(dates)
    nominated = {str(one.person_id): one for one in nominations}
    guests = [one for one in bookings if one.holds_place and str(one.person_id) not in nominated]
    ids = [one.person_id for one in nominations] + [one.person_id for one in guests]
    shut = {(one.person_id, one.cohort_id) for one in bookings if one.state in GIVEN_UP}
    shut |= _kept_away(nominations, dates)
    deciding = {one: hold for one, hold in holds.items() if one not in moving}
    everyone = _wanted(nominations, dates, shut, deciding) + [_guest(one) for one in guests]
    problem = Allocation(
        name=programme.title,
        people=tuple(everyone),
        sessions=tuple(_session(one, programme.rules) for one in dates),
        cover=_cover(nominations, programme.rules),
        keep_apart=tuple((str(one), str(other)) for one, other in queries.apart_among(ids)),
        pins=_pins(holds, dates, nominated, guests),
        known=_known(ids, programme.rules.known_months),
        must_place=tuple(str(one.person_id) for one in guests),
        baseline={str(one.person_id): str(one.cohort_id) for one in bookings if one.holds_place},
    )
    goals = (Goal.PLACED, *([Goal.STABILITY] if problem.baseline else []), Goal.MIXING, Goal.FAIRNESS)
    drafts = frozenset(str(one.cohort_id) for one in dates if one.cohort.is_draft)
    return Loaded(replace(problem, goals=goals), *_words(programme, dates, nominations, guests), holds, drafts)


def _kept_away(nominations: Sequence[Nomination], dates: Sequence[ProgrammeDate]) -> set[tuple[UUID, UUID]]:
    """Who cannot be on which date whatever the plan: their agency is not asked to it, they have not prepared in time,
    or they are on another joint day that day.
    """
    ids = [one.person_id for one in nominations]
    busy = _busy(ids, dates)
    found = set()
    for there in dates:
        cohort = there.cohort
        asked = {one.agency_id for one in cohort.agencies}
        away = preparing.kept_away(cohort, ids)
        for one in nominations:
            elsewhere = not cohort.all_agencies and one.agency_id not in asked
            if elsewhere or one.person_id in away or (one.person_id, cohort.starts_on) in busy:
                found.add((one.person_id, cohort.id))
    return found


def _busy(ids: Sequence[UUID], dates: Sequence[ProgrammeDate]) -> set[tuple[UUID, date | None]]:
    """People with a place on a joint day outside the programme, and the date of it."""
    rows = db.session.execute(
        select(Booking.person_id, CohortSession.starts_at)
        .join(CohortSession, CohortSession.cohort_id == Booking.cohort_id)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .where(
            Booking.state.in_(HOLDS_A_PLACE),
            Cohort.state != CohortState.CANCELLED,
            Cohort.id.not_in([one.cohort_id for one in dates]),
            CohortSession.starts_at > clock.now(),
        )
    )
    wanted = set(ids)
    return {(person, clock.local(starts).date()) for person, starts in rows if person in wanted}


def _bookings(dates: Iterable[ProgrammeDate]) -> Sequence[Booking]:
    return db.session.scalars(
        select(Booking)
        .where(Booking.cohort_id.in_([one.cohort_id for one in dates]))
        .options(joinedload(Booking.person), joinedload(Booking.agency))
        .order_by(Booking.id)
    ).all()


def _session(there: ProgrammeDate, rules: Rules) -> Session:
    cohort = there.cohort
    assert cohort.starts_on is not None
    return Session(
        id=str(there.cohort_id),
        date=cohort.starts_on.isoformat(),
        locality="",
        capacity=cohort.capacity,
        min_size=min(rules.min_size, cohort.capacity),
        min_agencies=rules.min_agencies,
        max_agency_share=rules.largest_share / PERCENT,
        provides=frozenset(access.OF_THE_ROOM if cohort.sessions[0].is_online else cohort.features),
        min_sectors=rules.min_sectors,
        max_per_team=rules.most_of_team(cohort.capacity),
    )


def _wanted(
    nominations: Sequence[Nomination],
    dates: Sequence[ProgrammeDate],
    shut: set[tuple[UUID, UUID]],
    holds: dict[str, Hold],
) -> list[Wanted]:
    managers = _managers(nominations)
    today = clock.today()
    found = []
    for one in nominations:
        key = str(one.person_id)
        hold = holds.get(key)
        able = [
            str(there.cohort_id)
            for there in dates
            if (one.dates is None or str(there.cohort_id) in one.dates) and (one.person_id, there.cohort_id) not in shut
        ]
        found.append(
            Wanted(
                id=key,
                agency=str(one.agency_id),
                team=str(one.team_id) if one.team_id else None,
                role=one.job,
                locality="",
                band=one.stored_band,
                waiting_days=(today - clock.local(one.asked_at).date()).days,
                needs=frozenset(one.needs) & ROOM,
                sessions=() if hold and hold.kind == HoldKind.OUT else tuple(able),
                sector=one.agency.sector,
                manager=managers.get(one.team_id) if one.team_id else None,
            )
        )
    return found


def _guest(booking: Booking) -> Wanted:
    """Somebody who has a place without a nomination: they count for the mix and stay where they are."""
    return Wanted(
        id=str(booking.person_id),
        agency=str(booking.agency_id),
        team=None,
        role=booking.job,
        locality="",
        band=Band.OPTIONAL.value,
        waiting_days=0,
        needs=frozenset(),
        sessions=(str(booking.cohort_id),),
        sector=booking.agency.sector,
    )


def _managers(nominations: Sequence[Nomination]) -> dict[UUID, str]:
    """By team, its manager among those nominated."""
    posts = {one.membership_id: one for one in nominations if one.team_id}
    rows = db.session.scalars(
        select(MembershipRole.membership_id)
        .join(Nomination, Nomination.membership_id == MembershipRole.membership_id)
        .where(
            Nomination.programme_id.in_({one.programme_id for one in nominations}),
            MembershipRole.role == Role.MANAGER,
            MembershipRole.scope == Scope.TEAM,
        )
    )
    managers: dict[UUID, str] = {}
    for membership in rows:
        if membership in posts and (team := posts[membership].team_id):
            managers.setdefault(team, str(posts[membership].person_id))
    return managers


def _cover(nominations: Sequence[Nomination], rules: Rules) -> dict[str, int]:
    teams = {one.team_id for one in nominations if one.team_id}
    limits, sizes = covering.limits(teams), covering.sizes(teams)
    return {
        str(team): limits[team].of(size) if limits[team].is_set else rules.most_away(size)
        for team, size in sizes.items()
    }


def _pins(
    holds: dict[str, Hold], dates: Sequence[ProgrammeDate], nominated: dict[str, Nomination], guests: list[Booking]
) -> tuple[Pair, ...]:
    there = {one.cohort_id for one in dates}
    pins = [
        Pair(person, str(hold.cohort_id))
        for person, hold in sorted(holds.items())
        if hold.kind == HoldKind.PIN and hold.cohort_id in there and person in nominated
    ]
    return tuple(pins + [Pair(str(one.person_id), str(one.cohort_id)) for one in guests])


def _known(ids: Sequence[UUID], months: int) -> tuple[tuple[str, str], ...]:
    """Pairs of these people who were in the room on the same joint day within so many months."""
    now = clock.now()
    first = clock.months_later(clock.today(), -months)
    since = clock.from_local(datetime.combine(first, time()))
    missed = select(Attendance.booking_id).where(Attendance.mark == Mark.ABSENT)
    wanted = set(ids)
    rows = db.session.execute(
        select(Booking.cohort_id, Booking.person_id)
        .join(CohortSession, CohortSession.cohort_id == Booking.cohort_id)
        .where(
            Booking.state.in_(IN_THE_ROOM),
            CohortSession.ends_at <= now,
            CohortSession.ends_at >= since,
            Booking.id.not_in(missed),
        )
        .distinct()
    )
    together: defaultdict[UUID, set[str]] = defaultdict(set)
    for cohort, person in rows:
        if person in wanted:
            together[cohort].add(str(person))
    return tuple(sorted({pair for group in together.values() for pair in combinations(sorted(group), 2)}))


def _words(
    programme: DateProgramme, dates: Sequence[ProgrammeDate], nominations: Sequence[Nomination], guests: list[Booking]
) -> tuple[Words, dict[str, Nomination], dict[str, str]]:
    agencies: Sequence[Agency] = queries.agencies(programme)
    named: list[Person] = [*(one.person for one in nominations), *(one.person for one in guests)]
    words = Words(
        dates={str(one.cohort_id): when(one) for one in dates},
        agencies={str(one.id): one.name for one in agencies},
        teams={str(one.team_id): one.team.name for one in nominations if one.team},
        people={str(one.id): one.name for one in named},
    )
    return words, {str(one.person_id): one for one in nominations}, {str(one.id): one.sector for one in agencies}


def when(there: ProgrammeDate) -> str:
    """A date as sentences name it: 14 January."""
    starts = there.cohort.starts_at
    assert starts is not None
    day = clock.local(starts)
    return f"{day.day} {day:%B}"


def in_full(there: ProgrammeDate) -> str:
    """A date with its weekday, year and place, for a list to choose from."""
    starts = there.cohort.starts_at
    assert starts is not None
    day, place = clock.local(starts), there.cohort.sessions[0]
    return f"{day:%A} {day.day} {day:%B %Y}, {'online' if place.is_online else place.place}"
