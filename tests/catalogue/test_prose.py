"""The words of authors: overclaims, short forms, and how hard a text is to read."""

import pytest

from lms.catalogue import library, prose, reading_age
from tests.catalogue.tree import spoil, write


def words(findings):
    return [finding.word for finding in findings]


@pytest.mark.parametrize(
    "text",
    [
        "It has been proven to help.",
        "Trust is key to success.",
        "The study demonstrates that teams work.",
        "Research shows that teams help children.",
        "There is clear evidence that it works.",
        "This proves it.",
    ],
)
def test_words_beyond_the_evidence_are_found(text):
    assert len(words(prose.overclaims(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "It is promising, not proven.",
        "No study shows that teams help.",
        "It cannot be proved.",
        "You may read “research shows that teams help”.",
        "The table shows that Iris stays at nursery.",
        "The evaluation did not establish that it works.",
        "Whoever claims that it is proven goes too far.",
    ],
)
def test_denials_quotations_and_everyday_uses_pass(text):
    assert words(prose.overclaims(text)) == []


def test_in_a_claim_shows_that_is_for_strong_evidence_only():
    assert words(prose.overclaims("It showed that homes matter.", speaks_of_evidence=True)) == ["showed that"]
    assert words(prose.overclaims("It showed that homes matter.", speaks_of_evidence=True, is_strong=True)) == []
    assert words(prose.overclaims("It is proven.", speaks_of_evidence=True, is_strong=True)) == ["proven"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The CAF was a form.", ["CAF"]),
        ("The Common Assessment Framework (CAF) was a form. The CAF went.", []),
        ("The [Common Assessment Framework (CAF)](term:caf) was a form.", []),
        ("CAF (Common Assessment Framework) forms", []),
        ("An early study, or rather Effective Leadership, or ELEYS, said so.", []),
        ("Two CAFs, and the CAF itself.", ["CAFs"]),
        ("The NHS and a GP in the UK. Part II.", []),
        ("A form (long) and the CAF.", ["CAF"]),
    ],
)
def test_a_short_form_is_spelled_out_where_it_first_stands(text, left):
    assert words(prose.unexplained(prose.bare(text))) == left


def test_the_place_of_a_finding_is_the_place_of_the_word():
    text = "See [the *long* one](ref:adams-1999).\n\n- It is **proven** to help."
    (finding,) = prose.overclaims(prose.bare(text))
    assert text[finding.at :].startswith("proven")


@pytest.mark.parametrize(
    ("word", "count"),
    [("family", 3), ("child", 1), ("agency", 3), ("table", 2), ("whole", 1), ("places", 2), ("asked", 1), ("wanted", 2),
     ("professional", 4), ("evaluation", 5), ("being", 2), ("evidence", 3), ("lead", 1), ("people", 2)],
)  # fmt: skip
def test_syllables(word, count):
    assert abs(reading_age.syllables(word) - count) <= (word == "evaluation")


def test_the_grade_follows_the_published_formula():
    assert reading_age.of(words=100, sentences=5, spoken=140) == pytest.approx(0.39 * 20 + 11.8 * 1.4 - 15.59)


def test_a_short_text_has_no_grade_and_long_sentences_have_a_high_one():
    easy = ["The child goes home. The team meets at nine. We ask the family first. They say what they want."] * 10
    hard = ["Interprofessional collaboration necessitates institutionalised arrangements " * 5] * 10
    assert reading_age.grade(easy[:1]) is None
    assert reading_age.grade(easy) < 4
    assert reading_age.grade(hard) > 13


@pytest.fixture
def modules(tmp_path):
    return write(tmp_path)[0]


def faults_of(modules):
    return {(fault.file.rpartition("/")[2], fault.line, fault.level) for fault in library.read(modules).faults}


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("01-why-a-lead.md", "people more often worked", "people were shown to work; it showed that they worked", 13),
        ("01-why-a-lead.md", "A note at the foot", "It is proven. A note at the foot", 26),
        ("01-why-a-lead.md", "## A table", "## A table of the CAF", 20),
        ("02-then-and-now.md", "- a contact", "- a contact, which demonstrates that it works", 13),
        ("facts.yaml", "says: Guidance described the role.", "says: It showed that the role is proven.", 10),
        ("glossary.yaml", "means: A level of need. It is not a wall.", "means: A level of need, key to good help.", 8),
    ],
)
def test_a_fault_of_wording_is_told_at_its_line(modules, name, old, new, line):
    spoil(modules / "lead-professional" / name, old, new)
    assert (name, line, "fault") in faults_of(modules)


@pytest.mark.parametrize(
    ("sentence", "level"),
    [
        (
            "The practitioners considered three alternative ways before they agreed on one good solution. ",
            "warning",
        ),
        ("Interprofessional collaboration necessitates institutionalised arrangements. ", "fault"),
    ],
)
def test_a_page_that_is_hard_to_read_is_told(modules, sentence, level):
    page = modules / "lead-professional" / "01-why-a-lead.md"
    page.write_text(page.read_text() + "\n" + sentence * 40)
    assert ("01-why-a-lead.md", 8, level) in faults_of(modules)
