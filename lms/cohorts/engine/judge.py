"""The law of plans: which rules one breaks, and the figures it is judged by. Pure, and no part of the optimiser.

It works everything out from the problem anew, so that a mistake of the optimiser cannot pass as right. A session nobody
sits in does not run and breaks nothing. Each broken rule has an id that programs know and a sentence that people read:

- `eligibility:P` P sits where they cannot come, where a need is not met, or where they must not sit
- `capacity:S`, `min_size:S`, `min_agencies:S`, `min_sectors:S` too many, too few, or not mixed enough in session S
- `agency_share:S:A`, `max_per_team:S:T` too many of agency A, of team T
- `team_cover:T:D` more of team T away on date D than it can spare, over all sessions of that date
- `keep_apart:P:Q`, `manager:M:P` two in one session who must not be; M manages P
- `keep_together:P:Q` a group neither in one session nor all without a place
- `pin:P:S`, `must_place:P` a promise not kept
- for tables: `rounds`, `table_sizes:R`, `partition:R` (round R, from 1, does not seat each person once),
  `keep_apart:P:Q`, `seat:P` (P is not at the table they keep all day)
"""

from collections.abc import Iterator

from lms.cohorts.engine import judge_places, judge_tables
from lms.cohorts.engine.plan import AllocationPlan, Plan, RotationPlan
from lms.cohorts.engine.problem import Allocation, Problem
from lms.cohorts.engine.verdict import Broken, Verdict

__all__ = ["Verdict", "check"]


def check(problem: Problem, plan: Plan) -> Verdict:
    """Judge a plan. People it does not name have no place."""
    if isinstance(problem, Allocation):
        assert isinstance(plan, AllocationPlan)
        rooms = judge_places.Rooms(problem, plan.assignment)
        return Verdict(_each_once(judge_places.broken(rooms)), *judge_places.figures(rooms))
    assert isinstance(plan, RotationPlan)
    return Verdict(_each_once(judge_tables.broken(problem, plan.rounds)), *judge_tables.figures(problem, plan.rounds))


def _each_once(faults: Iterator[Broken]) -> tuple[Broken, ...]:
    return tuple({fault.rule: fault for fault in faults}.values())
