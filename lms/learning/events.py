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


@dataclass(frozen=True)
class ProgrammeCompleted:
    """With a module just completed, a person has finished every required module of a programme, each at some time.

    Announced after that module's own fact, and again when a required module is renewed. Whether all of them count today
    is for the certificates to say, which know their dates and what was withdrawn.
    """

    person_id: UUID
    programme: str
    completed_on: date
    at: datetime
