"""The five measures: a real quarterly report gave 77 % and 96 % for one and the same attendance."""

from datetime import date

import pytest

from lms.together import measures, periods
from lms.together.measures import MEASURES, Counts, as_row, share

REPORTED = Counts(capacity=393, cohorts=17, came=269, no_shows=20, cancelled=29, walk_ins=35)
EXPECTED = {
    "fill_rate": ("77.4", 304, 393),
    "attendance": ("93.1", 269, 289),
    "no_show_rate": ("6.9", 20, 289),
    "cancellation_rate": ("9.1", 29, 318),
    "walk_in_share": ("11.5", 35, 304),
}


def test_the_counts_of_the_reported_quarter_add_up():
    assert (REPORTED.booked, REPORTED.still_booked, REPORTED.attended) == (318, 289, 304)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one.key)
def test_the_five_measures_come_to_what_the_reported_quarter_was(measure):
    found = share(measure, as_row(REPORTED, of_rooms=True))
    assert (str(found.percent), found.part, found.whole) == EXPECTED[measure.key]


def test_a_measure_without_one_of_its_counts_is_not_worked_out():
    row = as_row(REPORTED, of_rooms=False)
    assert share(MEASURES[0], row) is None
    for measure in MEASURES[1:]:
        for needed in measure.needs:
            assert share(measure, {name: number for name, number in row.items() if name != needed}) is None


def test_of_nobody_there_is_no_percentage():
    assert [share(one, as_row(Counts(), of_rooms=True)).percent for one in MEASURES] == [None] * 5


def test_halves_go_up():
    assert str(measures.percent(1, 80)) == "1.3"
    assert str(measures.percent(1, 2000)) == "0.1"


def test_quarters_and_financial_years():
    quarter, year = periods.quarter_of(date(2027, 2, 14)), periods.year_of(date(2027, 2, 14))
    assert (quarter.key, quarter.name) == ("2027-01", "January to March 2027")
    assert (year.key, year.name) == ("2026-to-2027", "April 2026 to March 2027")
    assert (quarter.last, year.last) == (date(2027, 3, 31), date(2027, 3, 31))
    assert quarter in year.quarters
    assert periods.year_of(date(2027, 4, 1)).first == date(2027, 4, 1)
    assert [one.key for one in periods.between(date(2026, 3, 31), date(2026, 7, 1))] == [
        "2026-to-2027", "2026-07", "2026-04", "2025-to-2026", "2026-01",
    ]  # fmt: skip
    assert quarter.is_over(date(2027, 4, 1))
    assert not quarter.is_over(date(2027, 3, 31))
