"""When somebody is reminded: the rules as sentences, over leap days, clock changes and days off of the worker."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assignments.due import ModuleStanding, standing
from lms.chasing import stages
from lms.chasing.stages import Item, LeftOut

DUE = date(2027, 6, 30)
SUMMARY = "had a summary by mail today; leave it until tomorrow"


def days(number: int) -> timedelta:
    return timedelta(days=number)


def run(last_day: date, mornings: list[date]) -> list[tuple[str, int]]:
    """The stages sent for one date when the worker runs on these mornings, each with the days left."""
    item, sent, last, found = Item("module", last_day, "Due", is_late=False), {}, None, []
    for today in mornings:
        for name in stages.due_today([item], today, {("module", last_day): sent}, last).values():
            sent[name] = last = today
            found.append((name, (last_day - today).days))
    return found


def every_day(first: date, number: int) -> list[date]:
    return [first + days(one) for one in range(number)]


def test_before_the_date_and_after_it_each_stage_comes_once():
    assert run(DUE, every_day(DUE - days(200), 500)) == [
        ("before-90", 90), ("before-30", 30), ("before-7", 7),
        ("after-1", 0), ("after-2", -14), ("after-3", -28), ("after-4", -42),
    ]  # fmt: skip


def test_after_the_worker_was_down_one_stage_is_sent_and_not_three():
    assert run(DUE, [DUE - days(100), DUE - days(5), DUE - days(4)]) == [("before-7", 5)]
    assert run(DUE, [DUE + days(20), DUE + days(21), DUE + days(33), DUE + days(34)]) == [
        ("after-1", -20), ("after-2", -34),
    ]  # fmt: skip


def test_who_was_late_long_before_anybody_was_reminded_gets_four_and_then_peace():
    assert [left for _, left in run(DUE, every_day(DUE + days(400), 200))] == [-400, -414, -428, -442]


def test_a_stage_that_falls_into_the_rest_after_another_reminder_comes_when_the_rest_is_over():
    item = Item("module", DUE, "Due", is_late=False)
    reminded = DUE - days(8)
    found = [stages.due_today([item], DUE - days(left), {}, reminded) for left in (7, 6, 5)]
    assert found == [{}, {}, {item: "before-7"}]


@pytest.mark.parametrize(
    "last_day", [date(2028, 2, 29), date(2028, 3, 1), date(2027, 3, 28), date(2027, 10, 31), date(2027, 1, 1)]
)
def test_leap_days_changes_of_the_clock_and_the_year_shift_nothing(last_day):
    assert [left for _, left in run(last_day, every_day(last_day - days(120), 240))] == [90, 30, 7, 0, -14, -28, -42]


@given(st.sets(st.integers(-150, 200)), st.integers(0, 700))
def test_whatever_mornings_the_worker_runs_nothing_comes_twice_too_often_or_too_close(mornings, shift):
    last_day = DUE + days(shift)
    found = run(last_day, [last_day + days(one) for one in sorted(mornings)])
    names, lefts = [name for name, _ in found], [left for _, left in found]
    assert len(set(names)) == len(names) <= 7
    assert all(before - after > 2 for before, after in pairwise(lefts))
    assert sum(left <= 0 for left in lefts) <= 4
    for name, left in found:
        if name.startswith("before-"):
            assert 0 < left <= int(name.removeprefix("before-"))


def cell(status_of: dict, **kept) -> ModuleStanding:
    given = {"required": True, "due_on": DUE, "started": False, "completed_on": None, "valid_until": None,
             "exempt_until": None} | status_of  # fmt: skip
    today = kept.pop("today", DUE - days(20))
    found = standing(**given, today=today)
    return ModuleStanding("module", found, given["due_on"], given["required"], None, given["valid_until"], None)


@pytest.mark.parametrize(
    ("what", "is_chased"),
    [
        ({}, True),
        ({"started": True}, True),
        ({"required": False}, False),
        ({"exempt_until": date.max}, False),
        ({"completed_on": date(2024, 7, 1), "valid_until": DUE}, True),
        ({"completed_on": date(2024, 7, 1), "valid_until": DUE - days(300)}, True),
        ({"completed_on": date(2026, 7, 1), "valid_until": DUE + days(300)}, False),
        ({"completed_on": date(2026, 7, 1), "valid_until": None}, False),
        ({"required": False, "completed_on": date(2020, 7, 1), "valid_until": DUE - days(300)}, False),
    ],
)
def test_only_what_is_asked_and_not_done_is_chased(what, is_chased):
    assert bool(stages.items([cell(what)])) is is_chased


def test_a_manager_reminds_of_what_is_late_or_due_soon_and_the_clock_earlier_too():
    assert stages.items([cell({}, today=DUE - days(20))], stages.ASKED_FOR) == []
    assert len(stages.items([cell({}, today=DUE - days(14))], stages.ASKED_FOR)) == 1


def test_a_manager_hears_of_it_from_the_fourteenth_day():
    late = Item("module", DUE, "Overdue", is_late=True)
    assert [stages.is_long_late(late, DUE + days(number)) for number in (13, 14, 400)] == [False, True, True]
    assert not stages.is_long_late(Item("module", DUE, "Due", is_late=False), DUE + days(20))


@pytest.mark.parametrize(
    ("given", "why", "words"),
    [
        ({}, None, ""),
        ({"active": False}, LeftOut.NO_ACCOUNT, "has no account in use, so no mail would reach them"),
        ({"has_items": False}, LeftOut.NOTHING_LATE, "has nothing overdue or due soon"),
        ({"last": DUE}, LeftOut.RESTS, "was reminded today; leave two days"),
        ({"last": DUE - days(1)}, LeftOut.RESTS, "was reminded yesterday; leave two days"),
        ({"last": DUE - days(2)}, LeftOut.RESTS, "was reminded on 28 June; leave two days"),
        ({"last": DUE - days(3)}, None, ""),
        (
            {"last": DUE - days(3), "told_on": DUE},
            LeftOut.TOLD_TODAY,
            "had a summary by mail today; leave it until tomorrow",
        ),
    ],
)
def test_why_somebody_is_left_out_now(given, why, words):
    asked = {"active": True, "has_items": True, "last": None, "told_on": None} | given
    assert stages.why_not(**asked, today=DUE) is why
    if why:
        assert stages.in_words(why, asked["last"], DUE) == words


def test_the_mail_of_an_assignment_stands_for_the_stage_reached_on_its_day():
    day = date(2026, 6, 1)
    told = {stages.by_assigning(day): day}
    later = {number: day + timedelta(days=number) for number in (5, 10, 14, 40)}
    assert stages.stage(later[40], day, told) is None
    assert stages.stage(later[40], later[10], told) == "before-30"
    assert stages.stage(day, day, told) is None
    assert stages.stage(day, later[10], told) is None
    assert stages.stage(day, later[14], told) == "after-2"
    assert stages.stage(later[5], later[5], told) == "after-1"
