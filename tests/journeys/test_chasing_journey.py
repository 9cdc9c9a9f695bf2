"""A manager on a phone finds who is late, reminds them, takes the list along, and can explain every figure of it."""

import csv
import re

import pytest
from playwright.sync_api import Browser, Page

from tests.support.hands import Hands, Keyboard, Pointer
from tests.support.pages import OVERFLOW, PASSWORD, visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FIGURES = re.compile(r"(\d+) of (\d+) requirements? (?:is|are) in date \((\d+)%\)")
LATE_PEOPLE = re.compile(r"(\d+) of (\d+) people (?:has|have) something overdue or expired")
MOST_PRESSES = 6  # sign in, My team, Remind, Send, Back, CSV


class Manager:
    """Somebody who manages people, pressing one thing after the other."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.page: Page = hands.page
        self.presses = 0

    def press(self, role: str, name: str | re.Pattern[str]) -> None:
        wanted = self.page.get_by_role(role, name=name, exact=True if isinstance(name, str) else None)  # type: ignore[arg-type]
        self.hands.press(wanted.first)
        self.presses += 1
        assert self.page.evaluate(OVERFLOW) == 0, self.page.url

    def sign_in(self, address: str) -> None:
        self.page.goto("/sign-in")
        self.hands.write(self.page.get_by_label("Work e-mail"), address)
        self.hands.write(self.page.get_by_label("Password", exact=True), PASSWORD)
        self.press("button", "Sign in")

    def words(self) -> str:
        return " ".join(self.page.locator("main").inner_text().split())

    def take_csv(self) -> list[dict[str, str]]:
        file = self.hands.download(self.page.get_by_role("link", name="CSV", exact=True))
        self.presses += 1
        with open(file.path(), encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("account", "how"), [("manager", Keyboard), ("person09", Pointer)], ids=["by keyboard alone", "without scripts"]
)
def test_who_is_late_is_found_reminded_and_taken_along_on_a_phone(served, browser: Browser, account, how):
    context = visitor(browser, served, scripts=how is Keyboard)
    manager = Manager(how(context.new_page()))
    manager.sign_in(f"{account}@demo.example")
    manager.press("link", "My team")
    said = manager.words()
    (in_date, required, percent), (late, people) = FIGURES.search(said).groups(), LATE_PEOPLE.search(said).groups()
    own = manager.page.locator("section.phone summary", has_text="late").count()
    assert own == int(late)
    manager.press("link", re.compile("^Remind the "))
    reminded = manager.page.locator("input[name=person]:checked").count()
    assert int(late) - 1 <= reminded <= int(late), "everybody who is late, but perhaps not the manager"
    assert f"Remind {reminded} " in manager.page.locator("h1").inner_text()
    manager.press("button", re.compile("^Send (this reminder|[0-9]+ reminders)$"))
    assert manager.page.locator("h1").inner_text().startswith(f"{reminded} reminder")
    manager.press("link", "Back to My team")
    rows = manager.take_csv()
    asked = [one for one in rows if one["Required"] == "yes" and one["Status"] != "exempt"]
    good = [one for one in asked if one["In date until"] or one["Status"] == "current"]
    assert (len(good), len(asked)) == (int(in_date), int(required)), "the file and the page count differently"
    assert len({one["E-mail"] for one in rows}) == int(people)
    assert int(percent) in (100 * len(good) // len(asked), round(100 * len(good) / len(asked)))
    assert manager.presses <= MOST_PRESSES
    explained = manager.page.locator("details", has_text="How this is counted").first.text_content()
    assert f"{in_date} of {required} is {percent}%" in " ".join(str(explained).split())
    manager.press("link", re.compile("^Remind the "))
    assert "Nobody here can be reminded now." in manager.words(), "somebody would be reminded twice in a minute"
    assert "was reminded today; leave two days" in manager.words()
    if isinstance(manager.hands, Keyboard):
        assert manager.hands.faults == {}
    context.close()


def test_the_demo_shows_what_is_asked_beside_the_core_and_what_was_decided(served, browser: Browser):
    def words(account: str, address: str, then: str = "") -> str:
        context = visitor(browser, served)
        there = Manager(Pointer(context.new_page()))
        there.sign_in(f"{account}@demo.example")
        there.page.goto(address)
        if then:
            there.page.goto(
                there.page.get_by_role("link", name=then, include_hidden=True).first.get_attribute("href") or ""
            )
        found = there.words()
        context.close()
        return found

    needed = words("staff", "/record/needed")
    for why in ("You take over as family’s lead", "You visit families at home", "Joint days are where you learn it"):
        assert why in needed
    assert "Level 3: plans with families" in words("coordinator", "/requirements/levels/")
    listed = words("manager", "/requirements/")
    assert "8 hours within any 3 years." in listed
    assert "Asked at Fernshire Community Health of Health visitor or Community nursery nurse." in listed
    assert "Brackenford College" in words("coordinator", "/requirements/equivalents")
    assert "Ben Whitlock stands in for you" in words("manager", "/people/deputies")
    assert "return not known" in words("manager", "/reports/completion?q=Priya", "Priya Nair")
