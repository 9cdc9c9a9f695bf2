"""Counting, choosing and ordering lines, as sentences."""

from datetime import date
from uuid import UUID

from lms.assignments.due import ModuleStanding, Standing, Status
from lms.reports.matrix import Line, chosen, columns, figures, next_end, ordered

TODAY = date(2026, 11, 22)


def cell(status: Status, module: str = "a", *, required: bool = True, on: date | None = None) -> ModuleStanding:
    in_date = status is Status.CURRENT
    until = on or date(2029, 1, 1)
    return ModuleStanding(module, Standing(status, on, TODAY), None, required, None, until if in_date else None, None)


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
    assert chosen([found], "late", "") == []
    assert chosen([found], "expired", "") == [found]


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


def test_those_with_most_that_is_late_stand_first_then_those_due_then_those_with_most_to_do():
    lines = [
        line("Zoe", cell(Status.CURRENT)),
        line("Ann", cell(Status.CURRENT)),
        line("Ben", cell(Status.NOT_STARTED)),
        line("Cai", cell(Status.DUE)),
        line("Dai", cell(Status.OVERDUE)),
        line("Eve", cell(Status.OVERDUE), cell(Status.EXPIRED, "b")),
    ]
    assert names(ordered(lines, "")) == ["Eve", "Dai", "Cai", "Ben", "Ann", "Zoe"]


def test_a_module_sorts_by_need_then_by_date_both_ways():
    lines = [
        line("In date", cell(Status.CURRENT)),
        line("Longest late", cell(Status.OVERDUE, on=date(2025, 1, 1))),
        line("Late", cell(Status.OVERDUE, on=date(2026, 1, 1))),
        line("Expired of free will", cell(Status.EXPIRED, required=False)),
        line("Exempt", cell(Status.EXEMPT)),
    ]
    worst_first = ["Longest late", "Late", "In date", "Exempt", "Expired of free will"]
    assert names(ordered(lines, "-a")) == worst_first
    assert names(ordered(lines, "a")) == worst_first[::-1]


def test_names_sort_and_are_found_without_their_accents():
    lines = [line("Łucja"), line("Zoë"), line("Siân"), line("محمد"), line("lena")]
    assert names(ordered(lines, "name")) == ["lena", "Łucja", "Siân", "Zoë", "محمد"]
    assert names(ordered(lines, "-name")) == ["محمد", "Zoë", "Siân", "Łucja", "lena"]
    assert names(chosen(lines, "", "LUC")) == ["Łucja"]
    assert names(chosen(lines, "", "zoe")) == ["Zoë"]
    assert names(chosen(lines, "", "محمد")) == ["محمد"]


def test_core_modules_are_always_columns_and_others_once_somebody_has_begun_them():
    nothing = cell(Status.NOT_REQUIRED, "c", required=False)
    begun = cell(Status.IN_PROGRESS, "d", required=False)
    assert columns([[nothing, begun]], ["a", "b"]) == {"a", "b", "d"}
    assert columns([], ["a", "b"]) == {"a", "b"}


def test_the_next_date_is_the_first_certificate_to_end_among_those_required():
    lines = [
        line("A", cell(Status.CURRENT, on=date(2028, 1, 1))),
        line("B", cell(Status.CURRENT, on=date(2027, 6, 1))),
        line("C", cell(Status.CURRENT, required=False, on=date(2027, 5, 1))),
    ]
    assert next_end(lines) == (date(2027, 6, 1), "B")
    assert next_end([]) is None
