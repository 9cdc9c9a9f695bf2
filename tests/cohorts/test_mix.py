"""The mix in figures and sentences."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.cohorts import mix
from lms.cohorts.mix import Group, Rules, measure

RULES = Rules(capacity=24, minimum_agencies=4, largest_share=40)


def room(*sizes: int, sectors: str = "abcdefgh"):
    return measure(Group(f"Agency {n}", sectors[n], size) for n, size in enumerate(sizes))


def test_an_empty_room_has_no_mix():
    empty = room()
    assert (empty.people, empty.agencies, empty.sectors, empty.index, empty.met) == (0, 0, 0, 0, 0)
    assert mix.headline(empty) == mix.summary(empty) == "Nobody has a place yet."
    assert mix.blocks(empty) == []


def test_a_room_from_one_agency_meets_nobody_new():
    alone = room(7)
    assert alone.index == 0
    assert mix.headline(alone) == "Everyone with a place is from the same agency, so nobody meets anyone new."
    assert mix.summary(alone) == "7 people, from Agency 0 only."


def test_the_index_is_one_minus_the_sum_of_squared_shares():
    assert room(6, 6, 6, 6).index == pytest.approx(0.75)
    assert room(6, 5, 4, 4, 3, 2).index == pytest.approx(1 - (36 + 25 + 16 + 16 + 9 + 4) / 576)


def test_people_met_is_counted_person_by_person():
    # two from one agency each meet 3; three from the other each meet 2
    assert room(2, 3).met == pytest.approx((2 * 3 + 3 * 2) / 5)
    assert mix.headline(room(2, 3)) == "The average person will meet 2.4 people from other agencies."
    assert mix.headline(room(2, 3), over=True) == "The average person could meet 2.4 people from other agencies."
    assert mix.headline(room(1, 1)) == "The average person will meet 1 person from other agencies."


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_people_met_agrees_with_counting_every_pair(sizes):
    who = [agency for agency, size in enumerate(sizes) for _ in range(size)]
    met = sum(one != other for one in who for other in who) / len(who)
    assert room(*sizes).met == pytest.approx(met)


def test_the_summary_names_the_largest_agency():
    words = mix.summary(room(6, 5, 4, 4, 3, 2, sectors="aabbcc"))
    assert words == "6 agencies of 3 sectors; the largest is Agency 0 with 6 of 24 (25%)."


def test_agencies_without_people_do_not_count():
    assert room(3, 0, 2).agencies == 2


def test_a_good_mix_has_nothing_to_look_at():
    assert mix.unmet(room(6, 6, 6, 6), RULES) == []


def test_missing_agencies_are_counted():
    assert mix.unmet(room(4, 3, 3), RULES) == ["1 more agency is needed: 3 of at least 4 have a place."]
    assert mix.unmet(room(3, 3), Rules(24, 4, 50)) == ["2 more agencies are needed: 2 of at least 4 have a place."]


def test_too_large_a_share_says_how_many_others_are_needed():
    words = mix.unmet(room(5, 2, 1, 1), RULES)
    assert words == [
        "4 more people from other agencies are needed: Agency 0 has 5 of the 9 places taken, more than 40%."
    ]
    assert mix.others_needed(room(5, 2, 1, 1), 40) == 4
    assert mix.unmet(room(4, 2, 2, 1), RULES)[0].startswith("1 more person from other agencies is needed")


@given(st.lists(st.integers(1, 9), min_size=2, max_size=8), st.integers(10, 100))
def test_the_others_needed_are_enough_and_one_fewer_is_not(sizes, share):
    here = room(*sizes)
    more = mix.others_needed(here, share)
    assert here.largest.people * 100 <= share * (here.people + more)
    assert more == 0 or here.largest.people * 100 > share * (here.people + more - 1)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_the_bar_has_no_gap_and_ends_at_the_whole(sizes):
    blocks = mix.blocks(measure(Group(f"{n:02}", "a", size) for n, size in enumerate(sizes)))
    assert blocks[0].x == 0
    assert blocks[-1].x + blocks[-1].width == pytest.approx(100)
    for left, right in pairwise(blocks):
        assert left.x + left.width == pytest.approx(right.x)
        assert left.group.people >= right.group.people
