"""What whoever runs a cohort sees of its waiting list, its arrangements, its preparation and its readiness."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from lms.cohorts import access, apart, places, policy, preparing, readiness
from lms.cohorts.models import Arrangement, Booking, Cohort
from lms.cohorts.places import Obstacle, Room, Waiting
from lms.cohorts.queries import People
from lms.cohorts.states import HOLDS_A_PLACE, IN_THE_ROOM, ON_IT
from lms.core.actor import Actor
from lms.core.db import db
from lms.people.models import Person
from lms.web.templating import plain_date


@dataclass(frozen=True)
class Line:
    """One person on the waiting list: why they wait, and why they are next where they are."""

    booking: Booking
    reason: str
    next_because: str = ""


@dataclass(frozen=True)
class Unprepared:
    """Somebody with a place who has not finished the preparation, and what is left."""

    booking: Booking
    modules: str


@dataclass(frozen=True)
class Overview:
    """All of it. `arrangements` is empty for those who do not read what people need; `not_ready` then says no more
    than that something is open.
    """

    waiting: list[Line]
    unprepared: list[Unprepared]
    arrangements: list[tuple[Booking, list[Arrangement]]]
    not_ready: list[str]


def overview(actor: Actor, cohort: Cohort, on_it: People, room: Room) -> Overview:
    """For a cohort loaded by `get_run`. Two queries, and one where preparation is a rule: once the day is over, what
    somebody has finished since is no longer for those who ran it.
    """
    arranged = _arrangements(cohort)
    asked = [] if cohort.is_over else [one.person_id for one in on_it.all if not one.is_waived]
    left = preparing.unfinished(cohort, asked)
    unprepared = [
        Unprepared(one, preparing.titles(left[one.person_id]))
        for one in on_it.all
        if one.holds_place and one.person_id in left
    ]
    reads = policy.reads_needs(actor, cohort)
    return Overview(
        _lines(cohort, on_it, room, set(left)),
        unprepared,
        [(one, arranged[one.id]) for one in on_it.all if one.id in arranged] if reads else [],
        readiness.not_yet(_facts(cohort, on_it, arranged, len(unprepared)), names_needs=reads),
    )


def needing_a_seat(actor: Actor, cohort: Cohort) -> list[tuple[str, str]]:
    """Who in the room needs something that stands at one table, and what, by name; nobody for those who do not read
    what people need. For a cohort loaded by `get_run`. One query.
    """
    if not policy.reads_needs(actor, cohort):
        return []
    found = db.session.execute(
        select(Person.name, Arrangement.need)
        .join(Arrangement.booking)
        .join(Booking.person)
        .where(
            Booking.cohort_id == cohort.id,
            Booking.state.in_(IN_THE_ROOM),
            Arrangement.need.in_(access.AT_ONE_TABLE),
        )
        .order_by(Person.name, Booking.id, Arrangement.position)
    )
    return [(name, access.Need(need).words.lower()) for name, need in found]


def _arrangements(cohort: Cohort) -> dict[UUID, list[Arrangement]]:
    found: dict[UUID, list[Arrangement]] = {}
    for one in db.session.scalars(
        select(Arrangement)
        .join(Arrangement.booking)
        .where(Booking.cohort_id == cohort.id, Booking.state.in_(ON_IT))
        .order_by(Arrangement.booking_id, Arrangement.position)
    ):
        found.setdefault(one.booking_id, []).append(one)
    return found


def _facts(cohort: Cohort, on_it: People, arranged: dict[UUID, list[Arrangement]], unprepared: int) -> readiness.Facts:
    mixed, with_place = on_it.mix(), {one.id for one in on_it.all if one.holds_place}
    return readiness.Facts(
        agencies=mixed.agencies,
        minimum_agencies=cohort.minimum_agencies,
        sectors=mixed.sectors,
        minimum_sectors=cohort.minimum_sectors,
        people=len(with_place),
        trainers=len(cohort.trainers),
        rooms=tuple(dict.fromkeys(one.place for one in cohort.sessions if not one.is_online)),
        features=tuple(cohort.features),
        arrangements=tuple(
            (one.need, one.state) for id_, group in arranged.items() if id_ in with_place for one in group
        ),
        unprepared=unprepared if preparing.has_closed(cohort) else 0,
    )


def _lines(cohort: Cohort, on_it: People, room: Room, unprepared: set[UUID]) -> list[Line]:
    kept_away = unprepared if preparing.has_closed(cohort) else set()
    line = on_it.waiting
    out = apart.shut_out(cohort, {one.person_id for one in line})
    able = [one for one in line if one.person_id not in kept_away | out and not one.sits_out]
    if cohort.needs_approval:
        able = [one for one in able if one.approved_at]
    choice = places.choose(replace(room, spare=1), _as_waiting(able), cohort.minimum_sectors)
    following = {choice.chosen.booking: _WHY_NEXT[choice.why]} if choice else {}
    return [Line(one, _reason(cohort, one, room, kept_away, out), following.get(one.id, "")) for one in line]


def _as_waiting(bookings: Iterable[Booking]) -> list[Waiting]:
    return [Waiting(one.id, one.agency_id, one.asked_at, one.passed_over) for one in bookings]


_WHY_NEXT = {
    places.Why.MIX: "Next: of those who have waited longest, their agency has the fewest places.",
    places.Why.SECTOR: "Next: nobody from their sector has a place yet.",
    places.Why.TURN: f"Next: a place went to others {places.MOST_PASSED_OVER} times, so it is their turn.",
}


def _reason(cohort: Cohort, booking: Booking, room: Room, kept_away: set[UUID], out: set[UUID]) -> str:
    if booking.person_id in kept_away and not booking.is_waived:
        return "the preparation is not finished"
    obstacle = room.obstacle(booking.agency_id)
    if obstacle is Obstacle.HELD:
        until = f" until {plain_date(cohort.release_on)}" if cohort.release_on else ""
        return f"the places left are held for other sectors{until}"
    if obstacle:
        return "all places are taken" if obstacle is Obstacle.FULL else "the agency has its share"
    if booking.person_id in out:
        return "cannot be placed in this session"
    return "let a place pass" if booking.sits_out else "a place is free"


def held_open(cohort: Cohort, on_it: People) -> list[tuple[str, int, int]]:
    """Each sector for which places are held: how many, and how many of them its people have."""
    taken: dict[str, int] = {}
    for agency, group in on_it.by_agency(*HOLDS_A_PLACE):
        taken[agency.sector] = taken.get(agency.sector, 0) + len(group)
    return [(sector, number, min(number, taken.get(sector, 0))) for sector, number in cohort.holds.items()]
