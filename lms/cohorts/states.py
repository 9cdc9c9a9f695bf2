"""The states of a cohort, of a person on it, and of their attendance, with the words people read."""

from enum import StrEnum


class CohortState(StrEnum):
    """How far a cohort is. In a draft, people can be put in place, but nobody is told before it opens."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return _COHORT[self]


class BookingState(StrEnum):
    """How a person stands towards a cohort. Only `booked` takes a place; a walk-in came without one."""

    INVITED = "invited"
    BOOKED = "booked"
    WAITING = "waiting"
    WALK_IN = "walk-in"
    CANCELLED = "cancelled"
    REMOVED = "removed"


class Mark(StrEnum):
    """What the register says of one person at one session."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left-early"
    ABSENT = "absent"

    @property
    def words(self) -> str:
        """The mark as the register shows it."""
        return self.value.replace("-", " ").capitalize()


ON_IT = (BookingState.INVITED, BookingState.BOOKED, BookingState.WAITING, BookingState.WALK_IN)
IN_THE_ROOM = (BookingState.BOOKED, BookingState.WALK_IN)

_COHORT = {
    CohortState.DRAFT: "Draft",
    CohortState.OPEN: "Open for booking",
    CohortState.CLOSED: "Closed for booking",
    CohortState.CANCELLED: "Cancelled",
}
