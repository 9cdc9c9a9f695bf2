"""Keeping small numbers from readers outside the agencies they are about, subtraction included. Pure.

What such a reader gets is one release for each finished quarter, whatever they filter by:

1. Rows of agencies and of courses hold only *invited*, *booked* and *attended*. No two of these, of one row, lead to a
   third number. No-shows, cancellations and walk-ins stand in the total alone, because booked − cancelled − no-shows =
   attended − walk-ins would give one away from the others.
2. In a column of rows under a total, every cell under five is hidden. When there is one, larger cells are hidden too,
   so many that each small one could still be anything from 0 to 4 for all that the total and the labels tell, also to
   a reader who knows one of the others: members of a board lead agencies. Of a course such a reader knows the part of
   their own agency, so a course that has fewer than five people of all agencies but one counts as under five.
3. When no-shows, cancellations or walk-ins of the total are under five without any one agency, all three are hidden,
   under one label; and so they are when the few of whom the register says nothing could be worked out from them.
4. The total also holds who completed, and who cancelled early and late, each where it and the rest of whom it is a
   part are five or more without any one agency, and the whole is on show. Rows do not.
5. When rule 2 cannot be kept with the total of booked or attended on show, the whole quarter is kept back.
6. A longer period is added up from what was shown, and from nothing else, so it tells nothing new.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

FEWEST = 5
IN_ROWS = ("invited", "booked", "attended")
RARE = ("no_shows", "cancelled", "walk_ins")
IN_PARTS = (("attended", ("completed",)), ("cancelled", ("early", "late")))
HELD_UP_BY = ("booked", "attended")


class Hidden(StrEnum):
    """Why a number is not there: it is small, or a small one could be worked out from it."""

    SMALL = "Fewer than 5"
    WITHHELD = "Not shown"


Cell = int | Hidden
Row = Mapping[str, Cell]


def column(values: Sequence[int], *, rest: Sequence[int] | None = None, known: int = 1) -> list[Cell] | None:
    """One column of rows, as it may stand above its total. None when the total cannot be shown with it. `known` is how
    many of the other cells a reader may know from elsewhere, 0 or 1; `rest` is what is left of each cell for a reader
    who knows a part of it.

    With S the sum of what is hidden and unknown, and one larger cell or more (at least 5 each) among it, a small cell
    can be as low as 0, since the larger ones could be more, and as high as 4, when S ≥ 4 + 5 for each larger one. Which
    larger ones are hidden does not hang on the small values.
    """
    left = values if rest is None else rest
    small = {place for place, value in enumerate(left) if value < FEWEST}
    if not small:
        return list(values)
    withheld = _company(left, known)
    if withheld is None:
        return None
    return [
        Hidden.SMALL if value < FEWEST else Hidden.WITHHELD if place in withheld | small else value
        for place, value in enumerate(values)
    ]


def _company(values: Sequence[int], known: int) -> set[int] | None:
    """The places of the larger cells to hide: the smallest of which each is enough alone, one more than may be known;
    else several; None if all are not enough.
    """
    larger = sorted((value, place) for place, value in enumerate(values) if value >= FEWEST)
    enough = [place for value, place in larger if value >= 2 * FEWEST - 1]
    if len(enough) > known:
        return set(enough[: known + 1])
    slack: list[int] = []
    chosen = set()
    for value, place in reversed(larger):
        slack.append(value - FEWEST)
        chosen.add(place)
        if sum(slack[known:]) >= FEWEST - 1:  # the largest come first
            return chosen
    return None


@dataclass(frozen=True)
class Release:
    """What of one period may be read outside the agencies. Empty and `kept_back` when there are too few people."""

    agencies: Mapping[str, Row] = field(default_factory=dict)
    courses: Mapping[str, Row] = field(default_factory=dict)
    total: Row = field(default_factory=dict)
    kept_back: bool = False


Counted = Mapping[str, Mapping[str, int]]


def release(agencies: Counted, courses: Counted, largest: Counted | None = None) -> Release:
    """One finished quarter: its rows by agency and by course, which add up to the same total; `largest` are the
    largest parts that one agency has of each course. `capacity` of the courses is of rooms, not people, so it is always
    shown.
    """
    parts = largest or {}
    total: dict[str, Cell] = {name: sum(row[name] for row in agencies.values()) for name in IN_ROWS}
    by_agency: dict[str, dict[str, Cell]] = {name: {} for name in agencies}
    by_course: dict[str, dict[str, Cell]] = {name: {"capacity": row["capacity"]} for name, row in courses.items()}
    for name in IN_ROWS:
        shown = [column([row[name] for row in agencies.values()]), _of_courses(courses, parts, name)]
        if None in shown:
            if name in HELD_UP_BY:
                return Release(kept_back=True)
            total[name] = Hidden.WITHHELD
        for rows, cells in zip((by_agency, by_course), shown, strict=True):
            whole = cells if None not in shown else None
            for place, row in enumerate(rows.values()):
                row[name] = whole[place] if whole is not None else Hidden.WITHHELD
    total |= _rare(agencies)
    return Release(by_agency, by_course, {"capacity": _capacity(courses), **total, **_in_parts(agencies, total)})


def _of_courses(courses: Counted, largest: Counted, name: str) -> list[Cell] | None:
    values = [row[name] for row in courses.values()]
    rest = [row[name] - largest.get(course, {}).get(name, 0) for course, row in courses.items()]
    return column(values, rest=rest, known=0)


def _without_one(numbers: Iterable[int]) -> int:
    """The sum without the largest: what is left for whoever knows that one."""
    return sum(sorted(numbers)[:-1])


def _in_parts(agencies: Counted, total: Mapping[str, Cell]) -> dict[str, Cell]:
    """Parts of a total that is on show, hidden where a part or the rest is small."""
    found: dict[str, Cell] = {}
    for whole, names in IN_PARTS:
        shown = total[whole]
        for name in names:
            some = [row[name] for row in agencies.values()]
            others = [row[whole] - row[name] for row in agencies.values()]
            is_safe = not isinstance(shown, Hidden) and min(_without_one(some), _without_one(others)) >= FEWEST
            found[name] = sum(some) if is_safe else Hidden.WITHHELD
    return found


def _capacity(courses: Counted) -> int:
    return sum(row["capacity"] for row in courses.values())


def _rare(agencies: Counted) -> dict[str, Cell]:
    numbers = {name: [row[name] for row in agencies.values()] for name in RARE}
    not_noted = [row["not_noted"] for row in agencies.values()]
    if min(map(_without_one, numbers.values())) < FEWEST or (any(not_noted) and _without_one(not_noted) < FEWEST):
        return dict.fromkeys(RARE, Hidden.WITHHELD)
    return {name: sum(known) for name, known in numbers.items()}


def together(releases: Iterable[Release]) -> Release:
    """A longer period, from the releases of its quarters in which anything was held."""
    all_ = list(releases)
    if not all_ or any(one.kept_back for one in all_):
        return Release(kept_back=True)
    return Release(
        _added([one.agencies for one in all_], everywhere=True),
        _added([one.courses for one in all_], everywhere=False),
        _row([one.total for one in all_]),
    )


def _added(tables: Sequence[Mapping[str, Row]], *, everywhere: bool) -> dict[str, Row]:
    """Row by row; an agency stands in every quarter's table, a course only where it was held."""
    names = dict.fromkeys(name for table in tables for name in table)
    rows = {name: [table[name] for table in tables if name in table] for name in names}
    return {name: _row(parts, whole=len(parts) == len(tables) or not everywhere) for name, parts in rows.items()}


def _row(parts: Sequence[Row], *, whole: bool = True) -> Row:
    keys = dict.fromkeys(key for part in parts for key in part)
    return {key: _sum([part[key] for part in parts]) if whole else Hidden.WITHHELD for key in keys}


def _sum(cells: Sequence[Cell]) -> Cell:
    if len(cells) == 1:
        return cells[0]
    shown = [cell for cell in cells if not isinstance(cell, Hidden)]
    return sum(shown) if len(shown) == len(cells) else Hidden.WITHHELD
