"""Facts that cohorts announce."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class SessionMoved:
    """A session has another start or end than before."""

    session_id: UUID
    started: datetime
    starts: datetime
