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
    """How a person stands towards a cohort. `booked` has a place, `offered` holds one until the offer ends; `asked`
    waits for a manager's approval, which was `declined` or given; a walk-in came without a place.
    """

    INVITED = "invited"
    ASKED = "asked"
    DECLINED = "declined"
    OFFERED = "offered"
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


class Kept(StrEnum):
    """How far an arrangement is, from what a person said they need to what they can count on."""

    TO_ARRANGE = "to-arrange"
    ARRANGED = "arranged"
    CONFIRMED = "confirmed"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return self.value.replace("-", " ").capitalize()


class Missed(StrEnum):
    """In which way a place was left empty."""

    LATE = "late"
    NO_SHOW = "no-show"

    @property
    def words(self) -> str:
        """The kind as a page says it."""
        return "Cancelled late" if self is Missed.LATE else "Did not come"


class Cleared(StrEnum):
    """Why a missed place counts no longer."""

    COLLEAGUE = "colleague"
    REGISTER = "register"
    WAIVED = "waived"

    @property
    def words(self) -> str:
        """The reason as a page says it."""
        return _CLEARED[self]


ON_IT = (
    *(BookingState.INVITED, BookingState.ASKED, BookingState.OFFERED),
    *(BookingState.BOOKED, BookingState.WAITING, BookingState.WALK_IN),
)
HOLDS_A_PLACE = (BookingState.BOOKED, BookingState.OFFERED)
CAN_BE_GIVEN_UP = tuple(one for one in ON_IT if one is not BookingState.WALK_IN)
IN_THE_ROOM = (BookingState.BOOKED, BookingState.WALK_IN)

_COHORT = {
    CohortState.DRAFT: "Draft",
    CohortState.OPEN: "Open for booking",
    CohortState.CLOSED: "Closed for booking",
    CohortState.CANCELLED: "Cancelled",
}

_CLEARED = {
    Cleared.COLLEAGUE: "a colleague took the place",
    Cleared.REGISTER: "the register was corrected",
    Cleared.WAIVED: "waived",
}
