"""What may be read outside the agencies, as sentences and against everything that could be worked out."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from lms.compliance.release import FEWEST, Share, exact, release

SHARES = st.dictionaries(
    st.sampled_from("ABCDEFG"),
    st.builds(
        lambda part, rest, people: Share(part, part + rest, people),
        st.integers(0, 30),
        st.integers(0, 30),
        st.integers(1, 30),
    ),
    min_size=1,
)


def test_large_lines_and_their_total_are_shown():
    shares = {"A": Share(20, 30, 20), "B": Share(15, 25, 20)}
    assert release(shares).lines == shares
    assert release(shares).total == Share(35, 55, 40)


def test_few_in_date_or_few_not_in_date_hide_the_line_and_another_with_it():
    others = {"A": Share(20, 30, 20), "B": Share(25, 45, 20), "C": Share(40, 90, 50)}
    found = exact({"Tiny": Share(2, 9, 20), **others})
    assert found.lines == {"Tiny": None, "A": None, "B": None, "C": Share(40, 90, 50)}
    assert found.total == Share(87, 174, 110)
    nearly = exact({"Nearly": Share(30, 31, 20), **others})
    assert [name for name, one in nearly.lines.items() if one is None] == ["Nearly", "A", "B"]


def test_a_single_agency_that_is_small_leaves_nothing():
    found = exact({"A": Share(3, 9, 20)})
    assert (found.lines, found.total) == ({"A": None}, None)
    two = exact({"A": Share(3, 9, 20), "B": Share(1, 2, 20)})
    assert two.total is None


def test_four_people_are_few_however_much_is_asked_of_each():
    found = exact({"Tiny": Share(10, 20, 4), "A": Share(20, 30, 12), "B": Share(25, 45, 15)})
    assert found.lines == {"Tiny": None, "A": None, "B": None}
    assert found.total == Share(55, 95, 31)
    assert exact({"Tiny": Share(10, 20, 4)}).total is None


@given(SHARES)
def test_no_line_with_a_small_number_is_shown_and_none_is_hidden_alone_under_a_total(shares):
    found = exact(shares)
    hidden = [name for name, one in found.lines.items() if one is None]
    for name, one in found.lines.items():
        assert one is None or (one == shares[name] and not one.is_small)
    if found.total is not None:
        assert not found.total.is_small
        assert len(hidden) != 1


@given(SHARES)
def test_who_leads_an_agency_and_sits_on_the_board_cannot_tell_a_small_number_from_their_own(shares):
    """They know one line from their own reports. What is left hides each small number: it could be 0, and it could be 4
    with every other line at its lowest.
    """
    found = exact(shares)
    hidden = [name for name, one in found.lines.items() if one is None]
    if found.total is None or not hidden:
        return
    shown = [one for one in found.lines.values() if one]
    for left in ("in_date", "missing", "people"):
        rest = getattr(found.total, left) - sum(getattr(one, left) for one in shown)
        for own, small in product([None, *hidden], hidden):
            if own == small or getattr(shares[small], left) >= FEWEST:
                continue
            others = [one for one in hidden if one not in (own, small)]
            unknown = rest - (getattr(shares[own], left) if own else 0)
            assert others, f"{own} can subtract their own from the rest"
            assert unknown >= FEWEST - 1 + FEWEST * any(not shares[one].is_small for one in others)


@given(SHARES)
def test_what_is_told_is_the_same_to_the_nearest_five_and_never_nobody_or_everybody(shares):
    true, told = exact(shares), release(shares)
    assert [name for name, one in told.lines.items() if one is None] == [
        name for name, one in true.lines.items() if one is None
    ]
    assert (told.total is None) == (true.total is None)
    for rough, fine in zip([*told.lines.values(), told.total], [*true.lines.values(), true.total], strict=True):
        if rough and fine:
            for number in ("in_date", "required", "people"):
                assert getattr(rough, number) % 5 == 0
                assert abs(getattr(rough, number) - getattr(fine, number)) <= 2
            assert 5 <= rough.in_date <= rough.required - 5


def test_one_who_came_or_finished_between_two_months_does_not_show():
    """Eleven people with one thing each; the month after, a twelfth has come who has not done it."""
    before, after = release({"A": Share(6, 11, 11)}), release({"A": Share(6, 12, 12)})
    assert before.total == after.total == Share(5, 10, 10)
