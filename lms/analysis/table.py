"""The analysis as rows of a file: one for each option of each question, with the same figures as the page."""

from collections.abc import Iterator

from lms.analysis.items import Analysis
from lms.analysis.queries import Sheet

Row = tuple[object, ...]
HEADINGS = (
    *("Quiz", "Key", "Asked", "Wording", "People counted (first answers, whole groups of ten)", "Right"),
    *("Right in %", "Correlation with the rest of the go", "Option", "Is right", "Picked by", "As at", "Scope"),
)


def rows(sheet: Sheet) -> Iterator[Row]:
    """Every question in the order of the file; what has too few answers says so."""
    for one in sheet.items:
        start = (sheet.quiz.slug, one.item.key, one.item.ask, "present")
        yield from _of(start, one, sheet)
        for before in sheet.earlier.get(one.item.key, ()):
            yield from _of(
                (*start[:2], None, f"earlier ({before.item.version or 'before November 2026'})"), before, sheet
            )


def _of(start: Row, one: Analysis, sheet: Sheet) -> Iterator[Row]:
    ends = (sheet.as_at.isoformat(), sheet.scope)
    if not one.people:
        yield (*start, one.too_few, *(None,) * 6, *ends)
        return
    figures = (one.people, one.right, one.percent, one.apart)
    for picked in one.picked:
        option = picked.option
        yield (*start, *figures, option.words, "yes" if option.right else "no", picked.people, *ends)
    if not one.picked:
        yield (*start, *figures, None, None, None, *ends)
