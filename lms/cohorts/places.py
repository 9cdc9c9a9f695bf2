"""Who gets a place: capacity, the largest share of one agency, places held for a sector, and the waiting list. Pure.

A free place goes to whoever mixes the room best among the `WINDOW` people who have waited longest and can have it. The
mix index falls with the square of each agency's places, so the agency with the fewest raises it most. Nobody who could
have had a place sees it go to someone who asked later more than `MOST_PASSED_OVER` times: then it is their turn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from lms.cohorts import workdays

PERCENT = 100
WINDOW = 10
MOST_PASSED_OVER = 3
OFFER_WORKING_DAYS = 2
SOON, OFFER_WHEN_SOON = timedelta(days=5), timedelta(hours=4)
HELD_WORKING_DAYS = 15
USUALLY_HELD = {"health": 20, "education": 20, "social-care": 20, "police": 20, "voluntary": 10}


class Obstacle(StrEnum):
    """Why there is no place for a person now."""

    FULL = "full"
    SHARE = "share"
    HELD = "held"


@dataclass(frozen=True)
class Limits:
    """How many places a cohort has, and what share of them one agency may have, in percent."""

    capacity: int
    largest_share: int

    @property
    def for_one_agency(self) -> int:
        """The most places of one agency; never less than one, or nobody could come."""
        return max(1, self.capacity * self.largest_share // PERCENT)


@dataclass(frozen=True)
class Room:
    """The places of a cohort as they are: the limits, how many places each agency has or is offered, how many are held
    for each sector, and the sector of each agency. `spare` places are imagined, to see who would come next.
    """

    limits: Limits
    taken: Mapping[UUID, int]
    held: Mapping[str, int] = field(default_factory=dict)
    sector_of: Mapping[UUID, str] = field(default_factory=dict)
    spare: int = 0

    @property
    def booked(self) -> int:
        """Places taken or offered."""
        return sum(self.taken.values())

    @property
    def left(self) -> int:
        """Places nobody has."""
        return max(0, self.limits.capacity + self.spare - self.booked)

    def of(self, agency: UUID) -> int:
        """Places the agency has."""
        return self.taken.get(agency, 0)

    def of_sector(self, sector: str) -> int:
        """Places the agencies of a sector have."""
        return sum(number for agency, number in self.taken.items() if self.sector_of.get(agency) == sector)

    def kept_for(self, sector: str) -> int:
        """Places held for a sector that its people have not taken yet."""
        return max(0, self.held.get(sector, 0) - self.of_sector(sector))

    def left_for(self, agency: UUID) -> int:
        """Places somebody of this agency can have now: those left, without those held for other sectors."""
        own = self.sector_of.get(agency)
        kept = sum(self.kept_for(sector) for sector in self.held if sector != own)
        return max(0, min(self.left - kept, self.limits.for_one_agency - self.of(agency)))

    def obstacle(self, agency: UUID) -> Obstacle | None:
        """Why nobody else of this agency can have a place now, or None when one is free for it."""
        if not self.left:
            return Obstacle.FULL
        if self.of(agency) >= self.limits.for_one_agency:
            return Obstacle.SHARE
        return None if self.left_for(agency) else Obstacle.HELD

    def with_one_of(self, agency: UUID) -> "Room":
        """The room with one more place taken by this agency."""
        return replace(self, taken={**self.taken, agency: self.of(agency) + 1})


@dataclass(frozen=True)
class Waiting:
    """One entry of the waiting list; `passed_over` counts the places that went to somebody who asked later."""

    booking: UUID
    agency: UUID
    since: datetime
    passed_over: int = 0


class Why(StrEnum):
    """What decided who gets a free place."""

    MIX = "mix"
    SECTOR = "sector"
    TURN = "turn"


@dataclass(frozen=True)
class Choice:
    """Who gets a free place and why, and who could have had it and asked earlier."""

    chosen: Waiting
    why: Why
    passed: tuple[Waiting, ...]


def choose(room: Room, waiting: Iterable[Waiting], sectors_wanted: int = 0) -> Choice | None:
    """Who gets a free place, or None when none is free for anyone who waits. While the room has fewer sectors than
    are wanted, a sector it lacks comes before all else.
    """
    line = sorted(
        (one for one in waiting if room.obstacle(one.agency) is None), key=lambda one: (one.since, one.booking)
    )
    if not line:
        return None
    turn = next((one for one in line if one.passed_over >= MOST_PASSED_OVER), None)
    there = {room.sector_of.get(agency) for agency, number in room.taken.items() if number}
    lacking = len(there - {None}) < sectors_wanted

    def brings_sector(one: Waiting) -> bool:
        return lacking and room.sector_of.get(one.agency) not in there

    best = min(line[:WINDOW], key=lambda one: (not brings_sector(one), room.of(one.agency), one.since, one.booking))
    chosen = turn or best
    why = Why.SECTOR if brings_sector(chosen) else Why.TURN if turn and turn is not best else Why.MIX
    return Choice(chosen, why, tuple(line[: line.index(chosen)]))


def next_in_line(room: Room, waiting: Iterable[Waiting], sectors_wanted: int = 0) -> Waiting | None:
    """The person `choose` chooses."""
    found = choose(room, waiting, sectors_wanted)
    return found.chosen if found else None


def offer_ends(now: datetime, starts: datetime) -> datetime:
    """Until when an offer made now holds: two working days, or four hours when the day is near; never past its
    beginning.
    """
    soon = starts - now <= SOON
    return min(starts, now + OFFER_WHEN_SOON if soon else workdays.later(now, OFFER_WORKING_DAYS))


def usual_release(starts_on: date, today: date) -> date:
    """When held places are usually released; tomorrow for a day so near that this has passed."""
    return max(workdays.before(starts_on, HELD_WORKING_DAYS), today + timedelta(days=1))


def usually_held(capacity: int) -> dict[str, int]:
    """What is usually held for each sector, of so many places."""
    found = {sector: capacity * share // PERCENT for sector, share in USUALLY_HELD.items()}
    return {sector: places for sector, places in found.items() if places}


def why_waiting(obstacle: Obstacle, limits: Limits, until: str = "") -> str:
    """The reason a person waits, as they read it; `until` is the day on which held places are released."""
    if obstacle is Obstacle.FULL:
        return (
            f"All {limits.capacity} places are taken. You are on the waiting list; "
            "a free place goes to whoever mixes the room best among those who have waited longest."
        )
    if obstacle is Obstacle.HELD:
        return (
            f"The places still free are held for other sectors{f' until {until}' if until else ''}. "
            "You are on the waiting list; then they go to whoever mixes the room best."
        )
    most = limits.for_one_agency
    return (
        f"Your agency already has {'the 1 place' if most == 1 else f'the {most} places'} one agency may have of "
        f"{limits.capacity}, so that the room stays mixed. You are on the waiting list."
    )


def why_moved_up(room: Room, agency: UUID, why: Why = Why.MIX, *, offered: bool = False) -> str:
    """The reason a person got a freed place, or is offered it, as they read it; `room` is as it was before."""
    free = "A place came free and you are offered it" if offered else "A place came free and it is yours"
    if why is Why.SECTOR:
        return f"{free}: nobody from your sector has a place yet, and of its people you had waited longest."
    if why is Why.TURN:
        return f"{free}: it had gone to others {MOST_PASSED_OVER} times for the sake of the mix, so it is your turn."
    had = room.of(agency)
    places = "none yet" if not had else str(had)
    return f"{free}: of those who had waited longest, your agency had the fewest places ({places})."
