"""Searching the library: what is found, in which order, and the sentence that is shown."""

import pytest

from lms.catalogue.library import load
from lms.catalogue.search import LONGEST, Rank, search
from tests.catalogue.tree import spoil, write


@pytest.fixture
def library(tmp_path):
    return load(write(tmp_path)[0])


def found(library, words):
    return [
        (hit.rank, hit.module.slug, hit.page.slug if hit.page else None, hit.title) for hit in search(library, words)
    ]


def test_titles_of_modules_come_first_then_words_then_pages(library):
    assert found(library, "lead professional") == [
        (Rank.MODULE_TITLE, "lead-professional", None, "The lead professional"),
        (Rank.GLOSSARY_TERM, "lead-professional", "why-a-lead", "Lead professional"),
        (Rank.PAGE, "lead-professional", "why-a-lead", "Why a lead"),
    ]


def test_case_does_not_matter_and_every_word_must_be_there(library):
    assert found(library, "COORDINATORS 171") == found(library, "171 coordinators")
    assert found(library, "coordinators zebra") == []


def test_a_word_is_found_from_its_beginning_only(library):
    assert found(library, "coord")
    assert found(library, "ordinators") == []


def test_words_of_a_glossary_are_found_on_the_page_that_explains_them_or_with_the_sources(library):
    hits = [hit for hit in search(library, "tier") if hit.rank is Rank.GLOSSARY_TERM]
    assert [(hit.module.slug, hit.page.slug, hit.anchor) for hit in hits] == [
        ("lead-professional", "sources", "w-tier"),
        ("tiers-of-need", "sources", "w-tier"),
    ]
    hit = next(hit for hit in search(library, "contact") if hit.rank is Rank.GLOSSARY)
    assert (hit.page.slug, hit.anchor) == ("why-a-lead", "w-lead-professional")


def test_the_sentence_with_the_words_is_shown_with_their_places(library):
    hit = next(hit for hit in search(library, "wall") if hit.rank is Rank.GLOSSARY)
    assert hit.sentence == "It is not a wall."
    assert hit.parts == [("It is not a ", False), ("wall", True), (".", False)]


def test_a_long_sentence_is_cut_around_the_words(tmp_path):
    modules, _ = write(tmp_path)
    spoil(
        modules / "tiers-of-need" / "02-now.md", "Then was then.", "Early words " * 24 + "zebra " + "late words " * 23
    )
    hit = search(load(modules), "zebra")[0]
    assert len(hit.sentence) <= LONGEST + 4
    assert ("zebra", True) in hit.parts
    assert hit.sentence.startswith("… ")
    assert hit.sentence.endswith(" …")
    assert "".join(piece for piece, _ in hit.parts) == hit.sentence


def test_both_kinds_of_quotes_are_the_same(library):
    assert found(library, "family’s") == found(library, "family's") != []


@pytest.mark.parametrize("words", ["", "   ", "...", "'\"", "<script>", "(", "[a-", "\\", "*", "%"])
def test_odd_input_finds_nothing_and_breaks_nothing(library, words):
    assert search(library, words) == []


def test_evidence_panels_are_not_searched_as_if_authors_had_said_it(library):
    assert found(library, "self-reported") == []
