"""The pages that explain the service: open to all, and true."""

import pytest

from lms.core.db import Base
from lms.home import stored


@pytest.mark.parametrize("endpoint", ["home.help_page", "home.who_sees_what", "home.privacy", "home.accessibility"])
def test_they_are_open_to_everybody(nobody, make, as_user, endpoint):
    nobody.get(endpoint)
    as_user(make.person()).get(endpoint)


def test_the_privacy_page_names_every_table_and_no_other(nobody):
    told = [table for group in stored.GROUPS for table in group.tables]
    assert sorted(told) == sorted(Base.metadata.tables)
    page = nobody.get("home.privacy")
    assert [one.text_content() for one in page.all("//main//dt/code")] == told


def test_help_says_where_to_turn_when_worried_about_a_child_and_invents_no_contact(nobody):
    page = nobody.get("home.help_page")
    [section] = page.all("//section[.//*[@id='worried']]")
    assert "Do not write about it here" in section.text_content()
    assert "999" in section.text_content()
    assert page.all("//*[@id='sign-in']")
    assert "training coordinator" in page.words
    assert "@" not in page.words


def test_anyone_finds_the_check_of_certificates(nobody):
    [link] = nobody.get("home.help_page").all("//main//section[.//*[@id='check']]//a/@href")
    nobody.get(link)


def test_the_table_says_that_nobody_else_sees_notes_and_answers(nobody):
    page = nobody.get("home.who_sees_what")
    rows = {row.xpath("string(th)"): row.xpath("string(td[1])") for row in page.all("//tbody/tr")}
    assert rows["Your notes"].startswith("Nobody.")
    assert rows["What you need on a joint day, if you wrote anything"] == "Its trainers"
    (answers,) = [words for what, words in rows.items() if what.startswith("Your answers and scores")]
    assert answers.startswith("Nobody.")
    assert "ten people or more together" in answers


def test_the_accessibility_page_admits_what_is_not_known(nobody):
    words = nobody.get("home.accessibility").words
    assert "Nobody who uses a screen reader every day has tested it with us yet" in words
    assert "Safari or Firefox" in words


def test_the_privacy_page_says_of_everything_how_long_it_is_kept_and_on_what_ground(nobody):
    assert [group.title for group in stored.GROUPS if not (group.how_long and group.basis)] == []
    words = nobody.get("home.privacy").words
    assert "Your notes go 24 months after you last saved them" in words
    assert "{" not in words
