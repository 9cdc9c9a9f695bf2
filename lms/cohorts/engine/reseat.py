"""Tables after a late change: somebody is missing or walks in, and hardly anybody has to move. Pure.

Rounds that are done stay as they happened. In the next round as few people move as can be, so that tables differ by at
most one person and every rule holds; the rounds after it are made anew, around everybody who has met so far.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from random import Random

from lms.cohorts.engine.moves import fewest
from lms.cohorts.engine.parting import pairs_apart, settled
from lms.cohorts.engine.party import Party, Seating
from lms.cohorts.engine.plan import Conflict, RotationPlan, Status, Tables
from lms.cohorts.engine.problem import Guest, Rotation
from lms.cohorts.engine.tables import ENGINE, dealt, named
from lms.cohorts.engine.trading import Trading

STEPS, EACH, WARM, COOL = 300_000, 5_000, 4.0, 0.5
WORTHS = (4, 4)


def reseat(  # noqa: PLR0913
    problem: Rotation,
    rounds: Sequence[Tables],
    done: int,
    missing: Collection[str],
    seed: int = 1,
    *,
    added: Collection[Guest] = (),
) -> RotationPlan:
    """Keep the first `done` rounds; take the missing out of the later ones, seat those `added`, and move as few people
    as can be in the next round. `bounds` holds that number, `moves`. Where rules leave no seating, says which.
    """
    gone = set(missing)
    here = [guest for guest in problem.people if guest.id not in gone]
    known = {guest.id for guest in here}
    here += [guest for guest in added if guest.id not in known | gone]
    kept = tuple(rounds[:done])
    if done >= len(rounds) or not here:
        return RotationPlan(Status.FEASIBLE, seed, ENGINE, kept + tuple(() for _ in rounds[done:]), {"moves": 0})
    sizes = evened(rounds[done], here)
    now = replace(problem, people=tuple(here), table_sizes=sizes, rounds=len(rounds) - done)
    held, conflicts = settled(now)
    if conflicts:
        return RotationPlan(Status.INFEASIBLE, seed, ENGINE, kept, conflicts=conflicts)
    following = fewest(now, rounds[done], _met(kept))
    if following is None:
        party = Party(now)
        following = named(party, dealt(party, held))[0]
        if not party.legal([[[party.number[one] for one in table] for table in following]]):
            return RotationPlan(Status.INFEASIBLE, seed, ENGINE, kept, conflicts=(_undecided(now),))
    everyone = Party(replace(problem, people=tuple({one.id: one for one in (*problem.people, *here)}.values())))
    seated = _later(everyone, kept, following, len(rounds), seed)
    moves = len(moved((rounds[done],), (following,)) & {one for table in rounds[done] for one in table})
    return RotationPlan(Status.FEASIBLE, seed, ENGINE, (*kept, following, *seated), {"moves": moves})


def _undecided(now: Rotation) -> Conflict:
    why = "No next round was found that keeps everybody apart who must be; whether there is one was not decided."
    return Conflict(tuple(f"keep_apart:{one}:{other}" for one, other in pairs_apart(now)), why)


def _later(party: Party, kept: Sequence[Tables], following: Tables, rounds: int, seed: int) -> tuple[Tables, ...]:
    """The rounds after the next one, made anew at tables of the same sizes."""
    before = [[[party.number[x] for x in table if x in party.number] for table in tables] for tables in kept]
    now = [[party.number[one] for one in table] for table in following]
    first = len(kept) + 1
    start: Seating = [*before, now, *([list(table) for table in now] for _ in range(first, rounds))]
    dice = Random(f"{seed}-later")  # noqa: S311
    trading = Trading(party, start, dice, WORTHS, free=range(first, rounds))
    steps = min(STEPS, EACH * len(party.people) * (rounds - first))
    return named(party, trading.run(steps, WARM, COOL)[first:])


def moved(before: Sequence[Tables], after: Sequence[Tables]) -> set[str]:
    """Who sits at another table in any round than planned before, newcomers included; those who left have not moved."""
    found: set[str] = set()
    for old, new in zip(before, after, strict=True):
        place = {one: number for number, table in enumerate(old) for one in table}
        found |= {one for number, table in enumerate(new) for one in table if place.get(one) != number}
    return found


def evened(planned: Tables, here: Sequence[Guest]) -> tuple[int, ...]:
    """The size of each planned table, as even as the kept seats let them be: larger where more people sit already."""
    count = len(planned)
    present = {guest.id for guest in here}
    least = [sum(1 for guest in here if guest.seat == table) for table in range(count)]
    sitting = [sum(1 for one in table if one in present) for table in planned]
    sizes = list(least)
    for _ in range(len(here) - sum(least)):
        table = min(range(count), key=lambda n: (sizes[n], -max(least[n], sitting[n]), n))
        sizes[table] += 1
    return tuple(sizes)


def _met(rounds: Sequence[Tables]) -> dict[str, set[str]]:
    met: dict[str, set[str]] = {}
    for tables in rounds:
        for table in tables:
            for one in table:
                met.setdefault(one, set()).update(table)
    return met
