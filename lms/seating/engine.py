"""The engine of cohorts, as the day asks it: tables for a company, and the fewest moves when somebody is missing or
came.
"""

from collections.abc import Collection, Sequence

from lms.cohorts.engine import tables
from lms.cohorts.engine.plan import RotationPlan, Status, Tables
from lms.cohorts.engine.problem import Guest, Rotation
from lms.cohorts.engine.reseat import reseat
from lms.core.errors import Refusal

SEED = 1
STEPS = 300_000  # eight times as many met 0 to 3 people more of 160 to 720, and took 7 to 13 s instead of 3 to 5


class NoTables(Refusal):
    """The rules of tables cannot all hold. Which, is never said: one of them may be about two people."""

    sentence = (
        "No tables of this size keep every rule for these people. Choose another size of table, or take back a seat "
        "that somebody keeps."
    )


def sizes(people: int, target: int) -> tuple[int, ...]:
    """The sizes of the tables: they differ by one at most, have four to seven people where that can be, and are as near
    to the target as can be.
    """
    return tables.sizes(people, target=target)


def tables_for(problem: Rotation) -> RotationPlan:
    """Tables over rounds. Raises NoTables."""
    return _possible(tables.seat(problem, SEED, steps=STEPS))


def seated_anew(
    problem: Rotation, rounds: Sequence[Tables], done: int, missing: Collection[str], added: Collection[Guest]
) -> RotationPlan:
    """The same rounds without those who are missing and with those who came; the first `done` stay as they were, and as
    few people as can be move in the next. Raises NoTables.
    """
    return _possible(reseat(problem, rounds, done, missing, SEED, added=added))


def _possible(plan: RotationPlan) -> RotationPlan:
    if plan.status is Status.INFEASIBLE or not plan.rounds:
        raise NoTables
    return plan
