"""A trainer's day on a phone: the register, the tables, and signing in by the code of the room."""

import pytest
from playwright.sync_api import Browser, Page

from lms.core import clock
from lms.demo.joint_days import weekday
from tests.support.hands import Pointer
from tests.support.pages import OVERFLOW, PASSWORD, visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# The demo has a joint day today, save at a weekend; then the one that has been is marked anew.
TODAY = "One plan for Jayden" if weekday(clock.today()) == clock.today() else "Who leads, and who decides"


def signed_in(browser: Browser, served: str, *, scripts: bool = True) -> Page:
    """A trainer on a phone, at the cohorts they run."""
    page = visitor(browser, served, scripts=scripts).new_page()
    page.goto("/sign-in")
    page.get_by_label("Work e-mail").fill("trainer@demo.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    Pointer(page).press(page.get_by_role("button", name="Sign in"))
    Pointer(page).press(page.get_by_role("link", name="Cohorts", exact=True).first)
    return page


def fits(page: Page) -> None:
    assert page.evaluate(OVERFLOW) == 0, page.url


@pytest.mark.parametrize(("scripts", "who"), [(True, 0), (False, 1)])
def test_the_register_is_taken_on_a_phone(served, browser, scripts, who):
    """Minutes decide: whoever came two hours late is marked late, and has not attended. One button marks the rest."""
    page = signed_in(browser, served, scripts=scripts)
    Pointer(page).press(page.get_by_role("link", name=TODAY).first)
    Pointer(page).press(page.get_by_role("link", name="Register").first)
    people = page.locator("fieldset.marks").count()
    assert people > 10
    line = page.locator("fieldset.marks").nth(who)
    Pointer(page).touch(line.get_by_text("Late", exact=True))
    Pointer(page).touch(line.locator("summary"))
    line.get_by_label("Came at").fill("11:30")
    fits(page)
    rest = page.get_by_role("button", name="Save, and mark everybody else present")
    Pointer(page).press(rest if rest.count() else page.get_by_role("button", name="Save the register"))
    assert page.locator(".said").inner_text().startswith("Saved.")
    assert f"{people} of {people} people marked" in page.locator("main").inner_text()
    line = page.locator("fieldset.marks").nth(who)
    assert line.get_by_label("Late", exact=True).is_checked()
    assert line.get_by_label("Came at").input_value() == "11:30"
    assert "less than 90%, not attended" in line.inner_text()
    fits(page)
    page.context.close()


def test_tables_are_changed_on_a_phone_when_somebody_is_missing(served, browser):
    page = signed_in(browser, served)
    Pointer(page).press(page.get_by_role("link", name="One plan for Jayden").first)
    Pointer(page).press(page.get_by_role("link", name="Tables").first)
    fits(page)
    Pointer(page).press(page.get_by_role("link", name="Someone is missing, or came"))
    page.locator("input[name=missing]").first.check()
    page.get_by_label("Seat anew from").select_option("1")
    Pointer(page).press(page.get_by_role("button", name="Seat the room anew"))
    assert page.locator(".said").inner_text().startswith("Seated anew.")
    fits(page)
    Pointer(page).press(page.get_by_role("link", name="As a list"))
    assert page.locator("main tbody tr").count() >= 23
    fits(page)
    page.context.close()


def test_the_code_on_the_screen_opens_on_a_phone(served, browser):
    """The address beside the picture is what the picture holds."""
    page = signed_in(browser, served)
    Pointer(page).press(page.get_by_role("link", name="One plan for Jayden").first)
    Pointer(page).press(page.get_by_role("link", name="Register").first)
    Pointer(page).press(page.get_by_role("link", name="Code for the room"))
    fits(page)
    address = page.locator(".scan .small").inner_text().replace("\u200b", "").strip()
    page.goto(address)
    assert page.locator("h1").inner_text() in ("You cannot sign in by phone now", "Are you here, Rosa Penrose?")
    fits(page)
    page.context.close()
