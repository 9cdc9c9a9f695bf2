"""A seat for somebody who came after the tables were made. Nobody else moves. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, combinations

from lms.cohorts.engine.plan import Tables
from lms.cohorts.engine.problem import Guest, Rotation


def join(problem: Rotation, rounds: Sequence[Tables], done: int, came: str) -> tuple[Tables, ...] | None:
    """The rounds with one more person in each that is not over; None where no seat is free of whom they must not meet,
    unless somebody else moves.

    The person sits where nobody must be kept from them; then, in this order, at one of the smallest tables, with no
    one of their team, with the fewest they have met, with the fewest of their agency. Who keeps a seat has it.
    """
    guests = {one.id: one for one in problem.people}
    apart = {frozenset(pair) for pair in problem.keep_apart}
    met = Counter(frozenset(pair) for pair in problem.known)
    met.update(frozenset(pair) for tables in rounds[:done] for table in tables for pair in combinations(table, 2))
    joined = list(rounds[:done])
    for tables in rounds[done:]:
        at = _table(guests, apart, met, tables, guests[came])
        if at is None:
            return None
        met.update(frozenset((came, other)) for other in tables[at])
        joined.append((*tables[:at], (*tables[at], came), *tables[at + 1 :]))
    return tuple(joined)


def _table(
    guests: Mapping[str, Guest], apart: set[frozenset[str]], met: Counter[frozenset[str]], tables: Tables, who: Guest
) -> int | None:
    def must_not(at: int) -> bool:
        others = (guests[one] for one in tables[at])
        return any(
            frozenset((who.id, one.id)) in apart or who.manager == one.id or one.manager == who.id for one in others
        )

    def cost(at: int) -> tuple[int, ...]:
        others = [guests[one] for one in tables[at]]
        return (
            len(others),
            sum(one.team is not None and one.team == who.team for one in others),
            sum(met[frozenset((who.id, one.id))] for one in others),
            sum(one.agency == who.agency for one in others),
            at,
        )

    kept = who.seat is not None and who.seat < len(tables)
    free = [at for at in range(len(tables)) if (not kept or at == who.seat) and not must_not(at)]
    return min(free, key=cost, default=None)


def seated(rounds: Sequence[Tables]) -> set[str]:
    """Everybody who sits somewhere in these rounds."""
    return set(chain.from_iterable(chain.from_iterable(rounds)))
