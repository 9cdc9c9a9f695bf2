"""A test that presses something in a browser says whether another page comes, and waits for it."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
HANDS = TESTS / "support" / "hands.py"


def _rash(source: str) -> list[int]:
    """The lines that click while nothing waits for what comes of it."""
    tree = ast.parse(source)
    awaited = {
        part
        for block in ast.walk(tree)
        if isinstance(block, ast.With) and any("expect_" in ast.unparse(item) for item in block.items)
        for part in ast.walk(block)
    }
    return [
        part.lineno
        for part in ast.walk(tree)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "click"
        if part not in awaited
    ]


@pytest.mark.slow
def test_whoever_clicks_waits_for_the_page_that_comes():
    """A page that is looked at while the next one arrives has no width yet."""
    rash = {
        f"{path.relative_to(TESTS)}:{line}"
        for path in TESTS.rglob("*.py")
        if path != HANDS
        for line in _rash(path.read_text(encoding="utf-8"))
    }
    assert rash == set(), "use tests.support.hands: press, where another page comes; touch, where none does"


def test_a_rash_click_is_seen_and_an_awaited_one_is_not():
    assert _rash("page.get_by_role('link').click()") == [1]
    assert _rash("page.click('a')") == [1]
    assert _rash("with page.expect_navigation():\n    page.click('a')") == []
