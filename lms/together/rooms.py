"""The mix of rooms as it was planned and as it was on the day. Pure.

Planned are those who still had a place when the day came, whether they came or not; on the day are those who came,
walk-ins among them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from lms.cohorts import mix
from lms.cohorts.mix import Block, Group, Mix
from lms.together.measures import Counts, percent
from lms.together.meetings import Agency


@dataclass(frozen=True)
class Tally:
    """The people of one agency on one cohort, counted."""

    cohort: UUID
    title: str
    starts_at: datetime
    agency: UUID
    counts: Counts


def with_unmet(tallies: Iterable[Tally], unmet: Mapping[tuple[UUID, UUID], int]) -> list[Tally]:
    """The same, with unmet demand, which is counted by person over several cohorts."""
    return [replace(one, counts=replace(one.counts, unmet=unmet.get((one.cohort, one.agency), 0))) for one in tallies]


@dataclass(frozen=True)
class Line:
    """One agency's part in a room, planned and on the day."""

    name: str
    sector: str
    planned: int
    came: int


@dataclass(frozen=True)
class Room:
    """One cohort, or all of a period together."""

    planned: Mix
    came: Mix

    @property
    def scale(self) -> int:
        """How many people the whole width of both bars stands for."""
        return max(self.planned.people, self.came.people, 1)

    def bar(self, one: Mix) -> list[Block]:
        """The blocks of one of the two, on the scale that both share."""
        part = one.people / self.scale
        return [
            replace(block, x=round(block.x * part, 2), width=round(block.width * part, 2)) for block in mix.blocks(one)
        ]

    @property
    def lines(self) -> list[Line]:
        """Every agency that had a place or came, the largest on the day first."""
        planned = {group.agency: group for group in self.planned.groups}
        came = {group.agency: group for group in self.came.groups}
        both = [
            Line(
                name,
                (came.get(name) or planned[name]).sector,
                planned[name].people if name in planned else 0,
                came[name].people if name in came else 0,
            )
            for name in planned | came
        ]
        return sorted(both, key=lambda line: (-line.came, -line.planned, line.name))

    @property
    def lone(self) -> list[str]:
        """Agencies of which one person came alone."""
        return [group.agency for group in self.came.groups if group.people == 1]

    @property
    def stayed_away(self) -> list[str]:
        """Agencies that had places and of which nobody came."""
        return [line.name for line in self.lines if line.planned and not line.came]


@dataclass(frozen=True)
class Held:
    """A cohort that was held."""

    key: UUID
    title: str
    starts_at: datetime
    room: Room
    new: float = 0.0


@dataclass(frozen=True)
class Part:
    """One agency over a period: its share of the workforce beside its share of those who came."""

    place: Agency
    planned: int
    came: int
    of_workforce: int
    of_came: int
    lone: int

    @property
    def workforce_share(self) -> str:
        """The agency's part of everyone who works in the partnership, in percent."""
        return _percent(self.place.people, self.of_workforce)

    @property
    def came_share(self) -> str:
        """The agency's part of everyone who came, in percent."""
        return _percent(self.came, self.of_came)


def _percent(part: int, whole: int) -> str:
    found = percent(part, whole)
    return "–" if found is None else f"{found}%"


def held(tallies: Iterable[Tally], places: Mapping[UUID, Agency]) -> list[Held]:
    """The cohorts, the latest first."""
    cohorts: dict[UUID, list[Tally]] = {}
    for tally in tallies:
        cohorts.setdefault(tally.cohort, []).append(tally)
    made = [Held(key, all_[0].title, all_[0].starts_at, _room(all_, places)) for key, all_ in cohorts.items()]
    return sorted(made, key=lambda one: (one.starts_at, one.title, str(one.key)), reverse=True)


def _room(tallies: Sequence[Tally], places: Mapping[UUID, Agency]) -> Room:
    """Both mixes; an agency counts once however many cohorts it was on."""
    planned: dict[UUID, int] = {}
    came: dict[UUID, int] = {}
    for one in tallies:
        planned[one.agency] = planned.get(one.agency, 0) + one.counts.still_booked
        came[one.agency] = came.get(one.agency, 0) + one.counts.attended
    return Room(*(mix.measure(_groups(numbers, places)) for numbers in (planned, came)))


def _groups(numbers: Mapping[UUID, int], places: Mapping[UUID, Agency]) -> list[Group]:
    return [Group(places[key].name, places[key].sector, number) for key, number in numbers.items()]


@dataclass(frozen=True)
class Overview:
    """A period: all its rooms together, each agency's part, and what the average person had of it."""

    room: Room
    parts: tuple[Part, ...]
    sectors_missing: tuple[str, ...]
    cohorts: int
    index_planned: float
    index_came: float
    met: float
    new: float


def overview(tallies: Sequence[Tally], rooms: Sequence[Held], places: Mapping[UUID, Agency]) -> Overview:
    """The period in one. The index is the average over cohorts; people met are averaged over all who came."""
    room = _room(tallies, places)
    came = sum(one.room.came.people for one in rooms)
    present = {group.sector for group in room.came.groups}
    return Overview(
        room=room,
        parts=tuple(_parts(room, rooms, places)),
        sectors_missing=tuple(sorted({place.sector for place in places.values()} - present)),
        cohorts=len(rooms),
        index_planned=_average([one.room.planned.index for one in rooms]),
        index_came=_average([one.room.came.index for one in rooms]),
        met=sum(one.room.came.people * one.room.came.met for one in rooms) / came if came else 0.0,
        new=sum(one.room.came.people * one.new for one in rooms) / came if came else 0.0,
    )


def _parts(room: Room, rooms: Sequence[Held], places: Mapping[UUID, Agency]) -> list[Part]:
    lines = {line.name: line for line in room.lines}
    workforce = sum(place.people for place in places.values())
    lone = [name for one in rooms for name in one.room.lone]
    return [
        Part(
            place,
            lines[place.name].planned if place.name in lines else 0,
            lines[place.name].came if place.name in lines else 0,
            workforce,
            room.came.people,
            lone.count(place.name),
        )
        for place in sorted(places.values(), key=lambda one: one.name)
    ]


def _average(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0
