"""What a trainer plans when creating or editing a cohort. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class PlannedSession:
    """One date of a cohort; `id` names the session it changes, None makes a new one."""

    starts_at: datetime
    ends_at: datetime
    place: str
    id: UUID | None = None


@dataclass(frozen=True)
class Plan:
    """A cohort as its trainer wants it. `agencies` None means every agency of the partnership; `largest_share` is in
    percent.
    """

    title: str
    sessions: tuple[PlannedSession, ...]
    about: str = ""
    modules: tuple[str, ...] = ()
    capacity: int = 24
    minimum_agencies: int = 4
    largest_share: int = 40
    agencies: tuple[UUID, ...] | None = None
