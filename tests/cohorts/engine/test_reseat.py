"""Tables after a late change: the fewest moves, the rules kept, the past as it was."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lms.cohorts.engine.plan import Status
from lms.cohorts.engine.problem import Guest, Rotation
from lms.cohorts.engine.reseat import moved, reseat
from lms.cohorts.engine.tables import seat

pytestmark = pytest.mark.slow


def room(people=24, tables=6, rounds=4, **rules):
    guests = tuple(Guest(f"P{n:02}", f"A{n % 5}") for n in range(people))
    return Rotation("", guests, (people // tables,) * tables, rounds, **rules)


def at(tables):
    return sorted(one for table in tables for one in table)


def test_a_no_show_five_minutes_before_re_seats_with_the_fewest_moves():
    problem = room(24, 4, 3)
    before = seat(problem, steps=20_000).rounds
    missing = set(before[1][0][:3])
    after = reseat(problem, before, 1, missing)
    assert after.rounds[0] == before[0]
    assert after.bounds["moves"] == 2  # tables of 3, 6, 6, 6 become 5, 5, 5, 6
    assert len(moved(before[1:2], after.rounds[1:2])) == 2
    for tables in after.rounds[1:]:
        assert at(tables) == sorted({one.id for one in problem.people} - missing)
        assert sorted(map(len, tables)) == [5, 5, 5, 6]


def test_one_missing_moves_nobody_and_nothing_missing_leaves_the_next_round_as_it_is():
    problem = room()
    before = seat(problem, steps=20_000).rounds
    after = reseat(problem, before, 1, [before[1][2][0]])
    assert moved(before[1:2], after.rounds[1:2]) == set()
    assert after.bounds["moves"] == 0
    assert reseat(problem, before, 1, []).rounds[:2] == before[:2]


def test_those_who_walk_in_are_seated_and_move_nobody_where_there_is_room():
    problem = room()
    before = seat(problem, steps=20_000).rounds
    after = reseat(problem, before, 0, [before[0][0][0]], added=[Guest("Z1", "A1"), Guest("Z2", "A9")])
    assert moved(before[:1], after.rounds[:1]) == {"Z1", "Z2"}
    assert {"Z1", "Z2"} <= set(at(after.rounds[-1]))
    assert sorted(map(len, after.rounds[0])) == [4, 4, 4, 4, 4, 5]


def test_later_rounds_know_whom_people_have_met_already():
    problem = room(24, 6, 4)
    before = seat(problem, steps=20_000).rounds
    after = reseat(problem, before, 1, [before[1][0][0], before[1][0][1]])
    met = [
        frozenset((one, other)) for tables in after.rounds for t in tables for one in t for other in t if one < other
    ]
    assert len(met) - len(set(met)) <= 3


def test_when_all_is_done_nothing_changes():
    problem = room()
    before = seat(problem, steps=20_000).rounds
    assert reseat(problem, before, 4, ["P01"]).rounds == before


def test_where_those_kept_apart_cannot_be_parted_any_more_it_says_so():
    problem = Rotation("", (Guest("A", "A"), Guest("B", "B"), Guest("C", "C")), (2, 1), 2)
    before = ((("A", "C"), ("B",)), (("B", "C"), ("A",)))
    apart = (("A", "B"), ("A", "D"), ("B", "D"))
    found = reseat(replace(problem, keep_apart=apart), before, 1, ["C"], added=[Guest("D", "D")])
    assert found.status is Status.INFEASIBLE
    assert sorted(found.conflicts[0].rules) == ["keep_apart:A:B", "keep_apart:A:D", "keep_apart:B:D"]


@pytest.mark.parametrize("people", [24, 100])
def test_the_same_change_gives_the_same_tables(people):
    problem = room(people, people // 4, 3)
    before = seat(problem, steps=5_000).rounds
    missing = [table[0] for table in before[1][:5]] + list(before[1][0][1:])
    assert reseat(problem, before, 1, missing) == reseat(problem, before, 1, missing)


@st.composite
def changes(draw):
    tables = draw(st.integers(2, 3))
    ids = [f"P{n}" for n in range(draw(st.integers(tables, 6)))]
    place = {one: draw(st.integers(0, tables - 1)) for one in ids}
    seats = {one: place[one] if draw(st.integers(0, 5)) == 0 else None for one in ids}
    guests = [Guest(one, draw(st.sampled_from("ABC")), seat=seats[one]) for one in ids]
    planned = tuple(tuple(one for one in ids if place[one] == table) for table in range(tables))
    missing = draw(st.sets(st.sampled_from(ids), max_size=len(ids) - 1))
    added = [Guest("Q", "A")] if draw(st.booleans()) else []
    everyone = [*ids, *(one.id for one in added)]
    pairs = [(one, other) for one in everyone for other in everyone if one < other]
    apart = draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True))
    sizes = tuple(map(len, planned))
    return Rotation("", tuple(guests), sizes, 2, tuple(apart)), (planned, planned), missing, added


def fewest(problem, planned, missing, added, sizes):
    """The fewest moves there are, by trying everything."""
    here = [one for one in (*problem.people, *added) if one.id not in missing]
    was = {one: number for number, table in enumerate(planned) for one in table}
    best = None
    for order in product(range(len(planned)), repeat=len(here)):
        place = {one.id: table for one, table in zip(here, order, strict=True)}
        if sorted(order.count(table) for table in range(len(planned))) != sizes:
            continue
        if any(one.seat not in (None, place[one.id]) for one in here):
            continue
        if any(one in place and place[one] == place.get(other) for one, other in problem.keep_apart):
            continue
        moves = sum(1 for one in place if one in was and was[one] != place[one])
        best = moves if best is None else min(best, moves)
    return best


@given(changes())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_other_plan_for_the_next_round_moves_fewer_people(change):
    problem, rounds, missing, added = change
    found = reseat(problem, rounds, 0, missing, added=added)
    assume(found.status is not Status.INFEASIBLE)
    sizes = sorted(map(len, found.rounds[0]))
    assert found.bounds["moves"] == fewest(problem, rounds[0], missing, added, sizes)
    seats = [one.seat for one in problem.people if one.seat is not None and one.id not in missing]
    assert sizes[-1] - sizes[0] <= 1 or max(seats.count(seat) for seat in seats) == sizes[-1]
    here = {one.id for one in (*problem.people, *added)} - missing
    for tables in found.rounds:
        assert at(tables) == sorted(here)
        for one in problem.people:
            assert one.seat is None or one.id in missing or one.id in tables[one.seat]
        assert not any(one in table and other in table for table in tables for one, other in problem.keep_apart)
