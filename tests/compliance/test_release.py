"""What may be read outside the agencies, as sentences and against everything that could be worked out."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from lms.compliance.release import FEWEST, Share, release

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
    large = {"A": Share(20, 30, 20), "B": Share(25, 45, 20), "C": Share(40, 70, 50)}
    found = release({"Tiny": Share(2, 9, 20), **large})
    assert found.lines == {"Tiny": None, "A": None, "B": None, "C": large["C"]}
    assert found.total == Share(87, 154, 110)
    nearly = release({"Nearly": Share(30, 31, 20), **large})
    assert [name for name, one in nearly.lines.items() if one is None] == ["Nearly", "A", "B"]


def test_whoever_knows_one_agency_cannot_take_it_away_from_the_rest():
    two = release({"Tiny": Share(2, 9, 20), "A": Share(20, 30, 20)})
    assert (two.lines, two.total) == ({"Tiny": None, "A": None}, None)


@given(st.dictionaries(st.sampled_from("ABCDEFG"), st.builds(lambda part, rest: Share(part, part + rest, 30),
                       st.integers(0, 20), st.integers(0, 20)), min_size=1))  # fmt: skip
def test_one_known_line_and_all_that_is_shown_tell_no_small_line(shares):
    found = release(shares)
    hidden = [name for name, one in found.lines.items() if one is None]
    if found.total is None or not hidden:
        return
    for known in hidden:
        rest = [shares[name] for name in hidden if name != known]
        if any(one.is_small for one in rest):
            assert len(rest) > 1
            assert min(sum(one.in_date for one in rest), sum(one.missing for one in rest)) >= 2 * FEWEST - 1


def test_a_single_agency_that_is_small_leaves_nothing():
    found = release({"A": Share(3, 9, 20)})
    assert (found.lines, found.total) == ({"A": None}, None)
    two = release({"A": Share(3, 9, 20), "B": Share(1, 2, 20)})
    assert two.total is None


def test_four_people_are_few_however_much_is_asked_of_each():
    large = {"A": Share(20, 30, 12), "B": Share(25, 45, 15), "C": Share(30, 45, 16)}
    found = release({"Tiny": Share(10, 20, 4), **large})
    assert found.lines == {"Tiny": None, "A": None, "B": None, "C": large["C"]}
    assert found.total == Share(85, 140, 47)
    assert release({"Tiny": Share(10, 20, 4)}).total is None


@given(SHARES)
def test_no_line_with_a_small_number_is_shown_and_none_is_hidden_alone_under_a_total(shares):
    found = release(shares)
    hidden = [name for name, one in found.lines.items() if one is None]
    for name, one in found.lines.items():
        assert one is None or (one == shares[name] and not one.is_small)
    if found.total is not None:
        assert not found.total.is_small
        assert len(hidden) != 1


@given(SHARES)
def test_from_all_that_is_shown_a_small_number_could_be_anything_from_nothing_to_four(shares):
    found = release(shares)
    hidden = [name for name, one in found.lines.items() if one is None]
    if found.total is None or not hidden:
        return
    shown = [one for one in found.lines.values() if one]
    for left in ("in_date", "missing", "people"):
        rest = getattr(found.total, left) - sum(getattr(one, left) for one in shown)
        for name, guess in product(hidden, range(FEWEST)):
            if getattr(shares[name], left) < FEWEST:
                assert rest - guess >= 0, "the others could not make up the rest"
                assert rest >= guess + (FEWEST if len(hidden) > 1 else 0) or guess == rest
