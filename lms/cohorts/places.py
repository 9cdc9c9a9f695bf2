"""Who gets a place: the rules of capacity, of the largest share of one agency, and of the waiting list. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

PERCENT = 100


class Obstacle(StrEnum):
    """Why there is no place for a person now."""

    FULL = "full"
    SHARE = "share"


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
    """The places of a cohort as they are: the limits, and how many places each agency has."""

    limits: Limits
    taken: Mapping[UUID, int]

    @property
    def booked(self) -> int:
        """Places taken."""
        return sum(self.taken.values())

    @property
    def left(self) -> int:
        """Places nobody has."""
        return max(0, self.limits.capacity - self.booked)

    def of(self, agency: UUID) -> int:
        """Places the agency has."""
        return self.taken.get(agency, 0)

    def obstacle(self, agency: UUID) -> Obstacle | None:
        """Why nobody else of this agency can have a place now, or None when one is free for it."""
        if not self.left:
            return Obstacle.FULL
        if self.of(agency) >= self.limits.for_one_agency:
            return Obstacle.SHARE
        return None


@dataclass(frozen=True)
class Waiting:
    """One entry of the waiting list."""

    booking: UUID
    agency: UUID
    since: datetime


def next_in_line(room: Room, waiting: Iterable[Waiting]) -> Waiting | None:
    """Who gets a free place: of those whose agency is under its share, the one whose agency has the fewest places, and
    among these the one who has waited longest. None when no place is free for anyone who waits.
    """
    possible = [one for one in waiting if room.obstacle(one.agency) is None]
    return min(possible, key=lambda one: (room.of(one.agency), one.since, one.booking), default=None)


def why_waiting(obstacle: Obstacle, limits: Limits) -> str:
    """The reason a person waits, as they read it."""
    if obstacle is Obstacle.FULL:
        return (
            f"All {limits.capacity} places are taken. You are on the waiting list; "
            "a free place goes to whoever waits longest from the agency with the fewest places."
        )
    most = limits.for_one_agency
    return (
        f"Your agency already has {'the 1 place' if most == 1 else f'the {most} places'} one agency may have of "
        f"{limits.capacity}, so that the room stays mixed. You are on the waiting list."
    )


def why_moved_up(room: Room, agency: UUID) -> str:
    """The reason a person got a freed place, as they read it; `room` is as it was before."""
    had = room.of(agency)
    places = "none yet" if not had else str(had)
    return (
        f"A place came free and it is yours: of the agencies waiting, yours had the fewest places ({places}), "
        "and of its people you had waited longest."
    )
