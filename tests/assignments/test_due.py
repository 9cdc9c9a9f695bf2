"""Where somebody stands with a module, as sentences."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assignments.due import FOREVER, ModuleStanding, Standing, Status, standing

TODAY = date(2026, 11, 22)


def stands(today: date = TODAY, **given) -> Standing:
    said = {
        "required": True,
        "due_on": None,
        "started": False,
        "completed_on": None,
        "valid_until": None,
        "exempt_until": None,
    }
    return standing(**{**said, **given}, today=today)


def done(until: date, **given) -> Standing:
    return stands(completed_on=date(2023, 1, 1), valid_until=until, **given)


# --- never completed


def test_somebody_new_has_not_started_and_is_told_by_when():
    found = stands(due_on=date(2027, 3, 31))
    assert (found.status, found.words) == (Status.NOT_STARTED, "Not started, by 31 March 2027")


def test_who_has_begun_is_in_progress():
    found = stands(due_on=date(2027, 3, 31), started=True)
    assert (found.status, found.words) == (Status.IN_PROGRESS, "In progress, by 31 March 2027")


@pytest.mark.parametrize("started", [False, True])
def test_in_the_last_fourteen_days_it_is_due_whether_begun_or_not(started):
    assert stands(due_on=TODAY + timedelta(days=14), started=started).words == "Due in 14 days"
    assert stands(due_on=TODAY + timedelta(days=8), started=started).words == "Due in 8 days"
    assert stands(due_on=TODAY + timedelta(days=1), started=started).words == "Due tomorrow"
    assert stands(due_on=TODAY + timedelta(days=15), started=started).status is not Status.DUE


def test_on_the_day_itself_it_is_due_and_the_day_after_it_is_overdue():
    assert stands(due_on=TODAY).words == "Due today"
    late = stands(due_on=TODAY, today=TODAY + timedelta(days=1))
    assert (late.status, late.words) == (Status.OVERDUE, "Overdue since 22 November")


def test_a_date_of_another_year_is_said_with_its_year():
    assert stands(due_on=date(2025, 10, 1)).words == "Overdue since 1 October 2025"
    assert done(date(2027, 1, 15)).words == "Due 15 January 2027"
    assert done(date(2027, 3, 3), today=date(2027, 1, 2)).words == "Due 3 March"


def test_required_without_a_date_is_neither_due_nor_overdue():
    assert stands().words == "Not started"
    assert stands(started=True).words == "In progress"


# --- completed


def test_a_certificate_with_more_than_ninety_days_to_run_is_in_date():
    found = done(TODAY + timedelta(days=91))
    assert (found.status, found.label, found.words) == (Status.CURRENT, "In date", "In date until 21 February 2027")


def test_in_its_last_ninety_days_it_is_due_to_its_very_last_day():
    assert done(TODAY + timedelta(days=90)).status is Status.DUE
    assert done(TODAY).words == "Due today"


def test_the_day_after_its_last_it_has_expired_even_when_it_is_being_studied_again():
    found = done(TODAY - timedelta(days=1), started=True)
    assert (found.status, found.words) == (Status.EXPIRED, "Expired on 21 November 2026")


def test_a_first_date_long_past_does_not_matter_once_it_was_completed():
    assert done(date(2029, 9, 19), due_on=date(2020, 1, 1)).words == "In date until 19 September 2029"


def test_a_completion_that_never_runs_out_is_in_date():
    found = stands(completed_on=date(2001, 1, 1), due_on=date(2000, 1, 1))
    assert (found.status, found.words, found.on) == (Status.CURRENT, "In date", None)


# --- exempt


def test_an_exemption_covers_what_was_never_done_what_is_late_and_what_has_run_out():
    until = date(2027, 5, 3)
    for one in (
        stands(due_on=date(2027, 3, 31), exempt_until=until),
        stands(due_on=date(2020, 1, 1), started=True, exempt_until=until),
        done(TODAY - timedelta(days=1), exempt_until=until),
        done(TODAY + timedelta(days=30), exempt_until=until),
    ):
        assert (one.status, one.words) == (Status.EXEMPT, "Exempt until 3 May 2027")


def test_who_is_in_date_is_in_date_although_exempt():
    assert done(date(2029, 9, 19), exempt_until=FOREVER).status is Status.CURRENT


def test_an_exemption_counts_on_its_last_day_and_not_after_it():
    assert stands(due_on=date(2020, 1, 1), exempt_until=TODAY).status is Status.EXEMPT
    assert stands(due_on=date(2020, 1, 1), exempt_until=TODAY - timedelta(days=1)).status is Status.OVERDUE


def test_an_exemption_for_good_has_no_date():
    found = stands(exempt_until=FOREVER)
    assert (found.words, found.on) == ("Exempt", None)


# --- not required


def test_what_nobody_asks_for_is_not_required_until_somebody_begins_it():
    assert stands(required=False).words == "Not required"
    assert stands(required=False, started=True).words == "In progress"


def test_what_nobody_asks_for_stays_in_date_to_its_last_day_and_is_never_due_or_late():
    assert done(TODAY, required=False).words == "In date until 22 November 2026"
    ended = done(TODAY - timedelta(days=1), required=False)
    assert ended.status is Status.EXPIRED
    kept = ModuleStanding("m", ended, None, False, date(2023, 1, 1), TODAY - timedelta(days=1), 1)
    assert not kept.is_late


def test_an_exemption_does_not_speak_of_what_nobody_asks_for():
    assert stands(required=False, exempt_until=FOREVER).status is Status.NOT_REQUIRED


# --- back from long leave


def test_back_from_long_leave_nothing_is_late_until_the_first_days_are_over():
    back = TODAY + timedelta(days=30)
    assert stands(due_on=TODAY - timedelta(days=200), not_before=back).words == "Due 22 December"
    assert done(TODAY - timedelta(days=9), not_before=back).status is Status.DUE
    assert done(TODAY - timedelta(days=9), not_before=TODAY - timedelta(days=1)).status is Status.EXPIRED
    assert stands(due_on=date(2027, 3, 31), not_before=back).status is Status.NOT_STARTED


# --- always

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
MAYBE = st.none() | DAYS


@given(
    required=st.booleans(),
    due_on=MAYBE,
    started=st.booleans(),
    until=MAYBE,
    exempt=MAYBE | st.just(FOREVER),
    today=DAYS,
)
def test_without_an_exemption_time_alone_only_moves_a_status_towards_late(
    *, required, due_on, started, until, exempt, today
):
    order = [Status.NOT_REQUIRED, Status.CURRENT, Status.NOT_STARTED, Status.IN_PROGRESS, Status.DUE]
    ranks = {**{status: rank for rank, status in enumerate(order)}, Status.OVERDUE: 9, Status.EXPIRED: 9}
    said = {
        "required": required,
        "due_on": due_on,
        "started": started,
        "completed_on": until and date(2023, 1, 1),
        "valid_until": until,
    }
    before = standing(**said, exempt_until=None, today=today)
    after = standing(**said, exempt_until=None, today=today + timedelta(days=1))
    assert ranks[after.status] >= ranks[before.status]
    covered = standing(**said, exempt_until=exempt, today=today)
    assert covered.status in (before.status, Status.EXEMPT)
    assert before.words
    assert covered.words
