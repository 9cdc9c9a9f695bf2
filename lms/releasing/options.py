"""Reads about dates: the open joint days that serve a module, and what each means for one person and their team.

For many people at once, in a number of queries that does not grow with them. The caller has chosen the people by its
own policy.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms.cohorts import apart, cover, covering, preparing
from lms.cohorts import queries as cohorts
from lms.cohorts.cover import AtLimit
from lms.cohorts.covering import GOES_AHEAD, Going
from lms.cohorts.models import Booking, Cohort, CohortModule, CohortSession
from lms.cohorts.places import Room
from lms.cohorts.states import HOLDS_A_PLACE, BookingState, CohortState
from lms.core import clock
from lms.core.db import db
from lms.learning import queries as learning
from lms.people.models import Agency
from lms.releasing.dates import Bar, Option

ON_THE_WAY = (*HOLDS_A_PLACE, BookingState.ASKED, BookingState.WAITING)
SAID_NO = (BookingState.CANCELLED, BookingState.REMOVED, BookingState.DECLINED)


@dataclass(frozen=True)
class Wanted:
    """A date is wanted for this person and module, at one of these agencies, the first that can come."""

    person: UUID
    module: str
    agencies: tuple[UUID, ...]


@dataclass(frozen=True)
class _Entry:
    cohort_id: UUID
    agency_id: UUID
    state: BookingState
    waived: bool


@dataclass
class _Known:
    """What the database says about some cohorts and people, read once."""

    agencies: Mapping[UUID, tuple[str, str]]
    rooms: Mapping[UUID, Room]
    over: Mapping[Going, list[AtLimit]]
    shut: set[tuple[UUID, UUID]]
    done: set[tuple[UUID, str]]
    entries: dict[UUID, list[_Entry]] = field(default_factory=dict)
    busy: dict[UUID, dict[UUID, set[date]]] = field(default_factory=dict)

    def may_come(self, cohort: Cohort, agency: UUID) -> bool:
        """Whether the cohort is open to the agency."""
        partnership = self.agencies[agency][1]
        chosen = cohort.all_agencies or agency in {one.agency_id for one in cohort.agencies}
        return partnership == cohort.partnership and chosen


def serving(modules: Collection[str], agencies: Collection[UUID]) -> list[Cohort]:
    """The cohorts that take bookings and list one of these modules to prepare, in the partnerships of these agencies,
    by date. Three queries.
    """
    lists_it = select(CohortModule.cohort_id).where(CohortModule.module.in_(modules))
    inside = select(Agency.partnership).where(Agency.id.in_(agencies))
    found = db.session.scalars(
        select(Cohort)
        .where(Cohort.id.in_(lists_it), Cohort.state == CohortState.OPEN, Cohort.partnership.in_(inside))
        .options(joinedload(Cohort.sessions), joinedload(Cohort.modules))
        .options(selectinload(Cohort.held), selectinload(Cohort.agencies))
    ).unique()
    there = [one for one in found if one.starts_at and one.takes_bookings]
    return sorted(there, key=lambda one: (str(one.starts_at), one.title, one.id))


def options(wanted: Collection[Wanted]) -> dict[Wanted, list[Option]]:
    """For each wish the joint days that serve the module and are open to one of its agencies, by date. Twelve queries
    at most.
    """
    if not wanted:
        return {}
    agencies = {agency for one in wanted for agency in one.agencies}
    found = serving({one.module for one in wanted}, agencies)
    if not found:
        return {one: [] for one in wanted}
    return of_cohorts(wanted, found)


def of_cohorts(wanted: Collection[Wanted], found: Sequence[Cohort]) -> dict[Wanted, list[Option]]:
    """The same for cohorts already loaded with sessions, modules, agencies and held places, each of which is taken to
    serve the wishes whose module it lists.
    """
    known = _known(wanted, found)
    by_module: dict[str, list[Cohort]] = {}
    for cohort in found:
        for one in cohort.modules:
            by_module.setdefault(one.module, []).append(cohort)
    made = {}
    for wish in wanted:
        there = ((cohort, _agency(known, wish, cohort)) for cohort in by_module.get(wish.module, ()))
        made[wish] = [_option(known, wish.person, cohort, agency) for cohort, agency in there if agency]
    return made


def one(cohort: Cohort, person_id: UUID, agency_id: UUID) -> Option:
    """What one cohort means for one person who would come for this agency, whatever it serves."""
    return _option(_known([Wanted(person_id, "", (agency_id,))], [cohort]), person_id, cohort, agency_id)


def _known(wanted: Collection[Wanted], found: Sequence[Cohort]) -> _Known:
    people = {one.person for one in wanted}
    agencies = _agencies({agency for one in wanted for agency in one.agencies})
    known = _Known(agencies, cohorts.rooms(found), {}, _shut_out(found, people), _prepared(found, people))
    _read_bookings(known, people)
    going = {
        Going(wish.person, agency, cohort)
        for wish in wanted
        for cohort in found
        if (agency := _agency(known, wish, cohort))
    }
    known.over = covering.strained(going)
    return known


def _agency(known: _Known, wish: Wanted, cohort: Cohort) -> UUID | None:
    return next((one for one in wish.agencies if known.may_come(cohort, one)), None)


def _agencies(ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = db.session.execute(select(Agency.id, Agency.name, Agency.partnership).where(Agency.id.in_(ids)))
    return {id_: (name, partnership) for id_, name, partnership in rows}


def _shut_out(found: Sequence[Cohort], people: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Person and cohort, where somebody has a place beside whom they are not placed."""
    rows = db.session.execute(
        select(Booking.cohort_id, Booking.person_id).where(
            Booking.cohort_id.in_([one.id for one in found]), Booking.state.in_(HOLDS_A_PLACE)
        )
    ).all()
    pairs = apart.apart_pairs({*people, *(person for _, person in rows)}) if rows else ()
    apart_of: dict[UUID, set[UUID]] = {}
    for one, other in pairs:
        apart_of.setdefault(one, set()).add(other)
        apart_of.setdefault(other, set()).add(one)
    return {(person, cohort) for cohort, there in rows for person in apart_of.get(there, ()) if person in people}


def _prepared(found: Sequence[Cohort], people: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Person and module, of the modules that have to be finished by now."""
    modules = {one.module for cohort in found if preparing.has_closed(cohort) for one in cohort.modules}
    if not modules:
        return set()
    return {(one.person_id, one.module) for one in learning.completed(list(people), modules)}


def _read_bookings(known: _Known, people: Collection[UUID]) -> None:
    """How these people stand on joint days to come, and on which dates they have a place. One query."""
    rows: Iterable[Any] = db.session.execute(
        select(
            *(Booking.person_id, Booking.cohort_id, Booking.agency_id, Booking.state, Booking.waived_by),
            *(CohortSession.starts_at, CohortSession.ends_at),
        )
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(CohortSession, CohortSession.cohort_id == Cohort.id)
        .where(
            *(Booking.person_id.in_(people), Booking.state.in_((*ON_THE_WAY, *SAID_NO))),
            *(Cohort.state.in_(GOES_AHEAD), CohortSession.ends_at > clock.now()),
        )
    )
    for person, cohort, agency, state, waived, starts_at, ends_at in rows:
        entry = _Entry(cohort, agency, BookingState(state), waived is not None)
        if entry not in known.entries.setdefault(person, []):
            known.entries[person].append(entry)
        if state in HOLDS_A_PLACE:
            days = known.busy.setdefault(person, {}).setdefault(cohort, set())
            days.update(cover.days_of(starts_at, ends_at))


def _option(known: _Known, person: UUID, cohort: Cohort, agency: UUID) -> Option:
    going = Going(person, agency, cohort)
    entry = next((one for one in known.entries.get(person, ()) if one.cohort_id == cohort.id), None)
    seen = entry is not None and entry.agency_id == agency and entry.state in ON_THE_WAY
    over = known.over.get(going, [])
    room = known.rooms[cohort.id]
    assert cohort.starts_at is not None
    return Option(
        cohort_id=cohort.id,
        title=cohort.title,
        starts_at=cohort.starts_at,
        sessions=len(cohort.sessions),
        agency=known.agencies[agency][0],
        left=room.left_for(agency),
        bars=tuple(_bars(known, going, entry, over)),
        over=tuple(over),
        stands=entry.state if entry and seen else None,
    )


def _bars(known: _Known, going: Going, entry: _Entry | None, over: Sequence[AtLimit]) -> Iterable[Bar]:
    person, cohort = going.person_id, going.cohort
    elsewhere = [days for there, days in known.busy.get(person, {}).items() if there != cohort.id]
    if entry or (person, cohort.id) in known.shut or any(days & going.days for days in elsewhere):
        yield Bar.NOT_FREE
    lacking = any((person, one.module) not in known.done for one in cohort.modules)
    if preparing.has_closed(cohort) and lacking and not (entry and entry.waived):
        yield Bar.PREPARATION
    if known.rooms[cohort.id].obstacle(going.agency_id):
        yield Bar.PLACE
    if over:
        yield Bar.COVER
