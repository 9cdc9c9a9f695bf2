"""Reading what somebody types into a search box, and finding it in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.wanted import LONGEST, fold, plain_words, wanted


def is_in(typed, text):
    return wanted(typed).is_in(plain_words(text))


def test_every_word_must_be_there_at_the_beginning_of_a_word_whatever_the_case():
    assert is_in("LEAD prof", "The lead professional")
    assert not is_in("lead zebra", "The lead professional")
    assert not is_in("rofessional", "The lead professional")


def test_accents_quotes_and_hyphens_do_not_count():
    assert is_in("creche", "A crèche")
    assert is_in("family's", "The family’s plan")
    assert is_in("step-up", "To step up")


@pytest.mark.parametrize("quotes", ['""', "“”"])
def test_words_in_quotes_stand_side_by_side_and_are_whole(quotes):
    phrase = quotes[0] + "front door" + quotes[1]
    assert is_in(phrase, "By the front door.")
    assert not is_in(phrase, "The door at the front")
    assert not is_in(phrase, "Two front doors")
    assert is_in("front door", "Doors at the front")


def test_what_was_found_is_marked_where_it_stands():
    assert wanted("creche fam").pieces("A crèche for families") == [
        ("A ", False), ("crèche", True), (" for ", False), ("fam", True), ("ilies", False),
    ]  # fmt: skip
    assert wanted('"front door"').pieces("A front-door policy at the front") == [
        ("A ", False), ("front-door", True), (" policy at the front", False),
    ]  # fmt: skip


def test_a_long_sentence_is_cut_around_the_words():
    sentence, marks = wanted("zebra").sentence([f"Short. {'early words ' * 24}zebra {'late words ' * 23}."])
    assert len(sentence) <= LONGEST + 4
    assert [sentence[start:end] for start, end in marks] == ["zebra"]
    assert sentence.startswith("… ")
    assert sentence.endswith(" …")


@given(st.text())
def test_nothing_that_anybody_types_is_a_fault(typed):
    looked_for = wanted(typed)
    assert len(fold(typed)) == len(typed)
    assert "".join(piece for piece, _ in looked_for.pieces(typed)) == typed
    assert looked_for.is_in(plain_words("Some text")) in (True, False)


@pytest.mark.parametrize("typed", ["", "  ", "…", '"""', "*", "%", "\x00", "(", "'"])
def test_signs_without_a_word_look_for_nothing(typed):
    assert not wanted(typed)
    assert not is_in(typed, "Some text")
