"""A trainer builds a cohort of 24 from 60 nominations, changes it and publishes it: by keyboard alone, and without any
script. The real server and the real worker are beside them.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page

from lms.core import clock
from lms.demo.joint_days import weekday
from tests.support import axe
from tests.support.hands import Hands, Keyboard, Pointer
from tests.support.pages import DESK, OVERFLOW, PASSWORD, PHONE
from tests.support.server import serving, working

pytestmark = [pytest.mark.slow, pytest.mark.browser]

EVERYBODY = [*(f"person{number:02d}@demo.example" for number in range(1, 61) if number != 41), "staff@demo.example"]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of one's own, so that what is built here is in nobody's way, with a worker."""
    folder = tmp_path_factory.mktemp("planned")
    with serving(folder) as address, working(folder, address):
        yield address


class Trainer:
    """Somebody who builds a cohort, page by page; `seen` is told of each page."""

    def __init__(self, page: Page, hands: Hands, seen: Callable[[Page], None]) -> None:
        self.page, self.hands, self.seen = page, hands, seen

    def link(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("link", name=name).first

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name).first

    def open(self, target: Locator) -> None:
        self.hands.press(target)
        self.seen(self.page)

    def write_in_parts(self, label: str, typed: str, kept: str) -> None:
        """A date or a time: its parts by keyboard, as Debian’s Chromium asks for them; else the whole value."""
        field = self.page.get_by_label(label, exact=True)
        if isinstance(self.hands, Keyboard):
            self.hands.reach(field)
            self.page.keyboard.type(typed)
        else:
            field.fill(kept)
        assert field.input_value() == kept

    def status(self) -> str:
        return self.page.get_by_role("status").first.inner_text()

    def words(self) -> str:
        return " ".join(self.page.locator("main").inner_text().split())

    def sign_in(self) -> None:
        self.page.goto("/")
        self.hands.write(self.page.get_by_label("Work e-mail"), "trainer@demo.example")
        self.hands.write(self.page.get_by_label("Password"), PASSWORD)
        self.open(self.button("Sign in"))

    def make_programme(self, title: str, day: date) -> None:
        self.open(self.link("Cohorts"))
        self.open(self.link("Programmes of dates"))
        self.open(self.link("New programme"))
        self.hands.write(self.page.get_by_label("Title"), title)
        self.hands.write(self.page.get_by_label("Largest share of a team away on one day, in percent"), "50")
        self.open(self.button("Create"))
        self.write_in_parts("Date", f"{day:%m%d%Y}", day.isoformat())
        self.write_in_parts("From", "0930AM", "09:30")
        self.write_in_parts("Until", "0330PM", "15:30")
        self.hands.write(self.page.get_by_label("Place, or an https link"), "Fern Hall")
        self.open(self.button("Add this date"))

    def nominate(self) -> None:
        self.open(self.link("Nominations"))
        self.hands.touch(self.page.get_by_text("Add by their addresses"))
        self.hands.write(self.page.get_by_label("Work e-mails"), ", ".join(EVERYBODY))
        self.open(self.page.get_by_role("button", name="Add", exact=True))
        assert "60 people are on the list." in self.words()

    def wait_for_the_plan(self) -> None:
        for _ in range(90):
            if "Working out the plan" not in self.words():
                break
            self.page.wait_for_timeout(1000)
            self.hands.press(self.link("Look again"))
        self.seen(self.page)

    def work_out(self, title: str) -> None:
        self.open(self.link(title))
        self.open(self.link("Work out a plan"))
        self.open(self.button("Work out a plan"))
        self.wait_for_the_plan()
        assert "24 people have a place, of 60. Nothing is sent until you publish." in self.words()
        assert re.search(r"The average person will meet [0-9.]+ new people from other agencies", self.words())
        assert "36 people wait, and why" in self.words()

    def adjust(self) -> str:
        """Leave somebody out, put one who waits in their place, and work it out around that; who was put in."""
        seat = self.page.locator(".groups section[class] input[type=checkbox]").first
        self.hands.tick(seat)
        self.open(self.button("Leave out"))
        assert "left out. Average " in self.status()
        before = self.page.locator("details.more summary").count()
        assert before
        for number in range(before):
            self.hands.touch(self.page.locator("details.more summary").nth(number))
        for row in self.page.locator("details.more label").all():
            if "cannot be placed" not in row.inner_text() and "Left out by you" not in row.inner_text():
                break
        name = row.locator("b").inner_text()
        self.hands.tick(row.locator("input"))
        self.open(self.page.get_by_role("button", name="Move", exact=True))
        if self.page.locator("#reason").count():
            self.hands.write(self.page.locator("#reason"), "Asked for by the agency")
            self.open(self.button("Move all the same"))
        assert f"{name} moved to " in self.status()
        assert " → " in self.status()
        self.open(self.button("Solve again around 1 pin"))
        self.wait_for_the_plan()
        assert "24 people have a place, of 60." in self.words()
        assert "Pinned by you" in self.page.locator("label", has_text=name).first.inner_text()
        return name

    def publish(self) -> None:
        if self.link(re.compile("people change$")).count():
            self.open(self.link(re.compile("people change$")))
            assert "Since the plan before" in self.words()
        self.open(self.link("Check and publish"))
        self.open(self.button("Publish and tell"))
        assert "Published. 24 people have a place." in self.status()


def build(trainer: Trainer, title: str, days: int) -> None:
    trainer.sign_in()
    trainer.make_programme(title, weekday(clock.today() + timedelta(days=days)))
    trainer.nominate()
    trainer.work_out(title)
    trainer.adjust()
    trainer.publish()


def test_a_cohort_of_24_from_60_by_keyboard_alone(planned: str, browser: Browser) -> None:
    context = browser.new_context(base_url=planned, viewport=DESK, reduced_motion="reduce")
    page, faults = context.new_page(), []

    def seen(opened: Page) -> None:
        for size in (PHONE, DESK):
            opened.set_viewport_size(size)
            faults.extend(f"{opened.url}: {sentence}" for sentence in axe.violations(opened))
            if opened.evaluate(OVERFLOW) > 0:
                faults.append(f"{opened.url} is wider than {size['width']}")

    hands = Keyboard(page)
    build(Trainer(page, hands, seen), "By keyboard", 90)
    assert faults == []
    assert hands.faults == {}
    context.close()


def test_a_cohort_of_24_from_60_without_any_script(planned: str, browser: Browser) -> None:
    context = browser.new_context(base_url=planned, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    build(Trainer(page, Pointer(page), lambda _page: None), "Without script", 97)
    context.close()
