"""What spans all modules: works cited, words explained, facts counted, each from the small tree of modules."""

import pytest

from lms.catalogue import evidence_map, glossary, library, works
from lms.catalogue.evidence import Strength
from lms.catalogue.library import load
from lms.catalogue.wanted import wanted
from tests.catalogue.tree import spoil, write

SHARED = """\
- key: threshold
  term: Threshold
  means: The point at which a service begins.
- key: tier
  term: tier
  means: A meaning that stands aside.
"""


@pytest.fixture
def modules(tmp_path):
    return write(tmp_path)[0]


def faults(modules):
    return [(fault.file.rpartition("/")[2], fault.line, fault.message) for fault in library.read(modules).faults]


def test_every_work_that_is_cited_is_listed_by_its_full_name_with_the_modules_that_cite_it(modules):
    listed = works.cited(load(modules))
    assert [(one.work.key, [module.slug for module in one.modules]) for one in listed] == [
        ("adams-1999", ["lead-professional", "tiers-of-need"]),
        ("wt-2023", ["lead-professional"]),
        ("hallam-2005", ["lead-professional"]),
    ]


def test_works_are_found_by_author_title_and_note(modules):
    listed = works.cited(load(modules))
    assert [one.work.key for one in works.fitting(listed, wanted("hallam survey"))] == ["hallam-2005"]
    assert [one.work.key for one in works.fitting(listed, wanted("reported in"))] == ["hallam-2005"]
    assert works.fitting(listed, wanted("zebra")) == []


def test_a_word_of_several_modules_stands_once_with_each_meaning_that_differs(modules):
    lead, tier = glossary.words(load(modules))
    assert (lead.term, [place.module.slug for place in lead.meanings[0].places]) == (
        "Lead professional", ["lead-professional"],
    )  # fmt: skip
    assert [fact.id for fact in lead.meanings[0].facts] == ["M5-F1"]
    assert [(meaning.means, [place.page.slug for place in meaning.places]) for meaning in tier.meanings] == [
        ("A level of need. It is not a wall.", ["sources"]),
        ("A level of help.", ["sources"]),
    ]


def test_a_meaning_that_two_modules_share_stands_once_with_both(modules):
    spoil(modules / "lead-professional" / "glossary.yaml", "A level of need. It is not a wall.", "A level of help")
    [tier] = [word for word in glossary.words(load(modules)) if word.key == "tier"]
    [meaning] = tier.meanings
    assert [place.module.slug for place in meaning.places] == ["lead-professional", "tiers-of-need"]


def test_two_words_with_one_key_in_different_modules_stay_two(modules):
    spoil(modules / "tiers-of-need" / "glossary.yaml", "term: Tier", "term: Tier (of a cake)")
    keys = [word.key for word in glossary.words(load(modules))]
    assert keys == ["lead-professional", "tier", "tier-of-a-cake"]


def test_shared_words_are_listed_and_stand_aside_for_modules_that_explain_them(modules):
    (modules / "glossary.yaml").write_text(SHARED)
    words = {word.term: word for word in glossary.words(load(modules))}
    assert sorted(words) == ["Lead professional", "Threshold", "Tier"]
    assert words["Threshold"].meanings[0].places == []
    assert "stands aside" not in words["Tier"].text


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("key: tier", "key: threshold", 4, "is here twice"),
        ("means: The", "mean: The", 3, "`mean`"),
        ("begins.", "begins.\n  fact: M5-F99", 4, "no fact `M5-F99`"),
        ("The point at", "It is proven that the point at", 3, "roven"),
    ],
)
def test_the_shared_glossary_is_checked_like_the_others(modules, old, new, line, said):
    (modules / "glossary.yaml").write_text(SHARED.replace(old, new))
    assert [(file, at) for file, at, message in faults(modules) if said in message] == [("glossary.yaml", line)]


def test_words_with_it_in_the_term_come_before_those_with_it_in_the_meaning(modules):
    spoil(modules / "tiers-of-need" / "glossary.yaml", "A level of help.", "Not a lead professional.")
    every = glossary.words(load(modules))
    assert [word.term for word in glossary.fitting(every, wanted("lead"))] == ["Lead professional", "Tier"]
    assert [word.term for word in glossary.fitting(every, wanted("wall"))] == ["Tier"]


def test_sheets_are_cut_between_letters_and_leave_nothing_out(modules):
    (modules / "glossary.yaml").write_text(SHARED)
    every = glossary.words(load(modules))
    assert [[word.term for word in sheet] for sheet in glossary.sheets(every, most=2)] == [
        ["Lead professional"], ["Threshold", "Tier"],
    ]  # fmt: skip
    assert glossary.letters(load(modules)) == [("L", 1), ("T", 1)]


def test_every_fact_is_counted_once_under_its_strength(modules):
    drawn = evidence_map.evidence_map(load(modules))
    order = list(Strength)
    assert [row.module.slug for row in drawn.rows] == ["lead-professional", "tiers-of-need"]
    counted = {
        (row.module.slug, strength.value): row.counts[order.index(strength)] for row in drawn.rows for strength in order
    }
    assert {cell: number for cell, number in counted.items() if number} == {
        ("lead-professional", "limited"): 1,
        ("lead-professional", "policy"): 1,
        ("tiers-of-need", "definition"): 1,
    }
    assert len(counted) == 18
    assert sum(column.total for column in drawn.columns) == sum(row.total for row in drawn.rows) == len(drawn.claims)


def test_the_map_is_narrowed_by_strength_by_module_or_both(modules):
    drawn = evidence_map.evidence_map(load(modules))

    def fitting(strength, module):
        return [claim.fact.id for claim in drawn.fitting(strength, module)]

    assert fitting("", "") == ["M5-F1", "M5-F2", "M7-F1"]
    assert fitting("limited", "") == ["M5-F1"]
    assert fitting("", "lead-professional") == ["M5-F1", "M5-F2"]
    assert fitting("policy", "tiers-of-need") == []
    assert fitting("zebra", "") == []


def test_a_claim_names_the_page_that_makes_it_and_its_works(modules):
    first = evidence_map.evidence_map(load(modules)).claims[0]
    assert first.page.slug == "why-a-lead"
    assert [work.key for work in first.works] == ["hallam-2005", "adams-1999"]


@pytest.mark.parametrize(
    ("strength", "module", "said"),
    [
        ("", "", "All 3 facts"),
        ("limited", "", "1 fact: limited evidence"),
        ("", "lead-professional", "2 facts in “The lead professional”"),
        ("policy", "tiers-of-need", "No fact in “Tiers of need”: what guidance said"),
        ("zebra", "", "No fact fits"),
    ],
)
def test_the_heading_says_what_the_list_holds(modules, strength, module, said):
    assert evidence_map.evidence_map(load(modules)).heading(strength, module) == said
