"""Seatings in which nobody meets twice."""

from collections import Counter
from itertools import combinations

import pytest

from lms.cohorts.engine.algebra import field, once_only
from lms.cohorts.engine.starters import going_round


def meetings(rounds):
    return Counter(pair for tables in rounds for table in tables for pair in combinations(sorted(table), 2))


def full(rounds, tables, size):
    everyone = list(range(tables * size))
    return all(sorted(p for t in one for p in t) == everyone and {len(t) for t in one} == {size} for one in rounds)


@pytest.mark.parametrize("order", [2, 3, 4, 5, 7, 8, 9, 16])
def test_a_field_adds_multiplies_and_distributes(order):
    add, multiply = field(order)
    numbers = range(order)
    for a in numbers:
        assert sorted(add[a]) == list(numbers)
        assert a == 0 or sorted(multiply[a]) == list(numbers)
        for b in numbers:
            assert multiply[a][b] == multiply[b][a]
            assert all(multiply[a][add[b][c]] == add[multiply[a][b]][multiply[a][c]] for c in numbers)


@pytest.mark.parametrize("order", [0, 1, 6, 10, 12])
def test_there_is_no_field_of_other_orders(order):
    assert field(order) is None


@pytest.mark.parametrize(
    ("tables", "size", "rounds"),
    [(4, 4, 5), (5, 4, 5), (5, 5, 6), (7, 7, 8), (8, 4, 9), (9, 3, 9), (9, 9, 10), (23, 5, 6)],
)
def test_a_field_seats_people_so_that_nobody_meets_twice(tables, size, rounds):
    made = once_only(tables, size, rounds)
    assert len(made) == rounds
    assert full(made, tables, size)
    assert max(meetings(made).values()) == 1


@pytest.mark.parametrize(
    ("tables", "size", "rounds"),
    [
        (5, 3, 7),
        (6, 3, 7),
        (6, 4, 6),
        (6, 4, 7),
        (6, 5, 6),
        (7, 3, 9),
        (8, 4, 7),
        (9, 3, 11),
        (10, 3, 12),
        (10, 4, 9),
        (20, 5, 6),
    ],
)
def test_circles_moved_on_seat_people_so_that_nobody_meets_twice(tables, size, rounds):
    made = going_round(tables, size, rounds)
    assert len(made) == rounds
    assert full(made, tables, size)
    assert max(meetings(made).values()) == 1


def test_ten_rounds_of_eight_tables_of_four_repeat_ten_pairs():
    made = going_round(8, 4, 10)
    assert full(made, 8, 4)
    assert sum(times - 1 for times in meetings(made).values()) == 10


def test_what_cannot_be_is_none():
    assert once_only(6, 3, 2) is None
    assert once_only(4, 5, 2) is None
    assert going_round(3, 3, 5) is None
