"""What a trainer plans when creating or editing a cohort. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
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
    percent; `held` says how many places are kept for which sector, until `release_on` (None: the usual date);
    `minimum_sectors` 0 asks for none; `features` are what the room has.
    """

    title: str
    sessions: tuple[PlannedSession, ...]
    about: str = ""
    modules: tuple[str, ...] = ()
    capacity: int = 24
    minimum_agencies: int = 4
    largest_share: int = 40
    agencies: tuple[UUID, ...] | None = None
    minimum_sectors: int = 0
    held: Mapping[str, int] = field(default_factory=dict)
    release_on: date | None = None
    needs_approval: bool = False
    offers_places: bool = False
    must_prepare: bool = False
    prepare_days: int = 3
    late_days: int = 3
    features: tuple[str, ...] = ()
