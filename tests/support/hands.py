"""Two ways of using a page: by keyboard alone, as somebody who has no mouse does, and by pointing, with or without
scripts.
"""

from typing import Protocol

from playwright.sync_api import Download, Locator, Page

MOST_TABS = 250
# Where the focus is now, and what is wrong with how it looks: no outline of two pixels, off the screen, or covered.
STOP = """wanted => {
  const here = document.activeElement, arrived = here === wanted;
  if (!here || here === document.body) return [arrived, ""];
  const outlined = one => {
    const style = one && getComputedStyle(one);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const label = here.closest("label"), box = (here.getClientRects()[0] || here.getBoundingClientRect());
  const name = here.outerHTML.slice(0, 120);
  if (!outlined(here) && !outlined(label)) return [arrived, "no focus to be seen on " + name];
  if (box.bottom <= 0 || box.top >= innerHeight) return [arrived, "focus off the screen on " + name];
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height, 40) / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const seen = top && (here.contains(top) || top.contains(here) || (label && label.contains(top)));
  return [arrived, seen ? "" : "focus covered on " + name];
}"""


class Hands(Protocol):
    """What a person can do to a page."""

    page: Page

    def press(self, target: Locator) -> None:
        """Press a button or follow a link, and wait for the next page."""

    def touch(self, target: Locator) -> None:
        """Press what stays on this page: a summary, a label."""

    def write(self, target: Locator, words: str) -> None:
        """Type into a field."""

    def tick(self, target: Locator) -> None:
        """Choose a radio button or tick a box."""

    def pick(self, target: Locator, words: str) -> None:
        """Choose from a list by its words."""

    def download(self, target: Locator) -> Download:
        """Follow a link to a file."""


class Pointer:
    """A mouse or a finger. Needs no script on the page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        with self.page.expect_navigation():
            target.click()

    def touch(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, words: str) -> None:
        target.fill(words)

    def tick(self, target: Locator) -> None:
        target.check()

    def pick(self, target: Locator, words: str) -> None:
        target.select_option(label=words)

    def download(self, target: Locator) -> Download:
        with self.page.expect_download() as coming:
            target.click()
        return coming.value


class Keyboard:
    """Tab, Enter, Space, arrows and letters, and nothing else. Every stop on the way must show where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0
        self.faults: dict[str, str] = {}  # what was wrong with the focus, and on which page first

    def press(self, target: Locator) -> None:
        self.reach(target)
        with self.page.expect_navigation():
            self._key("Enter")

    def touch(self, target: Locator) -> None:
        self.reach(target)
        self._key("Enter")

    def write(self, target: Locator, words: str) -> None:
        self.reach(target)
        self._key("Control+A")
        self.page.keyboard.type(words)
        assert target.input_value() == words

    def tick(self, target: Locator) -> None:
        if target.get_attribute("type") == "checkbox":
            self.reach(target)
            self._key("Space")
        else:
            self._choose(target)
        assert target.is_checked()

    def pick(self, target: Locator, words: str) -> None:
        self.reach(target)
        for _ in range(target.locator("option").count()):
            if self._picked(target) == words:
                break
            self._key("ArrowDown")
        assert self._picked(target) == words

    def download(self, target: Locator) -> Download:
        self.reach(target)
        with self.page.expect_download() as coming:
            self._key("Enter")
        return coming.value

    def reach(self, target: Locator) -> None:
        """Press Tab until the focus is on the target."""
        wanted = target.element_handle()
        for _ in range(MOST_TABS):
            arrived, fault = self.page.evaluate(STOP, wanted)
            if fault:
                self.faults.setdefault(fault, self.page.url)
            if arrived:
                return
            self._key("Tab")
        raise AssertionError(f"{self.page.url}: {MOST_TABS} times Tab do not reach {target}")

    def _choose(self, target: Locator) -> None:
        """Radio buttons are one stop: Tab leads to the first, arrows to the others."""
        group = self.page.locator(f"input[type=radio][name='{target.get_attribute('name')}']")
        self.reach(group.first)
        place = [one.get_attribute("id") for one in group.all()].index(target.get_attribute("id"))
        self._key("Space")
        for _ in range(place):
            self._key("ArrowDown")

    def _picked(self, target: Locator) -> str:
        return str(target.evaluate("list => list.selectedOptions[0].label"))

    def _key(self, name: str) -> None:
        self.keys += 1
        self.page.keyboard.press(name)
