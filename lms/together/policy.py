"""Whose figures a reader gets, and whether small numbers are hidden: written once."""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, true

from lms.cohorts import policy as cohorts
from lms.cohorts.models import Booking, Cohort
from lms.core.actor import Actor
from lms.core.permissions import Role


class Kind(StrEnum):
    """How a reader comes to see figures."""

    PARTNERSHIP = "partnership"
    COHORTS = "cohorts"
    AGENCY = "agency"
    BOARD = "board"


@dataclass(frozen=True)
class Reach:
    """One set of figures that a reader may have: a coordinator those of the partnership, a trainer those of the
    cohorts they run, the manager of an agency its own, and an observer the partnership's without small numbers.
    """

    kind: Kind
    partnership: str
    name: str
    key: str
    agency_id: UUID | None = None

    @property
    def hides(self) -> bool:
        """Whether small numbers are hidden."""
        return self.kind is Kind.BOARD

    @property
    def is_one_agency(self) -> bool:
        """Whether only the people of one agency are counted, so that rooms are not."""
        return self.kind is Kind.AGENCY

    @property
    def sees_rooms(self) -> bool:
        """Whether single cohorts, and who waits for them, may be looked at."""
        return self.kind in (Kind.PARTNERSHIP, Kind.COHORTS)

    @property
    def sees_answers(self) -> bool:
        """Whether averages of what people answered about the days may be read. Managers read none."""
        return self.kind is not Kind.AGENCY


def reaches(actor: Actor) -> tuple[Reach, ...]:
    """All sets of figures the actor may have, the widest first. None for somebody who manages a team alone."""
    whole = actor.partnerships(Role.COORDINATOR)
    found = [Reach(Kind.PARTNERSHIP, name, name, "") for name in sorted(whole)]
    runs = {seat.partnership for seat in actor.seats if seat.has(Role.TRAINER)} - whole
    found += [Reach(Kind.COHORTS, name, f"Cohorts you run in {name}", "") for name in sorted(runs)]
    managed = {seat.agency_id: seat for seat in actor.seats if seat.agency_id in actor.managed_agencies}
    found += [
        Reach(Kind.AGENCY, seat.partnership, seat.agency, "", seat.agency_id)
        for seat in sorted(managed.values(), key=lambda seat: seat.agency)
        if seat.partnership not in whole
    ]
    watched = sorted(actor.partnerships(Role.OBSERVER) - whole)
    found += [Reach(Kind.BOARD, name, f"{name}, small numbers hidden", "") for name in watched]
    return tuple(replace(one, key=f"{one.kind}-{number}") for number, one in enumerate(found, start=1))


def counted(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """SQL on `Cohort`: those whose figures the reach holds. For an agency those its own people were on: that there were
    others, and when, is not for it to know.
    """
    inside = Cohort.partnership == reach.partnership
    if reach.is_one_agency:
        own = exists().where(Booking.cohort_id == Cohort.id, Booking.agency_id == reach.agency_id)
        return and_(inside, own.correlate(Cohort))
    return and_(inside, cohorts.run(actor)) if reach.kind is Kind.COHORTS else inside


def whose(reach: Reach) -> ColumnElement[bool]:
    """SQL on `Booking`: people who are counted."""
    return Booking.agency_id == reach.agency_id if reach.is_one_agency else true()
