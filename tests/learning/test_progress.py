"""The rules of progress, without web or database."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.core.clock import months_later
from lms.learning.progress import Next, Progress, may_start_again

PAGES = ["one", "two", "three", "four"]
QUIZZES = ["check", "story"]


def at(*read: str, passed: tuple[str, ...] = ()) -> Progress:
    return Progress(PAGES, QUIZZES, read, passed)


def test_continue_leads_to_the_next_unread_page():
    assert at("one").after("one") == Next(page="two")
    assert at("one", "two").after("one") == Next(page="three")


def test_a_page_left_out_comes_after_the_last_page():
    assert at("one", "three").after("four") == Next(page="two")


def test_after_the_pages_come_the_quizzes_in_order_then_the_front():
    assert at(*PAGES).after("four") == Next(quiz="check")
    assert at(*PAGES, passed=("check",)).after("four") == Next(quiz="story")
    assert at(*PAGES, passed=("story",)).after("four") == Next(quiz="check")
    assert at(*PAGES, passed=("check", "story")).after("four") == Next()


def test_who_reads_a_finished_module_again_goes_from_page_to_page():
    assert at(*PAGES, passed=("check", "story")).after("two") == Next(page="three")


def test_carrying_on_begins_after_the_page_last_read_even_when_earlier_ones_were_left_out():
    assert at("three").resume("three") == Next(page="four")
    assert at("three", "four").resume("four") == Next(page="one")


def test_carrying_on_when_nothing_is_read_or_the_last_page_is_gone_begins_at_the_first_unread_page():
    assert at().resume("") == Next(page="one")
    assert at("one").resume("a-page-that-was-renamed") == Next(page="two")


@given(st.sets(st.sampled_from(PAGES)), st.sets(st.sampled_from(QUIZZES)), st.sampled_from(PAGES))
def test_a_second_press_of_continue_leads_to_the_same_place(read: set[str], passed: set[str], page: str):
    before, again = Progress(PAGES, QUIZZES, read, passed), Progress(PAGES, QUIZZES, read | {page}, passed)
    assert before.after(page) == again.after(page)


@given(st.sets(st.sampled_from(PAGES)), st.sets(st.sampled_from(QUIZZES)))
def test_following_continue_reads_every_page_and_ends(read: set[str], passed: set[str]):
    page, presses = "one", 0
    while page:
        read, presses = read | {page}, presses + 1
        page = Progress(PAGES, QUIZZES, read, passed).after(page).page or ""
        assert presses <= 2 * len(PAGES)
    assert read == set(PAGES)


def test_complete_means_every_page_and_every_quiz():
    assert at(*PAGES, passed=("check", "story")).is_complete
    assert not at(*PAGES, passed=("check",)).is_complete
    assert not at("one", "two", "three", passed=("check", "story")).is_complete
    assert not Progress([], []).is_complete


def test_pages_that_no_longer_exist_count_for_nothing():
    assert at("one", "gone").pages_read == 1


def test_a_module_may_be_started_again_from_90_days_before_its_certificate_ends():
    ends = months_later(date(2026, 3, 1), 36)
    assert not may_start_again(date(2026, 3, 1), 36, ends - timedelta(days=91))
    assert may_start_again(date(2026, 3, 1), 36, ends - timedelta(days=90))
    assert may_start_again(date(2026, 3, 1), 36, ends + timedelta(days=400))
