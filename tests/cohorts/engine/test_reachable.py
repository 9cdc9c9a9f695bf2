"""Bounds for problems too large for the model, and plans around what was published."""

import os
import signal
import subprocess
import sys
import time

import pytest

from lms.cohorts.engine import allocation, judge
from lms.cohorts.engine.greedy import first_plan, kept_plan
from lms.cohorts.engine.occupancy import Layout, Occupancy, seats
from lms.cohorts.engine.plan import Status
from lms.cohorts.engine.problem import Allocation, Goal, Person, Session
from lms.cohorts.engine.reachable import most_mixing, most_placed
from lms.cohorts.engine.writing import write_problem
from tests.cohorts.engine import instances


@pytest.fixture
def only_searched(monkeypatch):
    """Every problem counts as too large for the model."""
    monkeypatch.setattr(allocation, "LARGEST_EXACT", 0)
    monkeypatch.setattr(allocation, "MANY_STEPS", 20_000)


def legal(problem, plan):
    return judge.check(problem, plan).broken == ()


@pytest.mark.parametrize("seed", range(25))
def test_no_plan_is_better_than_the_bounds_of_fewer_rules(seed):
    problem = instances.allocation(seed)
    exact = allocation.solve(problem, seconds=None)
    if exact.status is Status.INFEASIBLE:
        return
    layout = Layout(problem)
    at = seats(layout, exact.assignment)
    most = most_placed(layout, first_plan(layout).at)
    placed = [sum(at[p] >= 0 for p in range(len(at)) if layout.band[p] <= band) for band in problem.bands]
    for number, reached in enumerate(placed):
        assert reached <= sum(most[: number + 1])
    assert Occupancy(layout, at).mixing() <= most_mixing(layout, sum(most))


def test_paths_of_moves_find_a_seat_for_everybody():
    sessions = (Session("S1", "2027-03-01", "", 1, 1, 1, 1.0), Session("S2", "2027-03-02", "", 1, 1, 1, 1.0))
    people = (
        Person("P1", "health", None, "", "", 1, 0, frozenset(), ("S1", "S2")),
        Person("P2", "schools", None, "", "", 1, 0, frozenset(), ("S1",)),
        Person("P3", "schools", None, "", "", 2, 0, frozenset(), ("S1", "S2")),
    )
    layout = Layout(Allocation("two seats", people, sessions, {}))
    assert most_placed(layout, [0, -1, -1]) == [2, 0]


def test_each_agency_spread_evenly_is_the_most_mixing():
    sessions = tuple(Session(f"S{n}", f"2027-03-0{n}", "", 4, 2, 1, 1.0) for n in (1, 2))
    people = tuple(
        Person(f"P{n}", "health" if n < 4 else "schools", None, "", "", 1, 0, frozenset(), ("S1", "S2"))
        for n in range(8)
    )
    assert most_mixing(Layout(Allocation("even", people, sessions, {})), 8) == 8


@pytest.mark.parametrize("seed", range(25))
def test_a_plan_that_is_only_searched_for_keeps_every_rule(seed, only_searched):
    problem = instances.allocation(seed)
    plan = allocation.solve(problem, seconds=None)
    if plan.status is Status.INFEASIBLE:
        assert plan.conflicts
        return
    assert legal(problem, plan)
    layout = Layout(problem)
    room = Occupancy(layout, seats(layout, plan.assignment))
    assert room.mixing() <= plan.bounds["mixing"]
    assert sum(room.placed()) <= sum(plan.bounds["placed"])


def sixty(**given):
    """Sixty people of six agencies who can all come to each of three sessions of twenty."""
    sessions = tuple(Session(f"S{n}", f"2027-03-0{n}", "", 20, 8, 3, 0.5) for n in (1, 2, 3))
    people = tuple(
        Person(f"P{n:02}", f"A{n % 6}", None, "", "", 1 + n % 3, n, frozenset(), ("S1", "S2", "S3")) for n in range(60)
    )
    return Allocation("sixty", people, sessions, {}, **given)


def test_a_large_plan_that_was_published_moves_hardly_anybody(only_searched):
    first = allocation.solve(sixty(), seconds=None)
    gone = ("P07", "P31")
    base = {person: session for person, session in first.assignment.items() if person not in gone}
    problem = sixty(baseline=base, goals=(Goal.PLACED, Goal.STABILITY, Goal.MIXING))
    after = allocation.solve(problem, seconds=None)
    assert legal(problem, after)
    assert [p for p, s in base.items() if after.assignment[p] != s] == []
    assert all(after.assignment[person] for person in gone)


def test_what_the_rules_no_longer_allow_is_not_kept():
    first = allocation.solve(sixty(), seconds=None)
    moved = next(p for p, s in first.assignment.items() if s == "S1")
    other = next(p for p, s in first.assignment.items() if s == "S1" and p != moved)
    problem = sixty(baseline=dict(first.assignment), keep_apart=((moved, other),))
    room = kept_plan(Layout(problem))
    assert room.is_legal()
    assert 1 <= room.moves() <= 2


@pytest.mark.slow
def test_control_c_keeps_the_best_plan_so_far(tmp_path):
    problem = instances.large(people=3_000, sessions=130)
    (tmp_path / "problem.json").write_text(write_problem(problem))
    out = tmp_path / "plan.json"
    command = [sys.executable, "-m", "lms.cli", "cohorts", "solve", "problem.json", "--out", "plan.json"]
    with subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.getcwd()}
    ) as work:
        for line in work.stderr:
            if "first plan" in line:
                break
        time.sleep(1)
        work.send_signal(signal.SIGINT)
        said = work.stderr.read()
        assert work.wait(30) == 0, said
    assert "Ending with the best plan so far" in said
    assert '"status":"feasible"' in out.read_text().replace(" ", "")
