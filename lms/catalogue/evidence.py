"""How firm the ground under a fact is: the strengths, what each is called on a page, and what it means."""

from dataclasses import dataclass
from enum import StrEnum


class Strength(StrEnum):
    """How strong the evidence for a fact is, in the words of `facts.yaml`."""

    STRONG = "strong"
    INDIRECT = "indirect"
    CONTRADICTORY = "contradictory"
    SMALL_SCALE = "small-scale-qualitative"
    LIMITED = "limited"
    NULL_RESULT = "null-result"
    EXPERT_VIEW = "expert-view"
    POLICY = "policy"
    DEFINITION = "definition"


@dataclass(frozen=True)
class Grade:
    """How one strength is shown: its label, what it means, its icon, and the question its kind of source answers.

    `aside` stands beside the label, where a short word prevents a misreading that the label alone invites.
    """

    label: str
    meaning: str
    icon: str
    source_question: str = "What kind of study"
    aside: str | None = None


GRADES: dict[Strength, Grade] = {
    Strength.STRONG: Grade("Strong evidence", "Large or long studies, carefully done.", "strong"),
    Strength.INDIRECT: Grade("Indirect evidence", "About something else that bears on this.", "indirect"),
    Strength.CONTRADICTORY: Grade("Studies disagree", "Good studies point different ways.", "contradictory"),
    Strength.SMALL_SCALE: Grade(
        "Small-scale study", "Rich detail from few people. Good for ideas; not proof for everyone.", "smallq"
    ),
    Strength.LIMITED: Grade(
        "Limited evidence", "Some figures, but self-reported, or nothing to compare with.", "limited"
    ),
    Strength.NULL_RESULT: Grade(
        "Looked for, not found", "A well-made study looked for an effect and found none.", "null"
    ),
    Strength.EXPERT_VIEW: Grade(
        "Expert view", "An argument by people who know the field.", "expert", "What kind of source"
    ),
    Strength.POLICY: Grade(
        "What guidance said",
        "What was intended; not whether it worked.",
        "policy",
        "What kind of source",
        "not a finding",
    ),
    Strength.DEFINITION: Grade(
        "What the word means", "As the named source uses it.", "definition", "What kind of source"
    ),
}


def grade(strength: Strength) -> Grade:
    """How a strength is shown."""
    return GRADES[strength]
