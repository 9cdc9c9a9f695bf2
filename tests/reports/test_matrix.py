"""Counting, choosing and ordering lines, as sentences."""

from datetime import date
from uuid import UUID

from lms.assignments.due import ModuleStanding, Standing, Status
from lms.reports.matrix import Line, figures

TODAY = date(2026, 11, 22)


def cell(status: Status, module: str = "a", *, required: bool = True, on: date | None = None) -> ModuleStanding:
    in_date = status is Status.CURRENT
    until = on or date(2029, 1, 1)
    done = date(2026, 1, 1) if in_date else None
    return ModuleStanding(module, Standing(status, on, TODAY), None, required, done, until if in_date else None, None)


def renewal(until: date) -> ModuleStanding:
    return ModuleStanding("a", Standing(Status.DUE, until, TODAY), None, True, date(2023, 12, 1), until, 1)


def line(name: str, *cells: ModuleStanding) -> Line:
    return Line(UUID(int=sum(map(ord, name))), name, "", (), cells)


def names(lines) -> list[str]:
    return [one.name for one in lines]


def test_what_is_exempt_or_not_required_is_counted_apart():
    found = figures(
        [
            line("A", cell(Status.CURRENT), cell(Status.EXEMPT, "b"), cell(Status.CURRENT, "c", required=False)),
            line(
                "B", cell(Status.OVERDUE), cell(Status.NOT_STARTED, "b"), cell(Status.NOT_REQUIRED, "c", required=False)
            ),
        ]
    )
    assert (found.people, found.required, found.in_date, found.exempt, found.not_required) == (2, 3, 1, 1, 2)
    assert found.percent == 33


def test_a_certificate_in_its_last_ninety_days_counts_as_in_date_and_a_first_date_near_does_not():
    found = figures([line("A", renewal(date(2026, 12, 1))), line("B", cell(Status.DUE, on=date(2026, 12, 1)))])
    assert (found.required, found.in_date, found.due_people, found.late_people) == (2, 1, 2, 0)


def test_who_is_late_is_not_counted_again_as_due():
    found = figures([line("A", cell(Status.EXPIRED), cell(Status.DUE, "b"))])
    assert (found.late_people, found.due_people) == (1, 0)


def test_what_ran_out_and_is_not_required_makes_nobody_late():
    found = line("A", cell(Status.EXPIRED, required=False))
    assert found.tally.late == 0


def test_the_share_is_whole_only_when_all_are_in_date_and_nothing_only_when_none_is():
    def share(good: int, bad: int) -> int:
        cells = [cell(Status.CURRENT)] * good + [cell(Status.OVERDUE)] * bad
        return figures([line("A", *cells)]).percent

    assert [share(14, 22), share(999, 1), share(1, 999), share(3, 0), share(0, 3), share(0, 0)] == [
        39,
        99,
        1,
        100,
        0,
        0,
    ]
