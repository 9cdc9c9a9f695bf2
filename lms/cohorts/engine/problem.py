"""What the engine is asked: people, sessions and rules, or people, tables and rounds. Pure.

The same shapes as the files of `lms cohorts solve`; `reading` makes them from JSON and has checked every reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Goal(StrEnum):
    """What a plan is judged by, in the order a problem names them. `placed` counts band by band, most urgent first."""

    PLACED = "placed"
    STABILITY = "stability"
    MIXING = "mixing"
    FAIRNESS = "fairness"


DEFAULT_GOALS = (Goal.PLACED, Goal.MIXING, Goal.STABILITY)


@dataclass(frozen=True)
class Person:
    """Someone who wants a place. Band 1 is the most urgent; `sessions` are those they can attend, apart from `needs`
    and what is forbidden. `manager` is the identity of their line manager: the two never share a session.
    """

    id: str
    agency: str
    team: str | None
    role: str
    locality: str
    band: int
    waiting_days: int
    needs: frozenset[str]
    sessions: tuple[str, ...]
    sector: str | None = None
    manager: str | None = None


@dataclass(frozen=True)
class Session:
    """A date with places. It either does not run (nobody) or keeps every rule; the share is of those who come."""

    id: str
    date: str
    locality: str
    capacity: int
    min_size: int = 0
    min_agencies: int = 0
    max_agency_share: float = 1.0
    provides: frozenset[str] = frozenset()
    min_sectors: int = 0
    max_per_team: int | None = None


@dataclass(frozen=True)
class Pair:
    """A person and a session: a pin (must be there) or a thing forbidden (must not)."""

    person: str
    session: str


@dataclass(frozen=True)
class Allocation:
    """People to place on sessions. `cover` is the most people of a team away on one date; `known` are pairs who trained
    together before; `baseline` is the plan people were told of, which later plans disturb as little as they can.
    """

    name: str
    people: tuple[Person, ...]
    sessions: tuple[Session, ...]
    cover: Mapping[str, int] = field(default_factory=dict)
    keep_apart: tuple[tuple[str, str], ...] = ()
    keep_together: tuple[tuple[str, ...], ...] = ()
    pins: tuple[Pair, ...] = ()
    forbid: tuple[Pair, ...] = ()
    known: tuple[tuple[str, str], ...] = ()
    must_place: tuple[str, ...] = ()
    goals: tuple[Goal, ...] = DEFAULT_GOALS
    baseline: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def bands(self) -> tuple[int, ...]:
        """The bands there are, most urgent first."""
        return tuple(sorted({person.band for person in self.people}))

    @cached_property
    def apart(self) -> tuple[tuple[str, str], ...]:
        """Pairs who never share a session: kept apart, or a manager and a direct report."""
        here = {person.id for person in self.people}
        reports = ((p.id, p.manager) for p in self.people if p.manager and p.manager in here and p.manager != p.id)
        return tuple(dict.fromkeys((min(pair), max(pair)) for pair in (*self.keep_apart, *reports)))

    @cached_property
    def eligible(self) -> dict[str, tuple[str, ...]]:
        """The sessions each person could sit in, whoever else comes: available, needs provided, not forbidden."""
        by_id = {session.id: session for session in self.sessions}
        forbidden = {(one.person, one.session) for one in self.forbid}
        return {
            person.id: tuple(
                id_
                for id_ in dict.fromkeys(person.sessions)
                if id_ in by_id and person.needs <= by_id[id_].provides and (person.id, id_) not in forbidden
            )
            for person in self.people
        }


@dataclass(frozen=True)
class Guest:
    """Someone to seat at tables. `team` and `manager` (an identity) keep colleagues apart where it can be done; `seat`
    is a table number, from 0, that this person keeps all day (a hearing loop, a wheelchair space).
    """

    id: str
    agency: str
    team: str | None = None
    manager: str | None = None
    seat: int | None = None


@dataclass(frozen=True)
class Rotation:
    """People to seat at tables over rounds. `known` are pairs who met before and are not counted as new."""

    name: str
    people: tuple[Guest, ...]
    table_sizes: tuple[int, ...]
    rounds: int
    keep_apart: tuple[tuple[str, str], ...] = ()
    known: tuple[tuple[str, str], ...] = ()


Problem = Allocation | Rotation
