"""The table of team cover: the most people of a team who may be out on one day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.cohorts.cover import Limit
from lms.core import clock
from lms.core.db import Base


class TeamCover(Base):
    """The limit a manager has set for a team: a number of people or a share of the team in percent, never both. No row
    means that none is set. It is locked while somebody of the team is given a place.
    """

    __tablename__ = "team_covers"
    __table_args__ = (
        CheckConstraint("(most IS NULL AND share IS NOT NULL) OR (most IS NOT NULL AND share IS NULL)", name="one"),
        CheckConstraint("most IS NULL OR most > 0", name="lets_one_go"),
        CheckConstraint("share IS NULL OR share BETWEEN 1 AND 100", name="share_is_percent"),
    )

    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    most: Mapped[int | None]
    share: Mapped[int | None]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def limit(self) -> Limit:
        """The limit itself."""
        return Limit(self.most, self.share)
