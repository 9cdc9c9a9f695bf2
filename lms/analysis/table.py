"""The analysis as rows of a file: one for each option of each question, with the same figures as the page."""

from collections.abc import Iterator

from lms.analysis.items import Analysis
from lms.analysis.queries import Sheet
from lms.exports.sheet import Cell, Column, Definition, Kind

Row = tuple[Cell, ...]
COLUMNS = (
    Column("key", "Key", printed=False),
    Column("asked", "Asked"),
    Column("wording", "Wording"),
    Column("people", "People", Kind.NUMBER, "first answers, in whole groups of ten"),
    Column("right", "Right", Kind.NUMBER),
    Column("percent", "Right in %", Kind.PERCENT),
    Column("apart", "Correlation with the rest of the go", Kind.NUMBER),
    Column("option", "Option"),
    Column("is-right", "Is right"),
    Column("picked", "Picked by", Kind.NUMBER),
)
FIRSTS = Definition("Who counts", "of each person the first answer to a question, from goes that were finished.")
GROUPS = Definition(
    "Groups",
    "ten people of one agency as soon as there are ten, else, when twenty wait, the ten who came first. They never "
    "change, and each figure is a sum of whole groups.",
)
APART = Definition(
    "Correlation",
    "between a right answer and the share of the other answers of the same go that were right (point-biserial, the "
    "question itself left out; Henrysson 1963), from 30 people on.",
)


def rows(sheet: Sheet) -> Iterator[Row]:
    """Every question in the order of the file; what has too few answers says so."""
    for one in sheet.items:
        yield from _of((one.item.key, one.item.ask, "present"), one)
        for before in sheet.earlier.get(one.item.key, ()):
            yield from _of((one.item.key, None, f"earlier ({before.item.version or 'not kept'})"), before)


def _of(start: Row, one: Analysis) -> Iterator[Row]:
    if not one.people:
        yield (*start, one.too_few, *(None,) * 6)
        return
    figures = (one.people, one.right, one.percent, one.apart)
    for picked in one.picked:
        yield (*start, *figures, picked.option.words, "yes" if picked.option.right else "no", picked.people)
    if not one.picked:
        yield (*start, *figures, None, None, None)
