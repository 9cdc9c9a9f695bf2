"""The next round with as few moves as can be: who goes to another table when somebody is missing or walks in. Pure."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from lms.cohorts.engine.parting import pairs_apart
from lms.cohorts.engine.plan import Tables
from lms.cohorts.engine.problem import Guest, Rotation

LOOKS = 20_000
FURTHER = 5


def fewest(now: Rotation, planned: Tables, met: Mapping[str, set[str]]) -> Tables | None:
    """The planned round for those who are here, at tables of the sizes of `now` in any order, so that as few as can be
    move; among those, rather where people meet others anew. None where so many looks found nothing.
    """
    search = _Search(now, planned, met)
    at_least = search.needed()
    for moves in range(at_least, at_least + FURTHER):
        if search.find(moves):
            search.improve()
            return search.seated()
        if search.looks <= 0:
            return None
    return None


class _Search:
    """Who sits where, who has moved, and how many looks are left."""

    def __init__(self, now: Rotation, planned: Tables, met: Mapping[str, set[str]]) -> None:
        self.guests = {guest.id: guest for guest in now.people}
        self.sizes = sorted(now.table_sizes)
        self.met, self.looks = met, LOOKS
        self.known = {frozenset(pair) for pair in now.known}
        self.apart = pairs_apart(now)
        self.shuns: dict[str, set[str]] = {}
        for one, other in self.apart:
            self.shuns.setdefault(one, set()).add(other)
            self.shuns.setdefault(other, set()).add(one)
        self.tables = [{one for one in table if one in self.guests} for table in planned]
        self.was = {one: number for number, table in enumerate(self.tables) for one in table}
        self.place = dict(self.was)
        self.settled = {one for one, guest in self.guests.items() if guest.seat is not None}
        for one in sorted(self.settled):
            self._seat(one, self._kept(one))
        self.fixed = frozenset(self.settled)
        self.new = sorted(self.guests.keys() - self.place.keys())

    def _kept(self, one: str) -> int:
        seat = self.guests[one].seat
        assert seat is not None
        return seat

    def _seat(self, one: str, table: int) -> None:
        if one in self.place:
            self.tables[self.place[one]].discard(one)
        self.tables[table].add(one)
        self.place[one] = table

    def _unseat(self, one: str, back: int | None) -> None:
        self.tables[self.place[one]].discard(one)
        if back is None:
            del self.place[one]
        else:
            self.place[one] = back
            self.tables[back].add(one)

    def needed(self) -> int:
        """The fewest moves that could give the tables their sizes, whatever else must hold."""
        present = sorted(map(len, self.tables))
        return sum(max(0, sits - size) for sits, size in zip(present, self.sizes, strict=True))

    def find(self, moves: int) -> bool:
        """Seat newcomers, then move people, at most so many, until sizes and rules hold."""
        self.looks -= 1
        if self.looks <= 0 or self.needed() > moves:
            return False
        newcomer = next((one for one in self.new if one not in self.place), None)
        if newcomer is not None:
            return self._tried([newcomer], moves)
        clash = self._clash()
        if clash is None and sorted(map(len, self.tables)) == self.sizes:
            return True
        who = clash if clash is not None else tuple(self.place)
        return moves > 0 and self._tried([one for one in who if one not in self.settled], moves - 1)

    def _tried(self, who: list[str], moves: int) -> bool:
        options = ((one, table) for one in who for table in range(len(self.tables)) if self.place.get(one) != table)
        if self._clash() is None and len(who) > 1:  # nothing to mend but sizes: only from fuller tables to emptier ones
            options = ((one, t) for one, t in options if len(self.tables[self.place[one]]) > len(self.tables[t]))
        for one, table in sorted(options, key=lambda option: (-self.worth(*option), option)):
            back = self.place.get(one)
            self._seat(one, table)
            self.settled.add(one)
            if self.find(moves):
                return True
            self.settled.discard(one)
            self._unseat(one, back)
        return False

    def _clash(self) -> tuple[str, str] | None:
        place = self.place
        for one, other in self.apart:
            if one in place and place[one] == place.get(other):
                return one, other
        return None

    def worth(self, one: str, table: int) -> int:
        """What it is worth to have the person at this table: new people of other agencies, and rules kept."""
        others = (other for other in self.tables[table] if other != one)
        return sum(self._pair(self.guests[one], self.guests[other]) for other in others)

    def _pair(self, one: Guest, other: Guest) -> int:
        if other.id in self.shuns.get(one.id, ()):
            return -10_000
        colleagues = (one.team and one.team == other.team) or one.id == other.manager or other.id == one.manager
        again = other.id in self.met.get(one.id, ())
        new = one.agency != other.agency and not again and frozenset((one.id, other.id)) not in self.known
        return int(new) - again - (20 if colleagues else 0)

    def improve(self) -> None:
        """Let others move instead, and movers trade places, as long as people meet more others anew by it."""
        better = True
        while better:
            better = any(self._better(one, other) for one, other in self._swaps())

    def _swaps(self) -> Iterator[tuple[str, str]]:
        moved = sorted(self.settled - self.fixed)
        stay = sorted(self.place.keys() - self.settled)
        for one in moved:
            yield from ((one, other) for other in stay if one in self.was and self.place[other] == self.was[one])
        for one, other in combinations(moved, 2):
            if self.was.get(one) != self.place[other] and self.was.get(other) != self.place[one]:
                yield one, other

    def _better(self, one: str, other: str) -> bool:
        """Let the two trade tables if it is worth it."""
        here, there = self.place[one], self.place[other]
        if here == there:
            return False
        before = self.worth(one, here) + self.worth(other, there)
        self._trade(one, other)
        if self.worth(one, there) + self.worth(other, here) <= before:
            self._trade(one, other)
            return False
        if other not in self.settled:
            self.settled.discard(one)
            self.settled.add(other)
        return True

    def _trade(self, one: str, other: str) -> None:
        here, there = self.place[one], self.place[other]
        self._seat(one, there)
        self._seat(other, here)

    def seated(self) -> Tables:
        """The tables, identities in order."""
        return tuple(tuple(sorted(table)) for table in self.tables)
