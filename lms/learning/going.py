"""How far a person is in a module, as the pages of learning need to know it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Going:
    """A person's present study of a module (the one with the highest number), with what is read and passed in it.

    `refreshes` is set while only what changed since that version is asked for; whatever is not asked for counts as read
    and passed. `held` is the newest version the person has finished, 0 for none.
    """

    module: str
    number: int = 0
    version: int = 0
    last_page: str = ""
    last_at: datetime | None = None
    completed_at: datetime | None = None
    read: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
    refreshes: int | None = None
    held: int = 0

    @property
    def is_started(self) -> bool:
        """Whether there is a study at all."""
        return self.number > 0
