"""The joint days of the demo."""

from datetime import date

from lms.demo.joint_days import weekday


def test_joint_days_are_on_weekdays():
    friday, saturday, sunday, monday = (date(2026, 12, day) for day in (11, 12, 13, 14))
    assert [weekday(day) for day in (friday, saturday, sunday, monday)] == [friday, monday, monday, monday]
