"""How long a certificate is in date, and what is said about it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.validity import State, programme_valid_until, state, valid_until

UNTIL = date(2029, 9, 19)


@pytest.mark.parametrize(
    ("completed", "months", "until"),
    [
        (date(2026, 9, 19), 36, date(2029, 9, 19)),
        (date(2026, 9, 19), 1, date(2026, 10, 19)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
    ],
)
def test_a_certificate_is_in_date_until_the_same_day_so_many_months_later(completed, months, until):
    assert valid_until(completed, months) == until


@given(st.dates(date(2000, 1, 1), date(2200, 12, 31)), st.integers(1, 120))
def test_only_a_missing_day_is_moved_and_only_back_within_its_month(completed, months):
    until = valid_until(completed, months)
    assert (until.year * 12 + until.month) - (completed.year * 12 + completed.month) == months
    assert until.day == completed.day or (until.day < completed.day and (until + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("months", [0, -1])
def test_less_than_a_month_is_refused(months):
    with pytest.raises(ValueError, match="at least one month"):
        valid_until(date(2026, 9, 19), months)


def test_the_last_day_still_counts():
    assert state(UNTIL, None, UNTIL) == State("valid", "Valid")


def test_the_day_after_it_has_expired_and_names_the_date_on_the_certificate():
    assert state(UNTIL, None, UNTIL + timedelta(days=1)) == State("expired", "Expired on 19 September 2029", UNTIL)


def test_a_withdrawal_counts_from_its_own_day():
    withdrawn = date(2027, 3, 5)
    assert state(UNTIL, withdrawn, date(2027, 3, 4)).kind == "valid"
    assert state(UNTIL, withdrawn, withdrawn) == State("revoked", "Withdrawn on 5 March 2027", withdrawn)


def test_a_withdrawn_certificate_is_never_called_only_expired():
    withdrawn = date(2027, 3, 5)
    assert state(UNTIL, withdrawn, date(2035, 1, 1)) == State("revoked", "Withdrawn on 5 March 2027", withdrawn)
    assert state(UNTIL, date(2030, 1, 1), date(2035, 1, 1)).kind == "revoked"


@pytest.mark.parametrize(
    ("months", "until"), [(None, date(2027, 3, 1)), (48, date(2027, 3, 1)), (5, date(2027, 2, 28))]
)
def test_a_programmes_lasts_as_long_as_its_first_module_or_its_own_months_if_shorter(months, until):
    ends = [date(2029, 1, 1), date(2027, 3, 1), date(2028, 1, 1)]
    assert programme_valid_until(ends, date(2026, 9, 30), months) == until
