"""Some are missing: the rounds that are left, with the fewest moves."""

from hypothesis import given
from hypothesis import strategies as st

from lms.cohorts.engine.plan import Status
from lms.cohorts.engine.problem import Guest, Rotation
from lms.cohorts.engine.reseat import reseat

SIX = "ABCDEF"
ROUNDS = tuple(
    tuple(tuple(f"{agency}{(table + turn * place) % 4}" for place, agency in enumerate(SIX)) for table in range(4))
    for turn in range(3)
)


def room(**changes):
    guests = {f"{agency}{n}": Guest(f"{agency}{n}", agency, team=agency) for agency in SIX for n in range(4)}
    guests |= changes.pop("guests", {})
    return Rotation("room", tuple(guests.values()), (6,) * 4, 3, **changes)


def moved(before, after, gone):
    where = {one: at for at, table in enumerate(before) for one in table}
    return sum(where[one] != at for at, table in enumerate(after) for one in table if one not in gone)


def test_one_missing_from_each_of_three_tables_moves_nobody():
    gone = {"A0", "A1", "A2"}
    found = reseat(room(), ROUNDS, 0, gone)
    assert moved(ROUNDS[0], found.rounds[0], gone) == 0
    assert not any(one in gone for tables in found.rounds for table in tables for one in table)


def test_three_missing_from_one_table_move_two():
    gone = set(ROUNDS[0][1][:3])
    found = reseat(room(), ROUNDS, 0, gone)
    assert found.status is Status.FEASIBLE
    assert sorted(map(len, found.rounds[0])) == [5, 5, 5, 6]
    assert moved(ROUNDS[0], found.rounds[0], gone) == 2


def test_rounds_that_are_over_stay_with_the_missing_in_them():
    found = reseat(room(), ROUNDS, 1, {"A0", "B0", "C0"})
    assert found.rounds[0] == ROUNDS[0]
    assert all("A0" not in table for tables in found.rounds[1:] for table in tables)


def test_who_keeps_a_seat_and_who_must_be_kept_apart_are_not_moved_together():
    gone = set(ROUNDS[0][1][:3])
    stay = set(ROUNDS[0][1]) - gone
    others = [one for one in room().people if one.id not in stay | gone and one.id[0] != "F"]
    apart = tuple((one.id, other) for one in others for other in sorted(stay))
    found = reseat(room(keep_apart=apart), ROUNDS, 0, gone)
    assert {one[0] for one in set(found.rounds[0][1]) - stay} <= {"F"}
    kept = {one.id: Guest(one.id, one.agency, seat=at) for at, table in enumerate(ROUNDS[0]) for one in room().people
            if one.id in table}  # fmt: skip
    found = reseat(room(guests=kept), ROUNDS[:1], 0, gone)
    assert moved(ROUNDS[0], found.rounds[0], gone) == 0


@given(st.sets(st.sampled_from([one.id for one in room().people]), max_size=16), st.integers(0, 2))
def test_everybody_who_stays_sits_once_and_tables_differ_by_one(gone, done):
    found = reseat(room(), ROUNDS, done, gone)
    stay = sorted(one.id for one in room().people if one.id not in gone)
    for before, tables in zip(ROUNDS[done:], found.rounds[done:], strict=True):
        sizes = [len(table) for table in tables]
        assert sorted(one for table in tables for one in table) == stay
        assert max(sizes) - min(sizes) <= 1
        counts = sorted((len(set(table) - gone) for table in before), reverse=True)
        share, more = divmod(len(stay), 4)
        fewest = sum(max(0, n - share - (place < more)) for place, n in enumerate(counts))
        assert moved(before, tables, gone) == fewest
    assert found == reseat(room(), ROUNDS, done, gone)
