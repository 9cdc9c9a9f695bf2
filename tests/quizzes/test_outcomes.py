"""Every draw of a knowledge check asks about each outcome of its module and for a reading of evidence."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.knowledge import KnowledgeCheck, draw
from tests.quizzes.test_knowledge import MATCHING, MULTIPLE, ORDERING, SINGLE


def with_outcomes() -> KnowledgeCheck:
    """Fourteen questions on five outcomes, one of which only the last question tests; two train reading of evidence."""
    questions = [replace(SINGLE, key=f"single-{n}", outcome=n % 4 + 1, evidence=n in (3, 7)) for n in range(10)]
    more = (replace(MULTIPLE, outcome=1), replace(ORDERING, outcome=2), replace(MATCHING, outcome=3))
    rare = replace(SINGLE, key="rare", outcome=5)
    return KnowledgeCheck("lead-check", "Lead", "lead-professional", 8, (*questions, *more, rare))


@given(st.text())
def test_every_draw_asks_about_each_outcome_and_for_a_reading_of_evidence(seed: str):
    drawn = [each.question for each in draw(with_outcomes(), seed).questions]
    assert {question.outcome for question in drawn} == {1, 2, 3, 4, 5}
    assert any(question.evidence for question in drawn)
    assert len(drawn) == 8


@given(st.text(), st.integers(1, 4))
def test_a_draw_too_small_for_all_outcomes_is_still_full_and_asks_nothing_twice(seed: str, size: int):
    drawn = draw(replace(with_outcomes(), draw=size), seed)
    assert len({each.question.key for each in drawn.questions}) == size
