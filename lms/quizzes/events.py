"""Facts that quizzes announce."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class QuizPassed:
    """A person has passed a knowledge check or a scenario. Announced once for each attempt that passes."""

    person_id: UUID
    quiz: str
    module: str
    attempt_id: UUID
    at: datetime
