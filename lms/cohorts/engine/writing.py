"""Plans and problems become files: the same plan always the same bytes, and no time in it. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from lms.cohorts.engine.plan import AllocationPlan, Conflict, Plan, RotationPlan
from lms.cohorts.engine.problem import Allocation, Person, Problem, Rotation, Session


def write_plan(plan: Plan) -> str:
    """The plan as JSON, people in the order of their ids, one line for each."""
    head: dict[str, Any] = {"status": str(plan.status), "seed": plan.seed, "engine": plan.engine}
    if isinstance(plan, RotationPlan):
        rounds = [[list(seated) for seated in tables] for tables in plan.rounds]
        body: dict[str, Any] = {
            "rounds": rounds,
            "bounds": _sorted(plan.bounds),
            "conflicts": _conflicts(plan.conflicts),
        }
    else:
        body = _allocation(plan)
    return _lines({**head, **body})


def _allocation(plan: AllocationPlan) -> dict[str, Any]:
    return {
        "assignment": _sorted(plan.assignment),
        "bounds": _sorted(plan.bounds),
        "waiting": [{"person": one.person, "reason": one.reason} for one in plan.waiting],
        "conflicts": _conflicts(plan.conflicts),
        "relaxations": [
            {"cost": one.cost, "edits": [{"rule": edit.rule, "change": edit.change} for edit in one.edits]}
            for one in plan.relaxations
        ],
    }


def _conflicts(conflicts: tuple[Conflict, ...]) -> list[dict[str, Any]]:
    return [{"rules": list(one.rules), "why": one.why} for one in conflicts]


def _sorted(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(mapping.items()))


def _lines(data: Mapping[str, Any]) -> str:
    """JSON with each entry of each part on a line of its own, so that two plans can be compared line by line."""
    return "{\n" + ",\n".join(f" {json.dumps(name)}: {_part(value)}" for name, value in data.items()) + "\n}\n"


def _part(value: Any) -> str:
    if isinstance(value, dict) and value:
        inner = ",\n".join(f"  {json.dumps(name)}: {json.dumps(one)}" for name, one in value.items())
        return "{\n" + inner + "\n }"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"  {json.dumps(one)}" for one in value) + "\n ]"
    return json.dumps(value)


def write_problem(problem: Problem) -> str:
    """The problem as JSON that `reading` reads back the same; for handing one to somebody who can look into it."""
    kind = "allocation" if isinstance(problem, Allocation) else "rotation"
    head = {"schema": "cohorts/1", "kind": kind, "name": problem.name}
    if isinstance(problem, Rotation):
        return _lines({**head, **_asked_of_tables(problem)})
    return _lines({**head, **_asked_of_places(problem)})


def _asked_of_tables(problem: Rotation) -> dict[str, Any]:
    return {
        "people": [_fields(guest.__dict__) for guest in problem.people],
        "table_sizes": list(problem.table_sizes),
        "rounds": problem.rounds,
        "rules": {"keep_apart": problem.keep_apart, "prior_contacts": problem.known},
    }


def _asked_of_places(problem: Allocation) -> dict[str, Any]:
    return {
        "people": [_person(person) for person in problem.people],
        "sessions": [_fields(_session(session)) for session in problem.sessions],
        "teams": [{"id": team, "max_absent_per_date": most} for team, most in sorted(problem.cover.items())],
        "rules": {
            "keep_apart": problem.keep_apart,
            "keep_together": problem.keep_together,
            "pins": [pin.__dict__ for pin in problem.pins],
            "forbid": [one.__dict__ for one in problem.forbid],
            "prior_contacts": problem.known,
            "must_place": problem.must_place,
        },
        "objective": [str(goal) for goal in problem.goals],
        "baseline": {"assignment": _sorted(problem.baseline)} if problem.baseline else None,
    }


def _person(person: Person) -> dict[str, Any]:
    return _fields({**person.__dict__, "needs": sorted(person.needs), "sessions": list(person.sessions)})


def _session(session: Session) -> dict[str, Any]:
    return {**session.__dict__, "provides": sorted(session.provides)}


def _fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without those that are None: left out is the same."""
    return {name: value for name, value in values.items() if value is not None}
