"""When a job by the clock is due, whatever the clock does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.jobs.rhythm import AGAIN, SKEW, daily, every, hourly, is_due

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
RHYTHMS = st.sampled_from([every(1), every(10), hourly(23), daily(3, 17), daily(0, 0)])


@pytest.mark.parametrize(
    ("rhythm", "last"),
    [(every(1), "26T12:00"), (every(10), "26T12:00"), (hourly(23), "26T11:23"), (hourly(0), "26T12:00"),
     (daily(3, 17), "26T03:17"), (daily(12, 1), "25T12:01")],
)  # fmt: skip
def test_the_last_time_of_each_rhythm(rhythm, last):
    assert rhythm.last(NOON).strftime("%dT%H:%M") == last


@given(RHYTHMS, MOMENTS)
def test_the_last_time_is_never_ahead_nor_further_back_than_the_period(rhythm, now):
    assert timedelta(0) <= now - rhythm.last(now) < rhythm.period
    assert rhythm.last(rhythm.last(now)) == rhythm.last(now)


@given(RHYTHMS, MOMENTS)
def test_what_is_done_is_not_due_until_its_next_time(rhythm, now):
    slot = rhythm.last(now)
    assert not is_due(rhythm, now, slot, None)
    assert not is_due(rhythm, slot + rhythm.period - timedelta(microseconds=1), slot, None)
    assert is_due(rhythm, slot + rhythm.period, slot, None)


def test_what_never_ran_or_was_missed_is_due_once():
    assert is_due(daily(3, 17), NOON, None, None)
    assert is_due(daily(3, 17), NOON, NOON - timedelta(days=9), None)


def test_a_clock_put_back_does_not_stop_a_job_and_a_clock_a_little_slow_does_not_run_it_twice():
    ahead = every(1).last(NOON + timedelta(days=3))
    assert is_due(every(1), NOON, ahead, None)
    assert not is_due(every(1), NOON - timedelta(seconds=1), every(1).last(NOON), None)
    assert not is_due(daily(3, 17), NOON, NOON + SKEW, None)


def test_after_a_failure_a_job_rests_ever_longer_but_no_longer_than_its_period():
    assert [daily(3, 17).again(n, NOON) - NOON for n in (1, 2, 3, 4, 9)] == [*AGAIN, AGAIN[-1]]
    assert [every(1).again(n, NOON) - NOON for n in (1, 9)] == [timedelta(minutes=1)] * 2
    rests = NOON + timedelta(minutes=5)
    assert not is_due(daily(3, 17), NOON, None, rests)
    assert is_due(daily(3, 17), rests, None, rests)
    assert is_due(daily(3, 17), NOON - timedelta(days=2), None, rests), "the clock was put back meanwhile"
