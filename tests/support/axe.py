"""Asking axe-core what is wrong with a page as WCAG 2.2 AA has it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
SOURCE = Axe().axe_script


def violations(page: Page) -> list[str]:
    """What axe finds on an open page, a sentence for each: the rule, what it says, and where."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(SOURCE)
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(options)", OPTIONS)["violations"]
    return [f"{one['id']}: {one['help']}: {_places(one)}" for one in found]


def _places(violation: dict[str, Any]) -> str:
    return " | ".join(node["html"][:160] for node in violation["nodes"][:3])
