"""Every colour pair the tokens promise, measured in light and dark from the stylesheet itself (WCAG 2 contrast)."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "lms/web/static/tokens.css").read_text()
STATUS = ("pine", "amber", "rust", "slate", "stone")
SECTORS = [f"s-{letter}" for letter in "hespvo"]
PAIRS = [
    *[(text, ground, 4.5) for text in ("ink", "quiet", "damson") for ground in ("ground", "surface", "well")],
    ("on-damson", "damson", 4.5),
    ("on-panel", "panel", 4.5),
    ("panel-quiet", "panel", 4.5),
    ("marigold", "panel", 3.0),
    ("on-marigold", "marigold", 4.5),
    *[(line, ground, 3.0) for line in ("edge", "ring") for ground in ("ground", "surface")],
    *[(word, ground, 4.5) for word in STATUS for ground in (f"{word}-wash", "ground", "surface")],
    *[("on-sector", sector, 4.5) for sector in SECTORS],
    *[(sector, ground, 3.0) for sector in SECTORS for ground in ("ground", "surface")],
]


def block(mark: str) -> dict[str, str]:
    start = TOKENS.index("{", TOKENS.index(mark))
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", TOKENS[start : TOKENS.index("}", start)]))


LIGHT = block("/* tokens: light */")
DARK = {**LIGHT, **block("/* tokens: dark */")}


def brightness(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    high, low = sorted((brightness(one), brightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("over", "under", "least"), PAIRS)
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_their_ground(scheme, over, under, least):
    assert ratio(scheme[over], scheme[under]) >= least


def test_the_two_dark_schemes_are_the_same():
    assert {**LIGHT, **block("/* tokens: dark again")} == DARK
