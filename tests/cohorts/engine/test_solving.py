"""The engine on generated problems: always legal, always the same, and as good as trying everything."""

import json

import pytest
from click.testing import CliRunner

from lms.cohorts.cli import cohorts
from lms.cohorts.engine import allocation, judge, tables
from lms.cohorts.engine.plan import Status
from lms.cohorts.engine.problem import Allocation, Goal, Guest, Person, Rotation, Session
from lms.cohorts.engine.writing import write_plan, write_problem
from tests.cohorts.engine import instances

AGENCIES = ("health", "schools", "social care", "police", "charity", "housing")


def solved_legally(seed, **given):
    problem = instances.allocation(seed, **given)
    plan = allocation.solve(problem, seconds=None)
    if plan.status is Status.INFEASIBLE:
        assert plan.conflicts, seed
    else:
        assert judge.check(problem, plan).broken == (), seed
    return problem, plan


@pytest.mark.parametrize("seed", range(30))
def test_a_plan_keeps_every_rule(seed):
    solved_legally(seed)


@pytest.mark.parametrize("seed", [1807, 1931])
def test_nobody_can_be_pinned_to_two_sessions(seed):
    solved_legally(seed)


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(10))
def test_a_thousand_plans_keep_every_rule(hundred):
    for seed in range(1_000 + 100 * hundred, 1_100 + 100 * hundred):
        solved_legally(seed)


def agrees_with_trying_everything(seed):
    problem, plan = solved_legally(seed, most_people=7, most_sessions=3)
    best = instances.best(problem)
    assert (best is None) == (plan.status is Status.INFEASIBLE), seed
    if best is None:
        return
    found = instances.key(problem, dict(plan.assignment))
    names = [goal for goal in problem.goals for _ in (problem.bands if goal is Goal.PLACED else (0,))]
    firm = [n for n, goal in enumerate(names) if goal is not Goal.FAIRNESS]
    if Goal.FAIRNESS in problem.goals:
        firm = [n for n in firm if names[n] is Goal.PLACED]
    assert [found[n] for n in firm] == [best[n] for n in firm], (seed, found, best)


@pytest.mark.parametrize("seed", range(20))
def test_a_plan_is_as_good_as_trying_everything(seed):
    agrees_with_trying_everything(seed)


@pytest.mark.slow
def test_many_plans_are_as_good_as_trying_everything():
    for seed in range(100, 300):
        agrees_with_trying_everything(seed)


def test_a_session_that_needs_one_sector_does_not_run_for_people_without_any():
    people = (
        Person("P1", "schools", None, "teacher", "N", 1, 9, frozenset(), ("S1", "S2")),
        Person("P2", "police", None, "officer", "N", 1, 9, frozenset(), ("S1", "S2")),
        Person("P3", "health", None, "nurse", "N", 1, 9, frozenset(), ("S1",)),
    )
    sessions = (
        Session("S1", "2027-03-01", "N", 9, min_sectors=1),
        Session("S2", "2027-03-08", "N", 9),
    )
    plan = allocation.solve(Allocation("sectors", people, sessions), seconds=None)
    assert dict(plan.assignment) == {"P1": "S2", "P2": "S2", "P3": None}
    assert plan.status is Status.OPTIMAL
    assert plan.bounds["placed"] == [2]


@pytest.mark.parametrize("seed", range(5))
def test_the_same_problem_gives_the_same_plan_to_the_letter(seed):
    problem = instances.allocation(seed)
    plans = {write_plan(allocation.solve(problem, seconds=None)) for _ in range(2)}
    assert len(plans) == 1


def test_asked_to_stop_it_keeps_the_best_so_far():
    problem = instances.allocation(3, promises=0)
    plan = allocation.solve(problem, stop=lambda: True)
    assert plan.status is not Status.INFEASIBLE
    assert judge.check(problem, plan).broken == ()


def party(people, sizes, rounds, **rules):
    guests = tuple(Guest(f"P{n:03d}", AGENCIES[n % 6]) for n in range(people))
    return Rotation("a day", guests, sizes, rounds, **rules)


def test_twenty_four_people_of_six_agencies_meet_hardly_anybody_twice():
    problem = party(24, (4,) * 6, 3)
    verdict = judge.check(problem, tables.seat(problem))
    assert verdict.legal
    assert verdict.figures.repeats == 0


@pytest.mark.slow
@pytest.mark.parametrize(("groups", "size", "rounds"), [(5, 3, 6), (8, 4, 9), (9, 3, 11), (7, 7, 8), (4, 4, 5)])
def test_golfers_never_play_twice_with_anybody(groups, size, rounds):
    guests = tuple(Guest(f"P{n:03d}", f"A{n}") for n in range(groups * size))
    problem = Rotation("golf", guests, (size,) * groups, rounds)
    plan = tables.seat(problem)
    assert judge.check(problem, plan).figures.repeats == 0
    assert plan.status is Status.OPTIMAL


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_tables_keep_their_rules_or_say_why_not(seed):
    problem = instances.rotation(seed)
    plan = tables.seat(problem)
    if plan.status is Status.INFEASIBLE:
        assert plan.conflicts
    else:
        assert judge.check(problem, plan).broken == ()


def test_the_command_solves_a_file_and_judges_the_plan(tmp_path):
    asked, out = tmp_path / "problem.json", tmp_path / "plan.json"
    nobody_needs: frozenset[str] = frozenset()
    people = [Person(f"P{n}", AGENCIES[n % 3], None, "", "", 1, n, nobody_needs, ("S1", "S2")) for n in range(6)]
    sessions = (Session("S1", "2027-01-11", "", 4, min_agencies=2), Session("S2", "2027-01-12", "", 4, min_agencies=2))
    asked.write_text(write_problem(Allocation("two days", tuple(people), sessions)))
    solved = CliRunner().invoke(cohorts, ["solve", str(asked), "--out", str(out)])
    assert solved.exit_code == 0, solved.output
    assert CliRunner().invoke(cohorts, ["check", str(asked), str(out)]).exit_code == 0
    plan = json.loads(out.read_text())
    someone = next(person for person, session in plan["assignment"].items() if session)
    plan["assignment"] = dict.fromkeys(plan["assignment"], plan["assignment"][someone])
    out.write_text(json.dumps(plan))
    judged = CliRunner().invoke(cohorts, ["check", str(asked), str(out)])
    assert judged.exit_code == 1
    assert "capacity:" in judged.output


def test_the_command_says_where_a_file_is_wrong(tmp_path):
    asked = tmp_path / "problem.json"
    asked.write_text('{"schema": "cohorts/1",\n "kind": "allocation", "people": 3}')
    wrong = CliRunner().invoke(cohorts, ["solve", str(asked), "--out", str(tmp_path / "plan.json")])
    assert wrong.exit_code == 2
    assert not (tmp_path / "plan.json").exists()


def test_the_command_explains_a_byte_order_mark(tmp_path):
    problem = tmp_path / "problem.json"
    problem.write_bytes(b"\xef\xbb\xbf{}")
    ran = CliRunner().invoke(cohorts, ["solve", str(problem), "--out", str(tmp_path / "plan.json")])
    assert ran.exit_code == 2
    assert "1:1: An invisible mark (a BOM) stands before the text" in ran.output
