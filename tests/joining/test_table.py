"""Reading a file of people: what it may say, and every fault by row and column."""

from datetime import date

import pytest

from lms.joining.table import Row, read

HEADER = "email,name,agency,team,job,starts,ends\n"


def faults(text: str) -> list[tuple[int, str]]:
    return [(one.row, one.column) for one in read(text.encode()).faults]


def test_a_row_is_read_with_days_in_any_usual_form_and_words_tidied():
    found = read((HEADER + "ANN@Agency.org, Ann   Bell ,Trust,North,Nurse,2027-01-04,31/03/2027\n\n"
                  "b@c.org,Bo,,,Cook,4 January 2027,\n").encode())  # fmt: skip
    assert not found.faults
    assert found.rows == [
        Row(2, "ann@agency.org", "Ann Bell", "Nurse", "Trust", "North", date(2027, 1, 4), date(2027, 3, 31)),
        Row(4, "b@c.org", "Bo", "Cook", starts=date(2027, 1, 4)),
    ]


def test_columns_may_have_the_names_other_systems_give_them():
    found = read(b"Work E-mail;Full name;Job title;Start date\na@b.org;A;Cook;01/02/2027\n")
    assert found.rows == [Row(2, "a@b.org", "A", "Cook", starts=date(2027, 2, 1))]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("nobody,A,,,Cook,,", "email"),
        (",A,,,Cook,,", "email"),
        ("a@b,A,,,Cook,,", "email"),
        ('"a@b.org\nBcc: x@y.org",A,,,Cook,,', "email"),
        ("a@b.org,,,,Cook,,", "name"),
        ("a@b.org,A,,,,,", "job"),
        ("a@b.org,A,,,Cook,soon,", "starts"),
        ("a@b.org,A,,,Cook,30/02/2027,", "starts"),
        ("a@b.org,A,,,Cook,01/01/1400,", "starts"),
        ("a@b.org,A,,,Cook,02/01/2027,01/01/2027", "ends"),
        (f"a@b.org,{'A' * 121},,,Cook,,", "name"),
    ],
)
def test_each_fault_is_told_by_row_and_column(line, column):
    assert (2, column) in faults(HEADER + line + "\n")


def test_a_header_that_lacks_a_column_or_has_one_too_many_is_told():
    assert faults("email,name\na@b.org,A\n") == [(1, "job")]
    assert faults("email,name,job,role_admin\na@b.org,A,Cook,yes\n") == [(1, "role_admin")]
    assert faults("email,name,job,name\n") == [(1, "name")]
    assert faults("") == [(1, "email"), (1, "name"), (1, "job")]
    assert faults(HEADER) == [(2, "file")]


@pytest.mark.slow
def test_twenty_thousand_rows_are_read_and_one_more_is_not():
    line = "p{}@agency.org,Person,,,Cook,,\n"
    most = HEADER + "".join(line.format(number) for number in range(20_000))
    assert len(read(most.encode()).rows) == 20_000
    assert faults(most + line.format("last")) == [(20_002, "file")]
