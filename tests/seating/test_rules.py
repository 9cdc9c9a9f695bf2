"""The rules of tables: sizes, times, duties, figures, and a seat for somebody who came."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.cohorts.engine.problem import Guest, Rotation
from lms.seating.duties import Duty, deal
from lms.seating.engine import sizes
from lms.seating.joining import join
from lms.seating.meeting import measure
from lms.seating.pictures import ring
from lms.seating.rounds import ended, next_look, usual

NINE = datetime(2027, 1, 14, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("people", "target", "expected"),
    [
        (24, 6, (6, 6, 6, 6)),
        (21, 6, (6, 5, 5, 5)),
        (23, 5, (5, 5, 5, 4, 4)),
        (4, 6, (4,)),
        (0, 6, ()),
        (9, 6, (5, 4)),
        (8, 6, (4, 4)),
    ],
)
def test_sizes_of_tables(people, target, expected):
    assert sizes(people, target) == expected


@given(st.integers(4, 200), st.integers(4, 7))
def test_tables_differ_by_one_at_most_and_seat_everybody(people, target):
    found = sizes(people, target)
    assert sum(found) == people
    assert max(found) - min(found) <= 1


def test_rounds_to_begin_with_fit_into_the_session():
    found = usual(NINE, NINE + timedelta(hours=6))
    assert [(one.starts_at - NINE, one.ends_at - NINE) for one in found] == [
        (timedelta(minutes=45 * n), timedelta(minutes=45 * n + 40)) for n in range(3)
    ]
    assert len(usual(NINE, NINE + timedelta(minutes=90))) == 2
    assert len(usual(NINE, NINE + timedelta(minutes=30))) == 1


def test_a_round_is_over_when_its_end_has_come():
    ends = [NINE, NINE + timedelta(hours=1)]
    assert [ended(ends, NINE + timedelta(minutes=m)) for m in (-1, 0, 59, 60)] == [0, 1, 1, 2]


FOUR = {f"{agency}{n}": agency for agency in "ABCD" for n in (1, 2)}
ROUNDS = [(("A1", "B1", "C1", "D1"), ("A2", "B2", "C2", "D2")), (("A1", "B2", "C1", "D2"), ("A2", "B1", "C2", "D1"))]


def test_every_table_has_one_of_each_duty_and_nobody_two():
    dealt = deal(ROUNDS, FOUR)
    for tables, duties in zip(ROUNDS, dealt, strict=True):
        for table in tables:
            assert sorted(duties[one] for one in table if one in duties) == sorted(Duty)


def test_no_agency_always_speaks():
    rounds = [((*"abcdef",),)] * 6
    agency = dict(zip("abcdef", ("A", "A", "A", "B", "B", "C"), strict=True))
    dealt = deal(rounds, agency)
    leads = Counter(agency[one] for duties in dealt for one, duty in duties.items() if duty is Duty.LEADS)
    assert leads == {"A": 3, "B": 2, "C": 1}
    had = Counter(one for duties in dealt for one in duties)
    assert set(had.values()) == {3}


def test_the_figures_of_a_plan():
    found = measure(ROUNDS, FOUR)
    assert (found.people, found.rounds) == (8, 2)
    assert found.new == 20  # 12 pairs in round 1, and 8 of the 12 in round 2 are new
    assert found.repeats == 4
    assert found.average == 5.0
    sentence = "Each person meets on average 5.0 new people from other agencies over 2 rounds"
    assert found.sentence(22) == f"{sentence}; no seating can do better than 5.5."
    assert found.sentence(None) == f"{sentence}."


def test_people_who_met_before_or_work_together_are_not_new():
    assert measure(ROUNDS[:1], FOUR, [("B1", "A1")]).new == 11
    assert measure([(("A1", "A2"),)], FOUR).new == 0


def test_tables_with_fewer_than_three_agencies_are_named():
    found = measure([(("A1", "A2", "B1"), ("C1", "C2"), ("A1", "B2", "C1"))], FOUR)
    assert [(one.round, one.table, one.agencies) for one in found.narrow] == [(1, 1, 2), (1, 2, 1)]


def room(**changes):
    guests = {one: Guest(one, agency, team=agency) for one, agency in FOUR.items()}
    guests["X"] = Guest("X", "A", team="other")
    guests |= changes.pop("guests", {})
    return Rotation("room", tuple(guests.values()), (4, 4), 2, **changes)


SMALL = [(("A1", "B1", "C1"), ("A2", "B2", "C2", "D2"))]


def test_whoever_came_sits_at_the_smallest_table():
    assert join(room(), SMALL, 0, "X") == ((("A1", "B1", "C1", "X"), ("A2", "B2", "C2", "D2")),)


def test_rounds_that_are_over_stay_as_they_were():
    assert join(room(), [*SMALL, *SMALL], 1, "X")[0] == SMALL[0]


def test_whoever_came_keeps_away_from_those_they_must_not_meet_though_the_table_is_larger():
    assert "X" in join(room(keep_apart=(("A1", "X"),)), SMALL, 0, "X")[0][1]
    managed = {"X": Guest("X", "A", manager="B1")}
    assert "X" in join(room(guests=managed), SMALL, 0, "X")[0][1]


def test_whoever_came_meets_people_they_have_not_met():
    even = [(("B1", "C1"), ("B2", "C2"))]
    assert "X" in join(room(known=(("B1", "X"),)), even, 0, "X")[0][1]
    both = join(room(), [*even, *even], 0, "X")
    assert "X" in both[0][0]
    assert "X" in both[1][1]


def test_whoever_keeps_a_seat_gets_it():
    kept = {"X": Guest("X", "A", seat=1)}
    assert "X" in join(room(guests=kept), SMALL, 0, "X")[0][1]


def test_a_ring_has_a_seat_for_each_person():
    seats = ring(["health", "police", "housing"])
    assert [one.sector for one in seats] == ["health", "police", "housing"]
    assert (seats[0].x, seats[0].y) == (60.0, 12.5)
    assert ring([]) == []
    assert len(ring(["health"] * 12)) == 12


def test_whoever_came_joins_no_table_of_somebody_they_must_not_meet():
    both = room(keep_apart=(("A1", "X"), ("D2", "X")))
    assert join(both, SMALL, 0, "X") is None
    kept = {"X": Guest("X", "A", seat=1)}
    assert join(room(guests=kept, keep_apart=(("D2", "X"),)), SMALL, 0, "X") is None


def test_a_screen_is_shown_anew_when_tables_appear_and_when_a_round_is_over():
    shown, ends = NINE, [NINE + timedelta(hours=1), NINE + timedelta(hours=2)]
    looks = [next_look(shown, ends, NINE + timedelta(minutes=m)) for m in (-5, 0, 59, 60, 200)]
    assert looks == [shown, ends[0], ends[0], None, None]
