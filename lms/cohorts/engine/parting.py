"""Whether people kept apart, and people who keep a seat, can all be had; exact in ordinary rooms. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lms.cohorts.engine.plan import Conflict
from lms.cohorts.engine.problem import Rotation

LOOKS = 20_000
Pair = tuple[str, str]


class TooHardError(RuntimeError):
    """So many looks did not decide it."""


@dataclass
class Room:
    """The tables, whom each person must not sit with, and who keeps which table."""

    sizes: Sequence[int]
    seats: dict[str, int]
    shuns: dict[str, set[str]]
    looks: int = LOOKS

    def arranged(self) -> dict[str, int] | None:
        """A table for everybody who is kept apart from somebody or keeps a seat, or None where there is none."""
        place: dict[str, int] = {}
        left = list(self.sizes)
        for one, table in sorted(self.seats.items()):
            if not 0 <= table < len(left) or not left[table] or any(place.get(x) == table for x in self._shunned(one)):
                return None
            place[one] = table
            left[table] -= 1
        waiting = {one for one in self.shuns if one not in place}
        return place if self._place(waiting, place, left) else None

    def _shunned(self, one: str) -> set[str]:
        return self.shuns.get(one, set())

    def _place(self, waiting: set[str], place: dict[str, int], left: list[int]) -> bool:
        """Seat those who wait, the one with the fewest tables first; tables that are alike are tried once."""
        if not waiting:
            return True
        self.looks -= 1
        if self.looks < 0:
            raise TooHardError
        options = {one: self._tables(one, place, left) for one in waiting}
        one = min(waiting, key=lambda x: (len(options[x]), -len(self._shunned(x)), x))
        used = set(place.values())
        empty: set[int] = set()
        for table in options[one]:
            if table not in used:
                if left[table] in empty:
                    continue
                empty.add(left[table])
            place[one] = table
            left[table] -= 1
            if self._place(waiting - {one}, place, left):
                return True
            del place[one]
            left[table] += 1
        return False

    def _tables(self, one: str, place: dict[str, int], left: list[int]) -> list[int]:
        taken = {place[x] for x in self._shunned(one) if x in place}
        return [table for table, free in enumerate(left) if free and table not in taken]


def pairs_apart(problem: Rotation) -> list[Pair]:
    """The pairs kept apart who are both here, each once."""
    here = {guest.id for guest in problem.people}
    pairs = [pair for pair in problem.keep_apart if set(pair) <= here and pair[0] != pair[1]]
    return list({frozenset(pair): pair for pair in pairs}.values())


def room(sizes: Sequence[int], seats: dict[str, int], pairs: Sequence[Pair]) -> Room:
    """The room in which these seats are kept and these pairs are kept apart."""
    shuns: dict[str, set[str]] = {}
    for one, other in pairs:
        shuns.setdefault(one, set()).add(other)
        shuns.setdefault(other, set()).add(one)
    return Room(sizes, seats, shuns)


def settled(problem: Rotation) -> tuple[dict[str, int], tuple[Conflict, ...]]:
    """A table for everybody who is kept apart or keeps a seat; where there is none, the rules that cannot all hold.
    Nothing at all where it was too hard to decide.
    """
    wrong = tuple(_sizes_wrong(problem))
    if wrong:
        return {}, wrong
    seats = {guest.id: guest.seat for guest in problem.people if guest.seat is not None}
    pairs = pairs_apart(problem)
    try:
        found = room(problem.table_sizes, seats, pairs).arranged()
    except TooHardError:
        return {}, ()
    return (found, ()) if found is not None else ({}, (_conflict(problem.table_sizes, seats, pairs),))


def _sizes_wrong(problem: Rotation) -> list[Conflict]:
    found = []
    people, seats = len(problem.people), sum(problem.table_sizes)
    if seats != people or min(problem.table_sizes, default=1) < 1:
        found.append(Conflict(("table_sizes",), f"The tables have {seats} seats, and there are {people} people."))
    if problem.rounds < 1:
        found.append(Conflict(("rounds",), "There is no round to seat anybody in."))
    twice = sorted(one for one, times in Counter(guest.id for guest in problem.people).items() if times > 1)
    return found + [Conflict((f"person:{one}",), "Somebody is listed twice.") for one in twice]


def _conflict(sizes: Sequence[int], seats: dict[str, int], pairs: list[Pair]) -> Conflict:
    """The rules without which there would be room; each one left out, the rest can hold."""
    for one in sorted(seats):
        rest = {other: table for other, table in seats.items() if other != one}
        if _full(sizes, rest, pairs):
            seats = rest
    for pair in list(pairs):
        less = [other for other in pairs if other != pair]
        if _full(sizes, seats, less):
            pairs = less
    rules = [f"seat:{one}" for one in sorted(seats)] + [f"keep_apart:{one}:{other}" for one, other in sorted(pairs)]
    if not pairs:
        why = "More people keep a seat at one table than it has seats, or keep one at a table that is not there."
    elif seats:
        why = "Some people keep their seat, and with those seats kept not everybody can be seated apart."
    else:
        why = f"There are {len(sizes)} tables, too few or too small for everybody who must be kept apart."
    return Conflict(tuple(rules), why)


def _full(sizes: Sequence[int], seats: dict[str, int], pairs: Sequence[Pair]) -> bool:
    """Whether it is certain that these rules cannot all hold."""
    try:
        return room(sizes, seats, pairs).arranged() is None
    except TooHardError:
        return False
