"""The engine of cohorts, as the day asks it: tables for a company, and the fewest moves when somebody is missing."""

from collections.abc import Callable, Collection, Sequence
from importlib import import_module

from lms.cohorts.engine.plan import RotationPlan, Status, Tables
from lms.cohorts.engine.problem import Rotation
from lms.cohorts.engine.reseat import reseat
from lms.core.errors import Refusal

STEPS = 60_000  # of 24 people over 3 rounds, eight times as many found no better tables and took 11 s instead of 1.4


class NoTables(Refusal):
    """The rules of tables cannot all hold. Which, is never said: one of them may be about two people."""

    sentence = (
        "No tables of this size keep every rule for these people. Choose another size of table, or take back a seat "
        "that somebody keeps."
    )


def tables_for(problem: Rotation) -> RotationPlan:
    """Tables over rounds. Raises NoTables."""
    seat: Callable[..., RotationPlan] = import_module("lms.cohorts.engine.tables").seat
    return _possible(seat(problem, 1, steps=STEPS))


def without(problem: Rotation, rounds: Sequence[Tables], done: int, missing: Collection[str]) -> RotationPlan:
    """The same rounds without those who are missing; the first `done` stay as they were. Raises NoTables."""
    return _possible(reseat(problem, rounds, done, missing, 1))


def _possible(plan: RotationPlan) -> RotationPlan:
    if plan.status is Status.INFEASIBLE or not plan.rounds:
        raise NoTables
    return plan
