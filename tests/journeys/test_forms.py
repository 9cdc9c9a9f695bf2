"""The forms by which people say what is asked, of whom, and what counts: as they open, filled in, and refused.

A crawl follows links and so never sends a form. Here each one is sent, wrong and right, and every page that comes back
is shown to axe on a phone and on a desk.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.support import axe
from tests.support.pages import DESK, OVERFLOW, PHONE, sign_in, visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]

LATER = (date.today() + timedelta(days=40)).isoformat()
EARLIER = (date.today() - timedelta(days=40)).isoformat()
# Every box of a form emptied, or filled with what is too long and no date; lists and ticks are left as they are.
WRONG = """text => {
  const form = document.querySelector("main form[method=post]:has(.btn:not(.text))");
  form.noValidate = true;
  form.closest("details")?.setAttribute("open", "");
  const boxes = "input:not([type=hidden], [type=checkbox], [type=radio]), textarea";
  for (const box of form.querySelectorAll(boxes)) {
    box.removeAttribute("maxlength");
    box.type = "text";
    box.value = text;
  }
}"""
SUBMIT = "main form[method=post]:has(.btn:not(.text)) .btn:not(.text)"


class Seen:
    """What axe and the width of pages say of everything that was looked at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    def look(self, what: str) -> None:
        """Note what is wrong with the page as it is now."""
        for words, size in (("on a phone", PHONE), ("on a desk", DESK)):
            self.page.set_viewport_size(size)
            if (wider := self.page.evaluate(OVERFLOW)) > 0:
                self.faults.append(f"{what}, {words}: scrolls sideways by {wider} pixels")
            self.faults += [f"{what}, {words}: axe: {one}" for one in axe.violations(self.page)]

    def open(self, address: str) -> None:
        """Open a page and look at it."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"
        self.look(address)

    def refused(self, address: str) -> None:
        """Send the form of a page empty and full of nonsense, and look at both answers."""
        for what, text in (("empty", ""), ("nonsense", "never " * 120)):
            self.page.goto(address)
            self.page.evaluate(WRONG, text)
            with self.page.expect_navigation() as came:
                self.page.locator(SUBMIT).first.click()
            assert came.value.status == 422, f"{address}, {what}: {came.value.status}"
            assert self.page.locator("[role=alert] a[href^='#'], .problems a[href^='#']").count(), f"{address}, {what}"
            self.look(f"{address}, refused, {what}")

    def send(self, what: str, filled: dict[str, str], button: str = SUBMIT) -> None:
        """Fill boxes in by name, look, send, and look at what comes."""
        for name, text in filled.items():
            box = self.page.locator(f"main [name={name}]").first
            if box.evaluate("one => one.tagName") == "SELECT":
                box.select_option(text or None, index=None if text else 1)
            else:
                box.fill(text)
        self.look(f"{what}, filled in")
        with self.page.expect_navigation() as came:
            self.page.locator(button).first.click()
        assert came.value.status == 200, f"{what}: {came.value.status}"
        self.look(f"{what}, sent")

    def link(self, part: str) -> str:
        """The address of the first link on this page that holds these characters."""
        found = self.page.locator(f"main a[href*='{part}']").first.get_attribute("href")
        assert found, part
        return found


Looking = Callable[[str], Seen]


@pytest.fixture
def looking(browser: Browser, served: str) -> Iterator[Looking]:
    """Somebody of the demo, signed in, in a browser of their own."""
    contexts = []

    def start(who: str) -> Seen:
        context = visitor(browser, served)
        contexts.append(context)
        sign_in(context, who)
        return Seen(context.new_page())

    yield start
    for context in contexts:
        context.close()


def test_leave_and_what_was_learned_elsewhere(looking):
    seen = looking("manager")
    seen.page.goto("/reports/completion")
    person = seen.link("/reports/people/")
    for form in ("leave/new", "learning/new"):
        seen.open(person + form)
        seen.refused(person + form)
    seen.page.goto(person + "leave/new")
    seen.send("leave", {"first_day": EARLIER})
    back = next(one for one in _links(seen.page, "/leave/") if not one.endswith("new"))
    seen.open(back)
    seen.refused(back)
    seen.page.goto(person + "learning/new")
    seen.send(
        "learning",
        {"target": "", "course": "First aid", "provider": "Somebody", "completed_on": EARLIER, "evidence": "A paper"},
    )
    learned = next(one for one in _links(seen.page, "/learning/") if not one.endswith("new"))
    seen.open(learned)
    seen.refused(learned)
    assert seen.faults == []


def test_assigning(looking):
    seen = looking("manager")
    seen.open("/chasing/assign")
    seen.refused("/chasing/assign")
    seen.page.goto("/chasing/assign")
    seen.send("assign", {"due_on": LATER, "why": "For the new team"})
    seen.send("assign, looked at", {}, "main button[value=assign]")
    seen.open("/chasing/assigned")
    back = seen.link("/withdraw")
    seen.open(back)
    seen.refused(back)
    assert seen.faults == []


def test_what_is_asked_levels_and_courses_elsewhere(looking):
    seen = looking("coordinator")
    seen.open("/requirements/")
    seen.open("/requirements/new")
    seen.refused("/requirements/new")
    seen.page.goto("/requirements/new")
    seen.send("requirement", {"what": "", "why": "The board decided it", "first_day": LATER})
    seen.send("requirement, looked at", {}, "main button[value=save]")
    one = seen.page.url
    seen.open(one)
    change = seen.link("/change")
    seen.open(change)
    seen.refused(change)
    for address in ("/requirements/levels/", "/requirements/levels/new", "/requirements/equivalents"):
        seen.open(address)
    seen.refused("/requirements/levels/new")
    seen.refused("/requirements/equivalents")
    seen.page.goto("/requirements/levels/")
    level = next(one for one in _links(seen.page, "/requirements/levels/") if not one.endswith(("new", "levels/")))
    seen.open(level)
    seen.refused(level)
    assert seen.faults == []


def test_files_and_views(looking):
    seen = looking("manager")
    for address in ("/exports/", "/exports/views"):
        seen.open(address)
    seen.page.goto("/reports/completion")
    box = seen.page.locator("form[action*='/views'] [name=name]").first
    box.evaluate(
        "one => { one.removeAttribute('maxlength'); one.form.noValidate = true; one.value = 'x'.repeat(200); }"
    )
    with seen.page.expect_navigation() as came:
        box.evaluate("one => one.form.requestSubmit()")
    assert came.value.status == 422
    seen.look("a view, refused")
    seen.send("a view", {"name": "My people"})
    seen.open("/exports/views")
    seen.refused("/exports/views")
    assert seen.faults == []


def _links(page: Page, part: str) -> list[str]:
    return [one.get_attribute("href") or "" for one in page.locator(f"main a[href*='{part}']").all()]
