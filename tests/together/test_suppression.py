"""Small numbers against somebody who has every published number, knows the rules and can solve equations.

The attacker is HiGHS, which is given everything that was published as constraints over whole numbers, and asked how
small and how large each hidden number can be.
"""

import highspy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.together import suppression
from lms.together.measures import MEASURES, share
from lms.together.suppression import FEWEST, IN_ROWS, RARE, Hidden, column, release

PEOPLE = (*IN_ROWS, *RARE)


class Attacker:
    """Everything somebody can know who was given a release."""

    def __init__(self, rows, courses, published):
        self.solver = highspy.Highs()
        self.solver.silent()
        self.numbers = {}
        self._table("agency", list(rows), published.agencies, published.total)
        self._table("course", list(courses), published.courses, published.total)

    def _number(self, cell):
        lowest, highest = {Hidden.SMALL: (0, FEWEST - 1), Hidden.WITHHELD: (0, 10**4), None: (0, 10**4)}.get(
            cell, (cell, cell)
        )
        return self.solver.addVariable(lowest, highest, type=highspy.HighsVarType.kInteger)

    def _table(self, kind, names, lines, total):
        """The table's lines, its total, and what holds for every line whether it is published or not."""
        for name in [*names, "total"]:
            known = total if name == "total" else lines[name]
            # "Not shown" in a column with "Fewer than 5" is 5 or more: the rules are no secret.
            line = {one: self._number(known.get(one)) for one in PEOPLE}
            self.numbers |= {(kind, name, one): variable for one, variable in line.items()}
            came = line["attended"] - line["walk_ins"]
            self.solver.addConstr(line["booked"] - line["cancelled"] - line["no_shows"] == came)
            self.solver.addConstr(line["walk_ins"] <= line["attended"])
            if name != "total":
                for one in IN_ROWS:
                    in_column = [lines[each].get(one) for each in names]
                    if known.get(one) is Hidden.WITHHELD and Hidden.SMALL in in_column:
                        self.solver.addConstr(line[one] >= FEWEST)
        for one in PEOPLE:
            self.solver.addConstr(
                sum(self.numbers[kind, name, one] for name in names) == self.numbers[kind, "total", one]
            )
        if kind == "course":
            for one in PEOPLE:
                self.solver.addConstr(self.numbers["agency", "total", one] == self.numbers["course", "total", one])

    def range(self, *key):
        """The smallest and the largest that a number can be."""
        found = []
        for ask in (self.solver.minimize, self.solver.maximize):
            ask(self.numbers[key])
            assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            found.append(round(self.solver.val(self.numbers[key])))
        return tuple(found)


def line(invited, came, walk_ins, no_shows, cancelled):
    return {
        "invited": invited,
        "booked": came + no_shows + cancelled,
        "attended": came + walk_ins,
        "no_shows": no_shows,
        "cancelled": cancelled,
        "walk_ins": walk_ins,
        "not_noted": 0,
        "completed": came // 2,
        "early": cancelled - cancelled // 2,
        "late": cancelled // 2,
    }


FEW = st.integers(0, 6)
SIZES = st.integers(0, 5) | st.integers(5, 14) | st.integers(0, 60)


@st.composite
def quarters(draw):
    """A quarter: agencies × courses, added up both ways."""
    cells = [
        [line(draw(FEW), draw(SIZES), draw(FEW), draw(FEW), draw(FEW)) for _ in range(draw(st.integers(1, 3)))]
        for _ in range(draw(st.integers(1, 5)))
    ]
    width = max(len(row) for row in cells)
    agencies = {f"A{n}": _sum(row) for n, row in enumerate(cells)}
    courses = {f"C{n}": _sum([row[n] for row in cells if n < len(row)]) | {"capacity": 24} for n in range(width)}
    return agencies, courses


def _sum(lines):
    return {name: sum(one[name] for one in lines) for name in line(0, 0, 0, 0, 0)}


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(quarters())
@example(({"A0": line(3, 4, 0, 0, 0), "A1": line(0, 40, 0, 0, 0)}, {"C0": line(3, 44, 0, 0, 0) | {"capacity": 50}}))
def test_nobody_narrows_down_a_small_number(quarter):
    agencies, courses = quarter
    published = release(agencies, courses)
    if published.kept_back:
        assert not published.agencies
        assert not published.total
        return
    attacker = Attacker(agencies, courses, published)
    for kind, true, shown in (("agency", agencies, published.agencies), ("course", courses, published.courses)):
        for name, row in true.items():
            for one in IN_ROWS:
                check_cell(attacker, (kind, name, one), row[one], shown[name][one])
            for one in RARE:
                assert one not in shown[name]
                check_rare(attacker, (kind, name, one), row[one])
    for whole, names in suppression.IN_PARTS:
        for one in names:
            number, shown = sum(row[one] for row in agencies.values()), published.total[one]
            rest = sum(row[whole] for row in agencies.values()) - number
            assert shown == number >= FEWEST <= rest or shown is Hidden.WITHHELD
            # A row is known to whoever leads that agency.
            least = min(min(number - own[one], rest - own[whole] + own[one]) for own in agencies.values())
            assert shown is Hidden.WITHHELD or least >= FEWEST
            assert shown is Hidden.WITHHELD or published.total[whole] not in tuple(Hidden)
            assert not any(one in row for row in (*published.agencies.values(), *published.courses.values()))
    for one in RARE:
        if published.total[one] is Hidden.WITHHELD:
            lowest, highest = attacker.range("agency", "total", one)
            assert highest - lowest >= FEWEST


def check_cell(attacker, key, true, shown):
    """A small number may be anything from 0 to 4; under "Not shown" where all of a column is, even more."""
    assert shown in (true, Hidden.SMALL, Hidden.WITHHELD)
    if shown is Hidden.SMALL:
        assert attacker.range(*key) == (0, FEWEST - 1)
    elif true < FEWEST:
        assert shown is Hidden.WITHHELD
        lowest, highest = attacker.range(*key)
        assert (lowest, highest >= FEWEST) == (0, True)


def check_rare(attacker, key, true):
    """A small number that is in no line cannot be worked out."""
    if true < FEWEST:
        lowest, highest = attacker.range(*key)
        assert lowest < highest


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(SIZES, min_size=1, max_size=8), st.sampled_from([0, 1]))
def test_a_column_is_safe_by_arithmetic_too(values, known):
    """The same by hand, for one column: every way to fill in the hidden cells is tried at its ends. A reader who leads
    one of the agencies knows its number, so that each larger cell that is hidden is taken away in turn.
    """
    shown = column(values, known=known)
    if shown is None:
        return
    for value, cell in zip(values, shown, strict=True):
        assert cell in (value, Hidden.SMALL if value < FEWEST else Hidden.WITHHELD)
        assert isinstance(cell, Hidden) or cell >= FEWEST
    if Hidden.SMALL not in shown:
        return
    larger = [value for value, cell in zip(values, shown, strict=True) if cell is Hidden.WITHHELD]
    for own in [None, *(larger if known else ())]:
        unknown = [value for value, cell in zip(values, shown, strict=True) if isinstance(cell, Hidden)]
        if own is not None:
            unknown.remove(own)
        companions = len(larger) - (own is not None)
        assert companions
        # the highest that a small cell can be, all others at their lowest
        assert sum(unknown) - FEWEST * companions >= FEWEST - 1


@pytest.mark.parametrize(
    ("values", "known", "shown"),
    [
        ([12, 7, 30], 1, [12, 7, 30]),
        ([12, 3, 30], 0, [Hidden.WITHHELD, Hidden.SMALL, 30]),
        ([12, 3, 30, 40], 1, [Hidden.WITHHELD, Hidden.SMALL, Hidden.WITHHELD, 40]),
        ([12, 3, 30], 1, [Hidden.WITHHELD, Hidden.SMALL, Hidden.WITHHELD]),
        ([0, 6, 6, 8], 0, [Hidden.SMALL, 6, Hidden.WITHHELD, Hidden.WITHHELD]),
        ([0, 6, 6, 8], 1, None),
        ([0, 7, 7, 8], 1, [Hidden.SMALL, Hidden.WITHHELD, Hidden.WITHHELD, Hidden.WITHHELD]),
        ([3, 30], 1, None),
        ([4, 4], 0, None),
        ([3], 0, None),
        ([0, 5], 0, None),
    ],
)
def test_what_is_hidden(values, known, shown):
    assert column(values, known=known) == shown


def test_a_small_total_keeps_the_quarter_back():
    lone = {"A0": line(0, 2, 0, 0, 1), "A1": line(0, 0, 0, 0, 0)}
    assert release(lone, {"C0": line(0, 2, 0, 0, 1) | {"capacity": 9}}).kept_back


def test_rare_counts_are_shown_together_or_not_at_all():
    plenty = line(9, 40, 6, 7, 8)

    def rare(*agencies):
        rows = {f"A{n}": row for n, row in enumerate(agencies)}
        found = release(rows, {"C0": _sum(agencies) | {"capacity": 160}}, {"C0": agencies[0]})
        return [found.total.get(one) for one in RARE]

    assert rare(plenty, plenty) == [14, 16, 12]
    few = plenty | {"walk_ins": 4, "attended": 44}
    assert rare(few, plenty) == [Hidden.WITHHELD] * 3  # ten walk-ins, of whom the second agency knows its six
    assert rare(plenty) == [None] * 3
    unknown = plenty | {"not_noted": 2, "booked": 57}
    assert rare(unknown, plenty) == [Hidden.WITHHELD] * 3


def test_a_course_is_hidden_when_one_agency_could_take_its_own_from_it():
    """Of 20 on the first course 16 are of one agency, which so knows of four others."""
    agencies = {name: line(0, came, 0, 0, 0) for name, came in {"A": 46, "B": 22, "C": 22}.items()}
    courses = {name: line(0, came, 0, 0, 0) | {"capacity": 60} for name, came in {"X": 20, "Y": 70}.items()}
    largest = {"X": {"booked": 16, "attended": 16}, "Y": {"booked": 30, "attended": 30}}
    shown = release(agencies, courses, largest).courses
    assert shown["X"]["attended"] is shown["Y"]["attended"] is Hidden.WITHHELD
    assert release(agencies, courses).courses["X"]["attended"] == 20
    assert release(agencies, {"X": courses["X"]}, largest).kept_back


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(quarters(), min_size=1, max_size=4))
def test_a_year_tells_nothing_that_its_quarters_do_not(several):
    released = [release(*one) for one in several]
    year = suppression.together(released)
    if any(one.kept_back for one in released):
        assert year == suppression.Release(kept_back=True)
        return
    for kind in ("agencies", "courses"):
        for name, row in getattr(year, kind).items():
            for one, cell in row.items():
                parts = [getattr(part, kind)[name][one] for part in released if name in getattr(part, kind)]
                if isinstance(cell, int):
                    assert all(isinstance(part, int) for part in parts)
                    assert cell == sum(parts)
    for one, cell in year.total.items():
        parts = [part.total[one] for part in released]
        assert (cell == sum(parts)) if isinstance(cell, int) else any(isinstance(part, Hidden) for part in parts)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(quarters())
def test_percentages_are_made_of_published_counts_alone(quarter):
    published = release(*quarter)
    for row in [published.total, *published.agencies.values(), *published.courses.values()]:
        shown = {name: cell for name, cell in row.items() if isinstance(cell, int)}
        for measure in MEASURES:
            if share(measure, shown):
                assert all(isinstance(row[one], int) for one in measure.needs)


@pytest.mark.parametrize(
    ("cancelled", "late", "shown"), [(20, 8, (24, 16)), (20, 17, (None, None)), (9, 4, (None, None))]
)
def test_who_cancelled_early_and_late_is_told_only_where_both_are_five_or_more_without_one_agency(
    cancelled, late, shown
):
    row = line(9, 40, 9, 9, cancelled) | {"late": late, "early": cancelled - late, "completed": 46}
    total = release({"A": row, "B": row}, {"C": _sum([row, row]) | {"capacity": 80}}).total
    assert total["cancelled"] == 2 * cancelled
    assert (total["early"], total["late"]) == tuple(Hidden.WITHHELD if one is None else one for one in shown)
    assert total["completed"] is Hidden.WITHHELD  # three of each agency's 49 who came did not
    alone = release({"A": row}, {"C": row | {"capacity": 80}}).total
    assert alone["early"] is alone["late"] is Hidden.WITHHELD
