"""The rules of playing a branching scenario: beginning, choosing, resuming, telling the story and marking the play."""

from lms.quizzes.quiz import (
    Choice,
    Comparison,
    Condition,
    Ending,
    Levels,
    More,
    Scenario,
    Scene,
    Seat,
    StateVariable,
    Target,
)

__all__ = [
    "Choice",
    "Comparison",
    "Condition",
    "Ending",
    "Levels",
    "More",
    "Scenario",
    "Scene",
    "Seat",
    "StateVariable",
    "Target",
]
