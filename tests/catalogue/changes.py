"""Ways of changing a text of an author, for tests that plant faults in it."""

import re
from collections.abc import Callable

Change = Callable[[str], str]


def swap(old: str, new: str, count: int = 1) -> Change:
    """Replace what a pattern finds; it must be there."""

    def change(text: str) -> str:
        changed, times = re.subn(old, new, text, count=count, flags=re.MULTILINE)
        assert times, f"{old} is not in the text"
        return changed

    return change


def below_heading(text: str) -> Change:
    """Write something under the first heading of a page."""
    return swap(r"^(## .*\n)", rf"\1\n{text}\n\n")


def both(*changes: Change) -> Change:
    """Several changes of one file, one after the other."""

    def change(text: str) -> str:
        for one in changes:
            text = one(text)
        return text

    return change


def within(scene: str, change: Change) -> Change:
    """A change of one scene of a scenario."""

    def changed(text: str) -> str:
        before, start, rest = text.partition(f"  - key: {scene}\n")
        end = re.search(r"^(  - key: |endings:)", rest, re.MULTILINE)
        assert start, scene
        assert end, scene
        return before + start + change(rest[: end.start()]) + rest[end.start() :]

    return changed
