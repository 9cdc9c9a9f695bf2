"""Who gets a place: capacity, the share of one agency, and the order of the waiting list."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from lms.cohorts.places import Limits, Obstacle, Room, Waiting, next_in_line, why_moved_up, why_waiting

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
