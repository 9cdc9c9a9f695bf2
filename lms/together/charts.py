"""Bars with their words: where each bar stands, and the sentence that says what the chart says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, STEP = 360, 46
LETTERS = 44  # in one line of the drawing, at the size of its text


@dataclass(frozen=True)
class Bar:
    """One bar, in the units of the drawing, with its label above it and its value beside that."""

    label: str
    value: str
    y: int
    width: float


@dataclass(frozen=True)
class Bars:
    """Bars one under the other, the first as long as its share of `most`. `words` says the same to who cannot see."""

    bars: tuple[Bar, ...]
    words: str

    @property
    def height(self) -> int:
        """How high the drawing is."""
        return max(len(self.bars), 1) * STEP


def bars(rows: Sequence[tuple[str, float, str]], most: float | None = None) -> Bars:
    """A chart of rows (label, number, the number in words); the longest bar is `most`, or the largest number."""
    top = most or max((number for _, number, _ in rows), default=0) or 1
    drawn = (
        Bar(short(label, LETTERS - len(words)), words, place * STEP, round(max(0.0, min(1.0, number / top)) * WIDTH, 1))
        for place, (label, number, words) in enumerate(rows)
    )
    return Bars(tuple(drawn), " ".join(f"{label}: {words}." for label, _, words in rows))


def short(label: str, most: int) -> str:
    """A label of so many letters, that fits beside its value; the table has the whole of it."""
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"
