"""Who of a team is out when: one row for each team and day with anybody out, in weeks. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from lms.cohorts.cover import Limit
from lms.cohorts.states import HOLDS_A_PLACE, IN_THE_ROOM, BookingState

WEEKS = 8
A_WEEK = timedelta(weeks=1)
NAMELESS = "Somebody who is not in your team today"

WORDS = {
    BookingState.BOOKED: "booked",
    BookingState.WALK_IN: "came without a place",
    BookingState.OFFERED: "a place is offered",
    BookingState.ASKED: "asks",
    BookingState.WAITING: "waits",
}
COUNTED = tuple(WORDS)
NOT_SURE = (BookingState.ASKED, BookingState.WAITING)


@dataclass(frozen=True)
class Out:
    """One person at one joint day; without a name for a reader who does not see them today."""

    person: UUID
    name: str
    title: str
    state: BookingState

    @property
    def words(self) -> str:
        """How firm it is."""
        return WORDS[self.state]


@dataclass(frozen=True)
class Row:
    """One team on one day. The limit compares with people who have a place or are offered one; those who ask or wait
    are shown and not counted.
    """

    day: date
    team_id: UUID
    people: tuple[Out, ...]
    limit: Limit
    size: int

    def _number(self, *states: BookingState) -> int:
        return len({one.person for one in self.people if one.state in states})

    @property
    def booked(self) -> int:
        """People with a place, and those who came without one."""
        return self._number(*IN_THE_ROOM)

    @property
    def out(self) -> int:
        """People who have a place or are offered one: what the limit compares with."""
        return self._number(*HOLDS_A_PLACE)

    @property
    def offered(self) -> int:
        """People who are offered a place and have not answered."""
        return self.out - self._number(BookingState.BOOKED)

    @property
    def perhaps(self) -> int:
        """People who ask or wait, and have no place that day."""
        held = {one.person for one in self.people if one.state in HOLDS_A_PLACE}
        return len({one.person for one in self.people if one.state in NOT_SURE} - held)

    @property
    def most(self) -> int:
        """The most people who may be out."""
        return self.limit.of(self.size)

    @property
    def is_over(self) -> bool:
        """Whether more are out than may be."""
        return self.out > self.most

    @property
    def is_at(self) -> bool:
        """Whether as many are out as may be."""
        return self.out == self.most

    @property
    def verdict(self) -> str:
        """How the day stands to the limit, in words."""
        if self.is_over:
            return f"Over the limit by {self.out - self.most}"
        return "At the limit" if self.is_at else f"{self.most - self.out} more can go"


@dataclass(frozen=True)
class Week:
    """A week that begins on this Monday, with its rows of a page."""

    monday: date
    rows: tuple[Row, ...]


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def in_weeks(rows: Iterable[Row]) -> Iterator[Week]:
    """The rows, which come in order of time, under the week they fall in."""
    for monday, group in groupby(rows, key=lambda row: monday_of(row.day)):
        yield Week(monday, tuple(group))


def free_weeks(rows: Iterable[Row], monday: date) -> list[date]:
    """The Mondays of the weeks in which nobody is out."""
    used = {monday_of(row.day) for row in rows}
    weeks = [monday + number * A_WEEK for number in range(WEEKS)]
    return [one for one in weeks if one not in used]


@dataclass(frozen=True)
class Seen:
    """A joint day somebody of a team is at, as it was read: who, which day, which cohort, and how firm that is."""

    team_id: UUID
    day: date
    person: UUID
    title: str
    state: BookingState


def rows(
    seen: Iterable[Seen], limits: Mapping[UUID, Limit], sizes: Mapping[UUID, int], order: Sequence[UUID]
) -> list[Row]:
    """One row for each day and team, by day, and on a day by the order of the teams. Names come later."""
    groups: dict[tuple[date, UUID], list[Out]] = {}
    for one in seen:
        groups.setdefault((one.day, one.team_id), []).append(Out(one.person, "", one.title, one.state))
    ranks = {team: rank for rank, team in enumerate(order)}
    found = sorted(groups, key=lambda key: (key[0], ranks.get(key[1], len(ranks)), key[1]))
    return [Row(day, team, tuple(groups[day, team]), limits[team], sizes[team]) for day, team in found]


def named(row: Row, names: Mapping[UUID, str]) -> Row:
    """The row with the names of people whom the reader sees, firmest first, then by name."""
    firmness = {state: rank for rank, state in enumerate(COUNTED)}
    people = [Out(one.person, names.get(one.person, NAMELESS), one.title, one.state) for one in row.people]
    people.sort(key=lambda one: (firmness[one.state], one.name.casefold(), one.title, one.person))
    return Row(row.day, row.team_id, tuple(people), row.limit, row.size)


def named_in(rows: Iterable[Row]) -> list[UUID]:
    """The people whom these rows show by name, each once."""
    return list(dict.fromkeys(one.person for row in rows for one in row.people if one.name != NAMELESS))
