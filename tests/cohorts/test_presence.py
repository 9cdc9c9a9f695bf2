"""When a room takes sign-ins, who attended, and what happens when two people write a register at once."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.cohorts import room_code
from lms.cohorts.presence import attended, window
from lms.cohorts.register import Decision, Line, decide, line_of, totals, written
from lms.cohorts.states import Mark
from lms.core import clock
from lms.core.errors import Refusal

START = datetime(2027, 1, 14, 9, 30, tzinfo=UTC)
END = START + timedelta(hours=6)


@pytest.mark.parametrize(("minutes", "takes"), [(-31, False), (-30, True), (0, True), (59, True), (60, False)])
def test_a_room_takes_sign_ins_from_half_an_hour_before_to_an_hour_after_the_start(minutes, takes):
    assert window(START, END).takes(START + timedelta(minutes=minutes)) is takes


@pytest.mark.parametrize(
    ("minutes", "mark"), [(-30, Mark.PRESENT), (9, Mark.PRESENT), (10, Mark.LATE), (59, Mark.LATE)]
)
def test_ten_minutes_after_the_start_people_are_late(minutes, mark):
    assert window(START, END).mark(START + timedelta(minutes=minutes)) is mark


def test_a_short_session_takes_no_sign_ins_after_its_end():
    assert window(START, START + timedelta(minutes=30)).closes == START + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("typed", "opens"),
    [
        (datetime(2027, 3, 28, 9, 30), "09:00"),  # clocks went forward in the night
        (datetime(2026, 10, 25, 9, 30), "09:00"),  # clocks went back in the night
        (datetime(2027, 3, 28, 2, 15), "00:45"),  # half an hour before a quarter past two, of which one hour is missing
    ],
)
def test_the_window_is_right_when_the_clocks_change(typed, opens):
    start = clock.from_local(typed)
    found = window(start, start + timedelta(hours=3))
    assert f"{clock.local(found.opens):%H:%M}" == opens
    assert found.closes - found.opens == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("mark", "arrived", "left", "expected"),
    [
        (Mark.PRESENT, None, None, True),
        (Mark.LATE, None, None, True),
        (Mark.LATE, 36, None, True),  # 90 % of 360 minutes
        (Mark.LATE, 37, None, False),
        (Mark.LEFT_EARLY, None, 324, True),
        (Mark.LEFT_EARLY, None, 323, False),
        (Mark.LATE, 20, 343, False),
        (Mark.PRESENT, -20, 400, True),
        (Mark.ABSENT, None, None, False),
        (None, None, None, False),
    ],
)
def test_attended_means_there_for_nine_tenths_of_the_minutes(mark, arrived, left, expected):
    came = None if arrived is None else START + timedelta(minutes=arrived)
    went = None if left is None else START + timedelta(minutes=left)
    assert attended(mark, START, END, came, went) is expected


def test_a_line_as_written():
    assert written("late", "9:50", "") == Line(Mark.LATE, time(9, 50))
    assert written("", "09.50", "") == Line(Mark.LATE, time(9, 50))
    assert written("", "", "1500") == Line(Mark.LEFT_EARLY, None, time(15))
    assert written("absent", "9:50", "10:00") == Line(Mark.ABSENT)
    assert written("", "", "") == Line()


@pytest.mark.parametrize("wrong", [("asleep", "", ""), ("late", "ten", ""), ("late", "11:00", "10:00")])
def test_a_line_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(Refusal):
        written(*wrong)


LINES = st.builds(
    Line,
    st.sampled_from([Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY]),
    st.none() | st.builds(time, st.integers(0, 11), st.integers(0, 59)),
    st.none() | st.builds(time, st.integers(12, 23), st.integers(0, 59)),
)


@given(LINES)
def test_a_page_carries_a_line_and_gets_it_back(line):
    assert line_of(line.key) == line


NOTHING, PRESENT, LATE, ABSENT = Line(), Line(Mark.PRESENT), Line(Mark.LATE), Line(Mark.ABSENT)


@pytest.mark.parametrize(
    ("seen", "mine", "there", "expected"),
    [
        (NOTHING, PRESENT, NOTHING, Decision.WRITE),
        (NOTHING, NOTHING, PRESENT, Decision.KEEP),  # I did not touch it, somebody else marked it
        (NOTHING, PRESENT, PRESENT, Decision.KEEP),  # we agree
        (NOTHING, PRESENT, LATE, Decision.CLASH),
        (LATE, ABSENT, LATE, Decision.WRITE),
        (LATE, ABSENT, PRESENT, Decision.CLASH),
    ],
)
def test_nobody_overwrites_what_they_have_not_seen(seen, mine, there, expected):
    assert decide(seen, mine, there) is expected


def test_totals():
    found = totals(5, [(Mark.PRESENT, True), (Mark.LATE, False), (Mark.ABSENT, False)])
    assert (found.people, found.marked, found.attended) == (5, 3, 1)
    assert found.by_mark == {Mark.PRESENT: 1, Mark.LATE: 1, Mark.LEFT_EARLY: 0, Mark.ABSENT: 1}


def test_a_code_is_of_one_session_at_its_time_and_for_one_turn():
    session, other = UUID(int=1), UUID(int=2)
    right = room_code.code("secret", session, START, 0, 0)
    assert room_code.fits(right, right)
    assert room_code.fits(right.upper(), right)
    others = {
        room_code.code("another secret", session, START, 0, 0),
        room_code.code("secret", other, START, 0, 0),
        room_code.code("secret", session, START + timedelta(days=7), 0, 0),
        room_code.code("secret", session, START, 1, 0),
        room_code.code("secret", session, START, 0, 1),
    }
    assert len(others) == 5
    assert not any(room_code.fits(one, right) for one in others)
    assert not room_code.fits("", right)
    assert not room_code.fits("é", right)


def test_a_room_shows_another_code_every_five_minutes_and_takes_the_last_three():
    times = window(START, START + timedelta(hours=6))
    at = {minutes: START + timedelta(minutes=minutes) for minutes in (-600, -30, -26, -25, 0, 59, 60, 600)}
    assert times.codes == 18
    assert [times.code(now) for now in at.values()] == [0, 0, 0, 1, 6, 17, 17, 17]
    assert times.next_code(at[-600]) == at[-25]
    assert times.next_code(at[-25]) == at[-25] + timedelta(minutes=5)
    assert times.next_code(at[59]) is None
    assert [times.still_takes(code, at[0]) for code in (3, 4, 5, 6, 7)] == [False, True, True, True, False]


def test_a_room_that_is_open_for_little_time_has_a_code_too():
    times = window(START, START + timedelta(minutes=1))
    assert (times.codes, times.code(START)) == (7, 6)
