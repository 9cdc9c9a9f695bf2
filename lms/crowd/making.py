"""Making a portion of a crowd: lives, and the ledger's rows for them by the same rules as everywhere. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from lms.assignments import ledger
from lms.assignments.counting import Group, Line, lines
from lms.assignments.rules import ALWAYS
from lms.crowd.bulk import COLUMNS, Row
from lms.crowd.lives import Seat, live, seats
from lms.crowd.scene import Scene

PORTION = 500
POSTS, SPANS, SHARED_TABLE = "post_spans", "standing_spans", "standing_changes"


Counted = dict[Line, Counter[tuple[str, str, date]]]


@dataclass
class Portion:
    """What a portion of people comes to. `shared` are changes to counts that many portions add to."""

    people: int
    rows: dict[str, list[Row]] = field(default_factory=dict)
    shared: Counted = field(default_factory=dict)


def portions(scene: Scene, number: int) -> Iterator[tuple[int, int, int]]:
    """An agency's number with the first and last place of each portion of its people."""
    people = scene.agencies[number].people
    for start in range(0, people, PORTION):
        yield number, start, min(start + PORTION, people)


def make(scene: Scene, which: tuple[int, int, int]) -> Portion:
    """Live the lives of a portion, and write their pages of the ledger."""
    number, start, end = which
    found = Portion(end - start)
    counted: Counted = defaultdict(Counter)
    for seat in islice(seats(scene.agencies[number]), start, end):
        _live(scene, seat, found, counted)
    own = {line: by for line, by in counted.items() if line[1] is Group.AGENCY}
    found.shared = {line: by for line, by in counted.items() if line[1] is not Group.AGENCY}
    found.rows[SHARED_TABLE] = change_rows(own)
    return found


def change_rows(counted: Counted) -> list[Row]:
    """Rows for changes to counts, in the order of their index."""
    return [
        (partnership, group.value, value, target, word, day, by)
        for (partnership, group, value), changes in sorted(counted.items())
        for (target, word, day), by in changes.items()
        if by
    ]


def _live(scene: Scene, seat: Seat, found: Portion, counted: Counted) -> None:
    life = live(scene, seat)
    for name, rows in life.rows.items():
        found.rows.setdefault(name, []).extend(rows)
    page = ledger.page(life.facts, ALWAYS)
    posts, lines_ = ledger.post_rows(life.person, page.posts), ledger.rows(life.person, page.spans)
    found.rows.setdefault(POSTS, []).extend(tuple(row[name] for name in COLUMNS[POSTS]) for row in posts)
    found.rows.setdefault(SPANS, []).extend(tuple(row[name] for name in COLUMNS[SPANS]) for row in lines_)
    for line, turns in lines(page.posts, page.spans, ALWAYS):
        changes = counted[line]
        for target, word, day, by in turns:
            changes[target, word, day] += by
