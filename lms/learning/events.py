"""Facts that learning announces."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class ModuleCompleted:
    """A person has read every page of a module and passed all its quizzes. Announced once for each completion."""

    person_id: UUID
    module: str
    version: int
    core_hash: str
    completion_id: UUID
    completed_on: date
    at: datetime
    minutes: int
