"""Everything an observer can fetch, put together: nothing that can be subtracted is about one to four people.

Random small partnerships with agencies of any size. Whatever pages and files offer, in every period, on every day and
by everything that can be asked for, is read as equations over the true counts of agency by course. Each count that
these equations settle, for a reader from outside and for one who leads any one of the agencies, is of five or more.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import product
from random import Random

import pytest
import time_machine

from lms.assignments.ledger_models import StandingBalance
from lms.compliance.reaches import By
from lms.core.db import writing
from tests.together.conftest import NOW, Area, rows, table
from tests.together.test_waiting import wait

QUARTERS = {"2026-01": date(2026, 2, 10), "2026-04": date(2026, 5, 12)}
COURSES = ("Who leads", "Tiers of need")
SIZES = (0, 0, 1, 3, 4, 5, 6, 9, 10, 14)
MONTHS = (date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31))
FEW = range(5)


class Known:
    """What is known of some cells, as sums of them: the true numbers are kept beside."""

    def __init__(self, true: list[int]) -> None:
        self.true = true
        self.sums: list[list[Fraction]] = []

    def add(self, cells: list[int], told: int) -> None:
        """A number that was told, and the cells it is the sum of."""
        assert sum(self.true[one] for one in cells) == told
        self.sums.append([Fraction(one in cells) for one in range(len(self.true))])

    def settled(self) -> Iterator[tuple[int, ...]]:
        """Every set of cells whose sum can be worked out: those in the span of what is known."""
        basis, pivots = _reduced(self.sums)
        for choice in product((0, 1), repeat=len(basis)):
            mixed = [sum(line[one] for take, line in zip(choice, basis, strict=True) if take) for one in
                     range(len(self.true))]  # fmt: skip
            if any(choice) and all(one in (0, 1) for one in mixed):
                yield tuple(place for place, one in enumerate(mixed) if one)
        assert len(pivots) == len(basis)


def _reduced(lines: list[list[Fraction]]) -> tuple[list[list[Fraction]], list[int]]:
    """Gauss and Jordan: lines with a leading one that stands alone in its column. So a sum of cells takes each line
    once or not at all.
    """
    left, pivots = [list(line) for line in lines], []
    done: list[list[Fraction]] = []
    for column in range(len(lines[0]) if lines else 0):
        lead = next((line for line in left if line[column]), None)
        if lead is None:
            continue
        left.remove(lead)
        lead = [one / lead[column] for one in lead]
        left = [[a - line[column] * b for a, b in zip(line, lead, strict=True)] for line in left]
        done = [[a - line[column] * b for a, b in zip(line, lead, strict=True)] for line in done]
        done.append(lead)
        pivots.append(column)
    return done, pivots


def check(known: Known, cells_of: dict[str, list[int]], name: str) -> None:
    """Nothing settled is of one to four people: from outside, and for whoever leads one of the agencies."""
    for own in (None, *cells_of):
        seen = Known(known.true)
        seen.sums = list(known.sums)
        mine = cells_of[own] if own else []
        for cell in mine:
            seen.add([cell], known.true[cell])
        for cells in seen.settled():
            others = [one for one in cells if one not in mine]
            # Told as a sum with one's own, the others are what is left when those are taken away.
            assert not others or sum(known.true[one] for one in others) not in FEW, (name, own, cells)


def test_the_check_finds_a_small_number_that_can_be_subtracted():
    known = Known([12, 3, 9])
    known.add([0, 1, 2], 24)
    known.add([0], 12)
    check(known, {}, "nothing yet")
    with pytest.raises(AssertionError):
        check(known, {"C": [2]}, "who leads the third subtracts")
    known.add([2], 9)
    with pytest.raises(AssertionError):
        check(known, {}, "anybody subtracts")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_nothing_an_observer_can_fetch_is_about_one_to_four_people(make, as_user, seed):
    chance = Random(seed)
    with time_machine.travel(NOW, tick=False):
        area = Area(make, ("Health", "Schools", "Care", "Police", "Youth", "Housing")[: chance.randint(2, 6)])
        true = _happen(area, chance)
        _stored(area, chance)
        visitor = as_user(area.board)
        for period in QUARTERS:
            _joint_days(visitor, area, period, true[period])
            _waits(visitor, area, period, true[period])
        _years(visitor)
        _levels(visitor)
        _compliance(visitor)


def _happen(area: Area, chance: Random) -> dict:
    """Joint days of two courses in each quarter, and who waited for them."""
    true = {}
    for period, day in QUARTERS.items():
        came = {key: chance.choice(SIZES) * chance.choice((1, 1, 3)) for key in product(area.names, COURSES)}
        waited = {name: chance.choice(SIZES) for name in area.names}
        for number, course in enumerate(COURSES):
            cohort = area.cohort(day.replace(day=day.day + number), title=course, capacity=200)
            area.came(cohort, **{name: came[name, course] for name in area.names})
            if not number:
                for name in area.names:
                    wait(area, name, waited[name], 20, cohort=cohort)
        true[period] = (came, waited)
    return true


def _joint_days(visitor, area: Area, period: str, true: tuple) -> None:
    came, _ = true
    asked = {"period": period}
    page = visitor.get("together.figures", query=asked)
    in_file = {(row["By"], row["Name"]): row for row in rows(visitor.get("together.figures_csv", query=asked))}
    if "Too few people came" in page.words:
        assert not in_file
        return
    keys = list(product(area.names, COURSES))
    agencies, courses = table(page, "By agency"), table(page, "By course")
    for heading in ("Booked", "Attended"):
        known = Known([came[key] for key in keys])
        for name, row in (*agencies.items(), *courses.items()):
            if row.get(heading, "").isdigit():
                known.add([n for n, key in enumerate(keys) if name in (*key, "All together")], int(row[heading]))
            by = "Agency" if name in area.names else "Course" if name in COURSES else "Together"
            if by != "Together" and heading in row:
                assert in_file[by, name][heading] == row[heading]
        own = {name: [n for n, key in enumerate(keys) if key[0] == name] for name in area.names}
        check(known, own, f"{period} {heading}")


def _waits(visitor, area: Area, period: str, true: tuple) -> None:
    _, waited = true
    asked = {"period": period}
    page = visitor.get("together.waiting", query=asked)
    held = visitor.get("exports.file", name="joint-training-waiting", kind="csv", query=asked)
    if "Too few people waited" in page.words or not page.all("//table"):
        assert not [row for row in rows(held) if row["Waits"].isdigit() and int(row["Waits"])]
        return
    known = Known([waited[name] for name in area.names])
    shown = table(page, "By agency")
    for name, row in shown.items():
        if row["Waits"].isdigit():
            cells = [n for n, one in enumerate(area.names) if name in (one, "All together")]
            known.add(cells, int(row["Waits"]))
    assert {row["Name"]: row["Waits"] for row in rows(held)} == {
        name: row["Waits"] for name, row in shown.items() if name != "All together"
    }
    check(known, {name: [n] for n, name in enumerate(area.names)}, f"{period} waits")


def _years(visitor) -> None:
    """A year tells the sum of its quarters where each tells, and nothing where one does not."""
    page = visitor.get("together.figures")
    periods = page.all("//select[@id='period']/option/@value")
    for year in [one for one in periods if "-to-" in one]:
        whole = {(row["By"], row["Name"]): row for row in
                 rows(visitor.get("together.figures_csv", query={"period": year}))}  # fmt: skip
        inside = [one for one in periods if one in QUARTERS and _is_in(one, year)]
        parts = [
            {(row["By"], row["Name"]): row for row in rows(visitor.get("together.figures_csv", query={"period": one}))}
            for one in inside
        ]
        for key, row in whole.items():
            for heading in ("Booked", "Attended"):
                told = [part[key][heading] for part in parts if key in part]
                if row[heading].isdigit() and parts:
                    assert all(one.isdigit() for one in told)
                    assert int(row[heading]) == sum(map(int, told))


def _is_in(quarter: str, year: str) -> bool:
    first, month = map(int, quarter.split("-"))
    return int(year[:4]) == first - (month < 4)


def _levels(visitor) -> None:
    """What joint days change: no number of those asked, whichever course and period."""
    page = visitor.get("together.evaluation")
    for period in page.all("//select[@id='period']/option/@value"):
        held = visitor.get("together.evaluation", query={"period": period})
        assert not any(cell.text_content().strip() in {"1", "2", "3", "4"} for cell in held.all("//td"))


def _stored(area: Area, chance: Random) -> None:
    """Month-ends as the clock stores them, with one to four people more or fewer, or done, from one to the next."""
    people = {name: chance.choice((1, 3, 4, 5, 8, 12, 30)) for name in area.names}
    done = {name: chance.randint(0, people[name]) for name in area.names}
    with writing() as session:
        for day in MONTHS:
            for name in area.names:
                people[name] = max(1, people[name] + chance.randint(-2, 3))
                done[name] = min(people[name], max(0, done[name] + chance.randint(-2, 3)))
            sums = {"current": sum(done.values()), "overdue": sum(people.values()) - sum(done.values())}
            lines = [("all", "", sums)] + [
                ("agency", area.agencies[name].id.hex, {"current": done[name], "overdue": people[name] - done[name]})
                for name in area.names
            ]
            for grouping, value, states in lines:
                for target, (state, number) in product(("", "module"), states.items()):
                    session.add(
                        StandingBalance(
                            partnership="Fernshire",
                            day=day,
                            grouping=grouping,
                            value=value,
                            target=target,
                            state=state,
                            people=number,
                        )
                    )


def _compliance(visitor) -> None:
    """Every day, by everything that can be asked for, page and file, and month by month: whatever is added to or taken
    from each other is a multiple of five.
    """
    start = visitor.get("compliance.table")
    days = start.all("//select[@id='as_at']/option/@value")
    assert len(days) == len(MONTHS)
    numbers = set()
    for day, by in product(days, By):
        asked = {"as_at": day, "by": by.value}
        page = visitor.get("compliance.table", query=asked)
        assert not page.all("//th[normalize-space()='People']")
        numbers |= set(_told(page))
    for day in days:
        held = visitor.get("exports.file", name="compliance", kind="csv", query={"as_at": day})
        numbers |= {row[heading] for row in rows(held) for heading in ("In date", "Required")}
    numbers |= set(_told(visitor.get("compliance.course")))
    held = visitor.get("exports.file", name="compliance-over-time", kind="csv")
    numbers |= {row[heading] for row in rows(held) for heading in ("In date", "Required")}
    assert {one for one in numbers if one.isdigit() and (int(one) % 5 or int(one) < 5)} == set()


def _told(page) -> list[str]:
    return [" ".join(cell.text_content().split()) for cell in page.all("//table//tr/td[position()<3]")]
