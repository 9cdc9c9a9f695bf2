"""Pages by key: each line once, and nothing in an address that counts."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.acts.pages import Key, after, read

AT = datetime(2026, 11, 3, 9, 30, 0, 17, tzinfo=UTC)
EARLIER = AT - timedelta(microseconds=1)


def test_a_key_is_read_as_it_was_written():
    for key in (Key(AT), Key(AT, 7)):
        assert read(key.text) == key


@pytest.mark.parametrize(
    "written", ["", "-", "x", "12", "-3", "12-", "1²-1", "9" * 40 + "-1", "9" * 25 + "-1", "1-2-3"]
)
def test_what_nobody_handed_out_is_the_first_page(written):
    assert read(written) is None


def test_lines_of_one_moment_are_counted_on_over_pages():
    assert after([AT, EARLIER], None) == Key(EARLIER, 1)
    assert after([AT, AT], None) == Key(AT, 2)
    assert after([AT, AT], Key(AT, 2)) == Key(AT, 4)
    assert after([AT, EARLIER], Key(AT, 2)) == Key(EARLIER, 1)
