"""Hours by kind: two ways to split them, each adding up to all."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from lms.passport.hours import Lesson, Year, by_year

lessons = some.lists(
    some.builds(
        Lesson,
        some.dates(date(2020, 1, 1), date(2030, 12, 31)),
        some.integers(0, 600),
        participatory=some.booleans(),
        agencies=some.integers(0, 9),
    )
)


def test_a_module_is_other_and_single_agency_and_a_mixed_room_is_neither():
    module = Lesson(date(2026, 3, 1), 40)
    room = Lesson(date(2026, 3, 2), 360, participatory=True, agencies=4)
    assert by_year([module, room]) == [Year(2026, 360, 40, 360, 40)]


def test_a_room_of_one_agency_is_with_others_and_yet_single_agency():
    assert by_year([Lesson(date(2026, 3, 2), 360, participatory=True, agencies=1)]) == [Year(2026, 360, 0, 0, 360)]


def test_new_year_divides_and_the_newest_year_comes_first():
    years = by_year([Lesson(date(2025, 12, 31), 10), Lesson(date(2026, 1, 1), 20)])
    assert [(one.year, one.minutes) for one in years] == [(2026, 20), (2025, 10)]


@given(lessons)
def test_each_pair_adds_up_to_all_and_no_minute_is_lost(given_lessons):
    years = by_year(given_lessons)
    assert sum(one.minutes for one in years) == sum(one.minutes for one in given_lessons)
    assert all(one.participatory + one.other == one.multi_agency + one.single_agency for one in years)
    assert [one.year for one in years] == sorted({one.day.year for one in given_lessons}, reverse=True)
