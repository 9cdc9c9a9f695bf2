"""Paired change, its interval and small numbers, against values that others have printed."""

from datetime import UTC, datetime, timedelta
from math import isclose, nan

import pytest

from lms.outcomes import items
from lms.outcomes.change import Rate, critical, paired, part, place, signed
from lms.outcomes.items import Level, Wave, window

# Student's own example of 1908: hours of sleep gained with two drugs by ten people, as R prints it (`t.test(sleep)`).
FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)


def test_students_sleepers_give_the_interval_of_the_books():
    change = paired(list(zip(FIRST, SECOND, strict=True)))
    assert change.people == 10
    assert isclose(change.mean, 1.58, abs_tol=1e-9)
    assert isclose(change.low, 0.7001142, abs_tol=1e-5)
    assert isclose(change.high, 2.4598858, abs_tol=1e-5)
    assert (round(change.first, 2), round(change.second, 2)) == (0.75, 2.33)
    assert (change.told, change.is_clear) == ("rose", True)


@pytest.mark.parametrize(
    ("freedom", "printed"),
    [(1, 12.7062), (4, 2.7764), (9, 2.2622), (23, 2.0687), (30, 2.0423), (31, 2.0395), (40, 2.0211), (60, 2.0003),
     (120, 1.9799), (10_000, 1.9602)],
)  # fmt: skip
def test_the_critical_values_are_those_of_the_tables(freedom, printed):
    assert isclose(critical(freedom), printed, abs_tol=6e-5)


def test_there_is_no_interval_without_a_second_person():
    with pytest.raises(ValueError, match="fewer than two"):
        critical(0)


def test_four_pairs_are_not_shown_and_five_are():
    assert paired([(1, 2)] * 4) is None
    assert paired([]) is None
    assert paired([(1, 2)] * 5).people == 5


def test_only_what_is_clear_of_nothing_is_called_a_change():
    assert paired([(1, 2), (2, 1), (1, 2), (2, 1), (1, 2)]).told == "shows no change that can be told from chance"
    assert paired([(3, 1), (3, 2), (4, 2), (5, 3), (3, 1)]).told == "fell"


def test_a_response_rate_names_both_numbers_and_hides_small_ones():
    assert [Rate(number, 24).roughly for number in (4, 5, 7, 12, 18, 19, 24)] == [
        "Fewer than 5", "A quarter or fewer", "Up to half", "Up to half", "Up to three quarters",
        "More than three quarters", "More than three quarters",
    ]  # fmt: skip
    assert Rate(18, 24).words == "18 of 24 (75%)"
    assert Rate(4, 24).words == Rate(0, 24).words == "Fewer than 5 of 24"


def test_a_part_is_hidden_when_it_or_the_rest_is_small():
    assert [part(*one) for one in ((5, 10), (4, 10), (6, 10), (7, 7), (4, 4), (0, 9))] == [5, None, None, 7, None, None]


def test_changes_are_written_with_their_sign():
    assert [signed(one) for one in (0.42, -1.25, 0.04, -0.04)] == ["+0.4", "\u22121.2", "0.0", "0.0"]


def test_a_change_stays_on_its_line():
    assert [place(one, 4, 170, 180) for one in (0, 4, -4, 9)] == [180, 350, 10, 350]
    assert place(2, 4, 170, 180) == 265
    assert not isclose(place(1, 5, 170, 180), nan)


def test_every_question_has_a_level_and_knowledge_has_one_right_answer():
    every = items.items(Wave.AFTER)
    assert len({one.key for one in every}) == len(every) == 10
    assert [one.level for one in every] == [Level.REACTION, *[Level.PERCEPTION] * 4, *[Level.KNOWLEDGE] * 5]
    for one in items.KNOWLEDGE:
        assert one.right < len(one.options) - 1
        assert one.options[-1] == items.UNKNOWN
        assert sum(one.points(given) for given in range(len(one.options))) == 1
    assert len({one.right for one in items.KNOWLEDGE}) > 2


def test_the_same_is_asked_each_time():
    assert items.items(Wave.BEFORE) == items.items(Wave.LATER) == items.items(Wave.AFTER)[1:]


def test_each_measure_has_its_time():
    starts = datetime(2026, 10, 20, 8, 30, tzinfo=UTC)
    ends = starts + timedelta(hours=6)
    before, after, later = (window(wave, starts, ends) for wave in Wave)
    assert before.is_open(starts - timedelta(days=7))
    assert not before.is_open(starts)
    assert before.has_closed(starts)
    assert not after.is_open(ends - timedelta(seconds=1))
    assert after.is_open(ends)
    assert after.closes - after.opens == timedelta(days=14)
    assert (later.opens - ends, later.closes - ends) == (timedelta(weeks=8), timedelta(weeks=12))
