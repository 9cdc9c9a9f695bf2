"""Who gets a place: capacity, the share of one agency, and the order of the waiting list."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.cohorts import workdays
from lms.cohorts.mix import Group, measure
from lms.cohorts.places import (
    MOST_PASSED_OVER,
    WINDOW,
    Limits,
    Obstacle,
    Room,
    Waiting,
    Why,
    choose,
    next_in_line,
    offer_ends,
    usual_release,
    usually_held,
    why_moved_up,
    why_waiting,
)

SCHOOLS, POLICE, HEALTH = (UUID(int=n) for n in (1, 2, 3))
NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def waiting(number, agency, minutes=0):
    return Waiting(UUID(int=100 + number), agency, NOON + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("capacity", "share", "most"), [(24, 40, 9), (5, 40, 2), (25, 40, 10), (1, 40, 1), (10, 5, 1), (10, 100, 10)]
)
def test_one_agency_has_at_most_its_share_and_always_one(capacity, share, most):
    assert Limits(capacity, share).for_one_agency == most


def test_a_place_is_free_until_the_agency_has_its_share():
    assert Room(Limits(10, 30), {SCHOOLS: 2}).obstacle(SCHOOLS) is None
    assert Room(Limits(10, 30), {SCHOOLS: 3}).obstacle(SCHOOLS) is Obstacle.SHARE
    assert Room(Limits(10, 30), {SCHOOLS: 3}).obstacle(POLICE) is None


def test_a_full_room_has_no_place_for_anyone():
    full = Room(Limits(4, 50), {SCHOOLS: 2, POLICE: 2})
    assert full.left == 0
    assert {full.obstacle(one) for one in (SCHOOLS, POLICE, HEALTH)} == {Obstacle.FULL}


def test_the_agency_with_the_fewest_places_comes_before_whoever_waited_longest():
    room = Room(Limits(6, 50), {SCHOOLS: 2, POLICE: 1})
    line = [waiting(1, SCHOOLS, 0), waiting(2, POLICE, 5), waiting(3, HEALTH, 9)]
    assert next_in_line(room, line) == line[2]
    assert next_in_line(room, line[:2]) == line[1]


def test_within_an_agency_the_longest_wait_comes_first():
    room = Room(Limits(6, 50), {SCHOOLS: 1})
    line = [waiting(1, SCHOOLS, 7), waiting(2, SCHOOLS, 3), waiting(3, SCHOOLS, 5)]
    assert next_in_line(room, line) == line[1]


def test_nobody_is_next_whose_agency_has_its_share():
    room = Room(Limits(6, 50), {SCHOOLS: 3})
    assert next_in_line(room, [waiting(1, SCHOOLS)]) is None
    assert next_in_line(room, []) is None


def test_the_reasons_are_sentences():
    assert why_waiting(Obstacle.FULL, Limits(24, 40)).startswith("All 24 places are taken.")
    assert "already has the 9 places one agency may have of 24" in why_waiting(Obstacle.SHARE, Limits(24, 40))
    assert "already has the 1 place one agency may have of 3" in why_waiting(Obstacle.SHARE, Limits(3, 40))
    assert "fewest places (none yet)" in why_moved_up(Room(Limits(6, 50), {}), SCHOOLS)
    assert "fewest places (2)" in why_moved_up(Room(Limits(6, 50), {SCHOOLS: 2}), SCHOOLS)


SECTOR_OF = {SCHOOLS: "education", POLICE: "police", HEALTH: "health"}


def test_a_held_place_is_free_for_its_sector_alone():
    room = Room(Limits(3, 100), {SCHOOLS: 1}, {"police": 2}, SECTOR_OF)
    assert (room.left, room.left_for(HEALTH), room.left_for(POLICE)) == (2, 0, 2)
    assert room.obstacle(HEALTH) is Obstacle.HELD
    assert room.obstacle(POLICE) is None


def test_a_held_place_that_is_taken_is_held_no_more():
    room = Room(Limits(4, 100), {POLICE: 2}, {"police": 2}, SECTOR_OF)
    assert room.left_for(HEALTH) == 2


def test_a_sector_without_agencies_of_its_own_still_keeps_its_places():
    assert Room(Limits(2, 100), {}, {"voluntary": 2}, SECTOR_OF).obstacle(SCHOOLS) is Obstacle.HELD


@given(
    st.dictionaries(st.sampled_from([SCHOOLS, POLICE, HEALTH]), st.integers(0, 6)),
    st.lists(st.sampled_from([SCHOOLS, POLICE, HEALTH]), min_size=1, max_size=WINDOW),
)
def test_whoever_is_chosen_for_the_mix_raises_the_mix_index_most(taken, agencies):
    room = Room(Limits(100, 100), taken)
    line = [waiting(n, agency, n) for n, agency in enumerate(agencies)]
    chosen = choose(room, line).chosen

    def index_with(agency):
        after = room.with_one_of(agency).taken
        return measure(Group(str(one), str(one), number) for one, number in after.items()).index

    best = max(index_with(one.agency) for one in line)
    assert index_with(chosen.agency) == pytest.approx(best)


def test_only_the_longest_waiting_are_looked_at():
    room = Room(Limits(30, 100), {SCHOOLS: 5})
    line = [waiting(n, SCHOOLS, n) for n in range(WINDOW)]
    assert next_in_line(room, [*line, waiting(99, POLICE, 99)]) == line[0]
    assert next_in_line(room, [*line[1:], waiting(99, POLICE, 99)]).agency == POLICE


def test_whoever_was_passed_over_often_enough_has_their_turn():
    room = Room(Limits(30, 100), {SCHOOLS: 5})
    long = replace(waiting(1, SCHOOLS), passed_over=MOST_PASSED_OVER)
    found = choose(room, [long, waiting(2, POLICE, 5)])
    assert (found.chosen, found.why) == (long, Why.TURN)
    assert "gone to others 3 times" in why_moved_up(room, SCHOOLS, found.why)


@given(st.lists(st.tuples(st.sampled_from([SCHOOLS, POLICE, HEALTH]), st.integers(0, 2)), max_size=40))
def test_nobody_who_could_have_a_place_sees_it_go_past_more_than_the_bound(events):
    """People join, and now and then a place comes free; passing over is counted here from the outside."""
    room, line, seen = Room(Limits(1000, 60), {SCHOOLS: 4}), [], {}
    for number, (agency, free) in enumerate(events):
        line.append(waiting(number, agency, number))
        for _ in range(free):
            found = choose(room, line)
            if found is None:
                continue
            for one in line:
                if one.since < found.chosen.since and room.obstacle(one.agency) is None:
                    seen[one.booking] = seen.get(one.booking, 0) + 1
            passed = {one.booking for one in found.passed}
            line = [
                replace(one, passed_over=one.passed_over + (one.booking in passed))
                for one in line
                if one.booking != found.chosen.booking
            ]
            room = room.with_one_of(found.chosen.agency)
    assert all(number <= MOST_PASSED_OVER for number in seen.values())


def test_a_sector_the_room_lacks_comes_first_while_sectors_are_wanted():
    room = Room(Limits(6, 100), {SCHOOLS: 1}, {}, SECTOR_OF | {UUID(int=9): "education"})
    line = [waiting(1, UUID(int=9)), waiting(2, POLICE, 5)]
    assert choose(room, line).chosen == line[0]
    found = choose(room, line, sectors_wanted=2)
    assert (found.chosen, found.why) == (line[1], Why.SECTOR)


def test_an_offer_holds_for_two_working_days_on_the_same_clock_and_four_hours_near_the_day():
    friday = datetime(2027, 3, 26, 15, 30, tzinfo=UTC)  # the clocks go forward on Sunday
    assert offer_ends(friday, friday + timedelta(days=20)) == datetime(2027, 3, 30, 14, 30, tzinfo=UTC)
    assert offer_ends(friday, friday + timedelta(days=5)) == friday + timedelta(hours=4)
    assert offer_ends(friday, friday + timedelta(hours=2)) == friday + timedelta(hours=2)


def test_working_days_leave_out_weekends():
    monday = date(2027, 1, 18)
    assert workdays.before(monday, 3) == date(2027, 1, 13)
    assert workdays.after(date(2027, 1, 15), 1) == monday
    assert workdays.before(monday, 0) == monday


def test_what_is_usually_held_and_until_when():
    assert usually_held(24) == {"health": 4, "education": 4, "social-care": 4, "police": 4, "voluntary": 2}
    assert usually_held(4) == {}
    assert usual_release(date(2027, 1, 25), date(2026, 12, 1)) == date(2027, 1, 4)
    assert usual_release(date(2027, 1, 25), date(2027, 1, 20)) == date(2027, 1, 21)
