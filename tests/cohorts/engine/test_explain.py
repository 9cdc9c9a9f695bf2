"""Impossible problems: the rules that clash, exactly, and the cheapest ways out, held against trying everything."""

import pytest

from lms.cohorts.engine.explain import explain
from lms.cohorts.engine.judge import check
from lms.cohorts.engine.plan import AllocationPlan, Status
from lms.cohorts.engine.relaxing import relaxed
from tests.cohorts.engine.instances import allocation, every_assignment, is_legal, price


def plan(places):
    return AllocationPlan(Status.FEASIBLE, 1, "test", places)


def is_possible(problem):
    return any(is_legal(problem, places) for places in every_assignment(problem))


def held_against_everything(problem):
    """Check an explanation of a small problem by trying every assignment; whether the problem was impossible."""
    conflicts, relaxations = explain(problem)
    if is_possible(problem):
        assert (conflicts, relaxations) == ((), ())
        return False
    broken = [set(check(problem, plan(places)).broken) for places in every_assignment(problem, anywhere=True)]
    assert conflicts
    for conflict in conflicts:
        rules = set(conflict.rules)
        assert len(rules) == len(conflict.rules)
        assert not any(rules.isdisjoint(one) for one in broken), "these rules can all hold"
        for rule in rules:
            assert any((rules - {rule}).isdisjoint(one) for one in broken), f"the clash does not need {rule}"
    prices = [price(problem, places) for places in every_assignment(problem, anywhere=True)]
    assert relaxations[0].cost == min(cost for cost in prices if cost is not None)
    assert [one.cost for one in relaxations] == sorted(one.cost for one in relaxations)
    for relaxation in relaxations:
        assert is_possible(relaxed(problem, relaxation.edits)), relaxation
        assert not any(edit.rule.startswith("keep_apart") for edit in relaxation.edits)
        for left_out in relaxation.edits:
            others = [edit for edit in relaxation.edits if edit is not left_out]
            assert not is_possible(relaxed(problem, others)), f"{left_out} is not needed"
    sets = [frozenset(edit.rule + edit.change for edit in one.edits) for one in relaxations]
    assert len(set(sets)) == len(sets)
    return True


@pytest.mark.parametrize("seed", range(40))
def test_a_small_problem_by_dice_is_explained_as_trying_everything_would(seed):
    held_against_everything(allocation(seed, most_people=5, most_sessions=3, promises=1))
