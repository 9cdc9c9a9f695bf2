"""The code on a certificate: hard to guess, easy to type."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates import codes

numbers = st.integers(min_value=0, max_value=2**128 - 1)


def code_of(number: int, monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as patch:
        patch.setattr(secrets, "randbits", lambda bits: number)
        return codes.new_code()


def test_a_new_code_takes_128_bits_from_the_secrets_module(monkeypatch):
    asked = []
    monkeypatch.setattr(secrets, "randbits", lambda bits: asked.append(bits) or 31)
    assert codes.new_code() == "0" * 25 + "Z"
    assert asked == [128]


def test_the_smallest_and_the_largest_code(monkeypatch):
    assert code_of(0, monkeypatch) == "0" * 26
    assert code_of(2**128 - 1, monkeypatch) == "7" + "Z" * 25


def test_codes_have_26_characters_without_i_l_o_and_u():
    made = {codes.new_code() for _ in range(500)}
    assert len(made) == 500
    assert {len(code) for code in made} == {26}
    assert not set("".join(made)) & set("ILOU")


@given(numbers)
def test_two_numbers_never_share_a_code(number):
    with pytest.MonkeyPatch.context() as patch:
        code, other = code_of(number, patch), code_of(number ^ 1, patch)
    assert code != other
    assert sum(codes.LETTERS.index(letter) << 5 * place for place, letter in enumerate(reversed(code))) == number


def test_people_see_groups_of_four():
    assert codes.shown("2K7QF2M9XD4TA8WHP6RCEJ3ABC") == "2K7Q-F2M9-XD4T-A8WH-P6RC-EJ3A-BC"


@given(numbers)
def test_what_is_shown_is_read_back(number):
    with pytest.MonkeyPatch.context() as patch:
        code = code_of(number, patch)
    assert codes.read(code) == code
    assert codes.read(codes.shown(code).lower()) == code


@pytest.mark.parametrize(
    "typed",
    [
        "2k7q f2m9 xd4t a8wh p6rc ej1a 0c",
        "  2K7QF2M9-XD4TA8WH-P6RCEJ1A0C\n",
        "2K7Q-F2M9-XD4T-A8WH-P6RC-EJIA-OC",
        "2k7q-f2m9-xd4t-a8wh-p6rc-ejla-oc",
        "2K7Q–F2M9—XD4T\u2011A8WH\u00a0P6RC\u200bEJ1A\u20110C",
    ],
)
def test_the_ways_people_type_a_code_are_understood(typed):
    assert codes.read(typed) == "2K7QF2M9XD4TA8WHP6RCEJ1A0C"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "2K7Q-F2M9",
        "2K7QF2M9XD4TA8WHP6RCEJ3AB",
        "2K7QF2M9XD4TA8WHP6RCEJ3ABCC",
        "UK7QF2M9XD4TA8WHP6RCEJ3ABC",
        "2K7QF2M9XD4TA8WHP6RCEJ3AB?",
        "2K7QF2M9XD4TA8WHP6RCEJ3ABı",
        "2K7QF2M9XD4TA8WHP6RCEJ3AB٣",
        "8K7QF2M9XD4TA8WHP6RCEJ3ABC",
        "2K7QF2M9XD4TA8WHP6RCEJ3AB;--",
    ],
)
def test_what_cannot_be_a_code_is_none(typed):
    assert codes.read(typed) is None


@given(st.text(max_size=60))
def test_anything_may_be_typed_and_only_codes_come_out(typed):
    code = codes.read(typed)
    assert code is None or (len(code) == 26 and set(code) <= set(codes.LETTERS))
