"""Breakout tables: rules kept always, few repeats, many new people of other agencies, and honest bounds."""

from collections import Counter, defaultdict
from itertools import combinations, permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.cohorts.engine.plan import Status
from lms.cohorts.engine.problem import Guest, Rotation
from lms.cohorts.engine.tables import seat, sizes

SKEWED = {
    24: (8, 7, 4, 2, 2, 1),
    40: (14, 12, 6, 3, 3, 2),
    100: (35, 30, 15, 8, 7, 5),
}
SMALL = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def party(numbers, table_sizes, rounds, **rules):
    people = [Guest(f"P{a}-{n:03}", f"A{a}") for a, number in enumerate(numbers) for n in range(number)]
    return Rotation("", tuple(people), tuple(table_sizes), rounds, **rules)


def golf(tables, size, rounds):
    return party([1] * tables * size, [size] * tables, rounds)


def key(problem, plan):
    agency = {one.id: one.agency for one in problem.people}
    met = Counter(frozenset(pair) for tables in plan.rounds for table in tables for pair in combinations(table, 2))
    known = {frozenset(pair) for pair in problem.known}
    agencies = defaultdict(set)
    for one, other in map(tuple, met):
        if agency[one] != agency[other]:
            agencies[one].add(agency[other])
            agencies[other].add(agency[one])
    each = [len(agencies[one]) for one in agency]
    new = sum(1 for pair in met if len({agency[one] for one in pair}) == 2 and pair not in known)
    return new, -sum(times - 1 for times in met.values()), sum(each), min(each, default=0)


def assert_legal(problem, plan):
    assert len(plan.rounds) == problem.rounds
    apart = {frozenset(pair) for pair in problem.keep_apart}
    for tables in plan.rounds:
        assert tuple(map(len, tables)) == problem.table_sizes
        assert sorted(one for table in tables for one in table) == sorted(one.id for one in problem.people)
        for table in tables:
            assert not apart & {frozenset(pair) for pair in combinations(table, 2)}
        for one in problem.people:
            assert one.seat is None or one.id in tables[one.seat]
    found, bounds = key(problem, plan), plan.bounds
    assert found[0] <= bounds["mixing"]
    assert -found[1] >= bounds["repeats"]
    assert found[2] <= bounds["agencies_met"]
    assert found[3] <= bounds["fewest_agencies_met"]
    if plan.status is Status.OPTIMAL:
        assert found == (bounds["mixing"], -bounds["repeats"], bounds["agencies_met"], bounds["fewest_agencies_met"])


@pytest.mark.slow
@pytest.mark.parametrize(("people", "tables", "rounds", "new"), [(24, 6, 4, 132), (100, 20, 6, 1050)])
def test_everybody_meets_as_many_new_people_as_can_be_and_nobody_twice(people, tables, rounds, new):
    problem = party(SKEWED[people], [people // tables] * tables, rounds)
    plan = seat(problem)
    assert_legal(problem, plan)
    assert key(problem, plan)[:2] == (new, 0)
    assert plan.bounds["mixing"] == new


@pytest.mark.slow
def test_40_people_at_8_tables_in_5_rounds_meet_as_many_new_people_as_can_be():
    problem = party(SKEWED[40], [5] * 8, 5)
    plan = seat(problem)
    assert_legal(problem, plan)
    assert key(problem, plan)[0] == plan.bounds["mixing"]
    assert key(problem, plan)[1] == 0


@pytest.mark.slow
def test_24_people_of_6_agencies_in_3_rounds_sit_at_no_same_team_table_and_hardly_repeat():
    people = tuple(
        Guest(f"P{n:02}", f"A{n % 6}", team=f"T{n % 12}", manager="P00" if n in {5, 7} else None) for n in range(24)
    )
    problem = Rotation("", people, sizes(24), 3)
    assert problem.table_sizes == (6, 6, 6, 6)
    plan = seat(problem)
    assert_legal(problem, plan)
    team = {one.id: one.team for one in people}
    for tables in plan.rounds:
        for table in tables:
            assert len({team[one] for one in table}) == len(table)
            assert len({int(one[1:]) % 6 for one in table}) >= 3
            assert "P00" not in table or not {"P05", "P07"} & set(table)
    # six people who part over four tables leave two pairs together, at each of four tables, each time they part
    assert plan.bounds["repeats"] == 16
    assert -key(problem, plan)[1] <= 20


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tables", "size", "rounds"),
    [
        (4, 4, 5),
        (5, 3, 6),
        (5, 3, 7),
        (5, 4, 5),
        (5, 5, 6),
        (6, 3, 7),
        (6, 4, 5),
        (6, 5, 6),
        (8, 4, 7),
        (9, 3, 11),
        (10, 3, 12),
        (10, 4, 9),
        (8, 4, 9),
        (7, 7, 8),
        (6, 4, 6),
        (6, 5, 5),
        (7, 3, 9),
    ],
)
def test_where_all_come_from_different_agencies_nobody_meets_twice(tables, size, rounds):
    problem = golf(tables, size, rounds)
    plan = seat(problem)
    assert_legal(problem, plan)
    assert plan.status is Status.OPTIMAL


@pytest.mark.slow
def test_ten_rounds_of_eight_tables_of_four_repeat_ten_pairs_at_most():
    problem = golf(8, 4, 10)
    plan = seat(problem)
    assert_legal(problem, plan)
    assert key(problem, plan)[1] >= -10


@pytest.mark.slow
def test_500_people_are_seated():
    problem = party((170, 140, 90, 50, 30, 20), sizes(500), 3)
    plan = seat(problem, steps=100_000)
    assert_legal(problem, plan)
    assert key(problem, plan)[0] >= 0.99 * plan.bounds["mixing"]


@pytest.mark.slow
def test_the_same_seed_seats_the_same_people_and_the_order_of_the_list_is_no_matter():
    problem = party((5, 4, 3, 1), (4, 3, 3, 3), 3, keep_apart=(("P0-000", "P1-000"),), known=(("P0-001", "P1-001"),))
    again = Rotation("", problem.people[::-1], problem.table_sizes, 3, problem.keep_apart[::-1], problem.known)
    assert seat(problem, 3, steps=20_000) == seat(problem, 3, steps=20_000) == seat(again, 3, steps=20_000)


def test_those_who_met_before_are_not_counted_as_new():
    known = (("P0-000", "P1-000"), ("P0-001", "P1-001"))
    problem = party((2, 2), (2, 2), 1, known=known)
    assert {frozenset(table) for table in seat(problem).rounds[0]} == {
        frozenset({"P0-000", "P1-001"}),
        frozenset({"P0-001", "P1-000"}),
    }


@pytest.mark.slow
def test_it_ends_when_asked_and_tells_of_what_is_best_so_far():
    told = []
    problem = party(SKEWED[40], [5] * 8, 5)
    assert_legal(problem, seat(problem, stop=lambda: True))
    plan = seat(problem, steps=5_000, progress=told.append)
    assert told
    for one in told:
        assert_legal(problem, one)
    assert key(problem, plan) >= key(problem, told[-1])


def brute(problem):
    """Whether anybody can be seated so that the rules hold; by trying everything."""
    apart = {frozenset(pair) for pair in problem.keep_apart}
    spots = [table for table, size in enumerate(problem.table_sizes) for _ in range(size)]
    for order in set(permutations(spots)):
        place = {one.id: table for one, table in zip(problem.people, order, strict=True)}
        seats = all(one.seat in (None, place[one.id]) for one in problem.people)
        if seats and not any(place[one] == place[other] for one, other in map(tuple, apart)):
            return True
    return False


@st.composite
def rotations(draw, most=7):
    table_sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3).filter(lambda s: sum(s) <= most))
    ids = [f"P{n}" for n in range(sum(table_sizes))]
    seats = st.one_of(st.none(), st.none(), st.none(), st.integers(0, len(table_sizes) - 1))
    people = tuple(
        Guest(one, draw(st.sampled_from("ABC")), draw(st.sampled_from([None, "T"])), None, draw(seats)) for one in ids
    )
    pairs = st.lists(st.sampled_from(list(combinations(ids, 2)) or [("P0", "Q")]), max_size=7, unique=True)
    return Rotation("", people, tuple(table_sizes), draw(st.integers(1, 3)), tuple(draw(pairs)), tuple(draw(pairs)))


@pytest.mark.slow
@given(rotations())
@SMALL
def test_plans_are_legal_and_where_there_is_none_the_conflict_is_exact(problem):
    problem = Rotation(
        "", problem.people, problem.table_sizes, problem.rounds, tuple(p for p in problem.keep_apart if "Q" not in p)
    )
    plan = seat(problem, steps=500)
    assert (plan.status is not Status.INFEASIBLE) == brute(problem)
    if plan.status is not Status.INFEASIBLE:
        assert_legal(problem, plan)
        return
    (conflict,) = plan.conflicts
    assert not brute(only(problem, conflict.rules))
    for rule in conflict.rules:
        assert brute(only(problem, [other for other in conflict.rules if other != rule]))


def only(problem, rules):
    people = tuple(one if f"seat:{one.id}" in rules else Guest(one.id, one.agency, one.team) for one in problem.people)
    apart = tuple(pair for pair in problem.keep_apart if f"keep_apart:{pair[0]}:{pair[1]}" in rules)
    return Rotation("", people, problem.table_sizes, problem.rounds, apart)


def test_more_people_kept_apart_than_tables_are_named_as_the_conflict():
    ids = ["P0-000", "P0-001", "P0-002", "P0-003"]
    pairs = tuple(combinations(ids, 2))
    plan = seat(party((12,), (4, 4, 4), 2, keep_apart=(*pairs, ("P0-004", "P0-005"))))
    assert plan.status is Status.INFEASIBLE
    assert plan.rounds == ()
    (conflict,) = plan.conflicts
    assert sorted(conflict.rules) == sorted(f"keep_apart:{one}:{other}" for one, other in pairs)


def test_kept_seats_over_a_tables_size_and_wrong_sizes_are_conflicts():
    people = tuple(Guest(f"P{n}", "A", seat=0 if n < 3 else None) for n in range(4))
    (conflict,) = seat(Rotation("", people, (2, 2), 1)).conflicts
    assert conflict.rules == ("seat:P0", "seat:P1", "seat:P2")
    (conflict,) = seat(Rotation("", people, (2, 3), 1)).conflicts
    assert conflict.rules == ("table_sizes",)


@pytest.mark.slow
def test_a_large_room_with_many_kept_apart_is_decided():
    problem = party((30, 30, 20, 10), (6,) * 15, 2)
    ids = [one.id for one in problem.people]
    apart = tuple(pair for n in range(0, 90, 10) for pair in combinations(ids[n : n + 10], 2))
    problem = Rotation("", problem.people, problem.table_sizes, 2, apart)
    plan = seat(problem, steps=20_000)
    assert plan.status is not Status.INFEASIBLE
    assert_legal(problem, plan)


@pytest.mark.parametrize(
    ("people", "tables", "wanted"),
    [
        (24, None, (6, 6, 6, 6)),
        (23, None, (6, 6, 6, 5)),
        (8, None, (4, 4)),
        (3, None, (3,)),
        (25, 6, (5, 4, 4, 4, 4, 4)),
        (0, None, ()),
        (2, 5, (1, 1)),
    ],
)
def test_tables_are_of_about_six_and_differ_by_at_most_one(people, tables, wanted):
    assert sizes(people, tables) == wanted


@given(st.integers(8, 500))
def test_tables_of_any_number_have_four_to_seven_people(people):
    assert sum(sizes(people)) == people
    assert 4 <= min(sizes(people)) <= max(sizes(people)) <= 7
