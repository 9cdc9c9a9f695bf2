"""Some are missing: the rounds that are left without them, with the fewest people at another table. Pure.

Nobody moves who need not: people leave a table only where it has two more than another. Who moves, and where to, is
chosen so that nobody sits with someone they must be kept from or with their own team, tables keep their agencies, and
few pairs sit together again.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import combinations

from lms.cohorts.engine.plan import RotationPlan, Status, Tables
from lms.cohorts.engine.problem import Guest, Rotation

ENGINE = "fewest-moves 1"
FEWEST_AGENCIES = 3
_Pair = frozenset[str]
_Table = list[str]


def reseat(
    problem: Rotation, rounds: Sequence[Tables], done: int, missing: Collection[str], seed: int = 1
) -> RotationPlan:
    """The rounds with the first `done` kept and the missing taken out of the others. The seed changes nothing: there is
    no chance in it.
    """
    gone = set(missing)
    room = _Room(problem, rounds[:done])
    left: list[list[_Table]] = [
        [[one for one in table if one not in gone] for table in tables] for tables in rounds[done:]
    ]
    for tables in left:
        room.meet(tables, 1)
    for tables in left:
        room.meet(tables, -1)
        room.balance(tables)
        room.meet(tables, 1)
    found = tuple(tuple(tuple(table) for table in tables) for tables in left)
    return RotationPlan(Status.FEASIBLE, seed, ENGINE, (*rounds[:done], *found))


class _Room:
    """The people, and how often each two of them sit together in the rounds counted so far."""

    def __init__(self, problem: Rotation, over: Sequence[Tables]) -> None:
        self.guests = {one.id: one for one in problem.people}
        self.apart = {frozenset(pair) for pair in problem.keep_apart}
        self.met: Counter[_Pair] = Counter(frozenset(pair) for pair in problem.known)
        for tables in over:
            self.meet([list(table) for table in tables], 1)

    def meet(self, tables: Sequence[_Table], times: int) -> None:
        """Count a round, or take it back."""
        for table in tables:
            for pair in combinations(table, 2):
                self.met[frozenset(pair)] += times

    def balance(self, tables: list[_Table]) -> None:
        """Move one person after the other, until tables differ by one person at most or nobody can move."""
        while True:
            least, most = min(map(len, tables)), max(map(len, tables))
            moves = [
                (self._cost(table, person, other), start, person, end)
                for start, table in enumerate(tables)
                for end, other in enumerate(tables)
                if most - least > 1 and len(table) == most and len(other) == least
                for person in table
                if self._can_go(person, other)
            ]
            if not moves:
                return
            _, start, person, end = min(moves)
            tables[start].remove(person)
            tables[end].append(person)

    def _can_go(self, person: str, table: _Table) -> bool:
        if self.guests[person].seat is not None:
            return False
        return not any(self._must_part(self.guests[person], self.guests[other]) for other in table)

    def _must_part(self, one: Guest, other: Guest) -> bool:
        return frozenset((one.id, other.id)) in self.apart or one.manager == other.id or other.manager == one.id

    def _cost(self, start: _Table, person: str, end: _Table) -> tuple[int, ...]:
        """What is worse after a move: tables without enough agencies, colleagues of one team, people met before,
        people of one agency.
        """
        who = self.guests[person]
        others = [self.guests[one] for one in end]
        rest = {self.guests[one].agency for one in start if one != person}
        there = {one.agency for one in others} | {who.agency}
        return (
            max(0, FEWEST_AGENCIES - len(rest)) + max(0, FEWEST_AGENCIES - len(there)),
            sum(one.team is not None and one.team == who.team for one in others),
            sum(self.met[frozenset((person, one.id))] for one in others)
            - sum(self.met[frozenset((person, one))] for one in start if one != person),
            sum(one.agency == who.agency for one in others),
        )
