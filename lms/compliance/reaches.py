"""Whose figures a reader may ask for. What is hidden from readers outside the agencies is said in `release`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from lms.assignments.counting import Group
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.permissions import Role
from lms.people.models import Agency, Team


class By(StrEnum):
    """What the lines of the table are."""

    AGENCY = "agency"
    TEAM = "team"
    JOB = "job"
    LEVEL = "level"
    LOCALITY = "locality"
    SECTOR = "sector"
    MODULE = "module"

    @property
    def words(self) -> str:
        """As a heading and a choice say it."""
        return {"level": "Level of the job", "module": "Module or level asked"}.get(self.value, self.value.capitalize())

    @property
    def group(self) -> Group:
        """The group that counts are kept by. Raises ValueError for teams and modules."""
        return Group(self.value)


INSIDE = (By.TEAM, By.JOB, By.LOCALITY, By.LEVEL, By.MODULE)
ACROSS = (By.AGENCY, By.SECTOR, By.JOB, By.LOCALITY, By.LEVEL, By.MODULE)


@dataclass(frozen=True)
class Reach:
    """A partnership, one agency or one team. `hides` for readers outside the agencies."""

    key: str
    name: str
    partnership: str
    agency: UUID | None = None
    team: UUID | None = None
    hides: bool = False

    @property
    def ways(self) -> tuple[By, ...]:
        """By what its people can be counted. Outside the agencies by agency alone: what lies across agencies, such as
        sectors, could be subtracted from them.
        """
        if self.hides:
            return (By.AGENCY,)
        if self.team:
            return (By.JOB, By.MODULE)
        return INSIDE if self.agency else ACROSS


def reaches(actor: Actor) -> Sequence[Reach]:
    """Everything the reader may ask for, widest first: partnerships they coordinate, agencies and teams they follow,
    and as somebody who oversees a partnership, what is released of it. Two queries.
    """
    coordinated = actor.partnerships(Role.COORDINATOR)
    found = [Reach(f"partnership:{name}", name, name) for name in sorted(coordinated)]
    agencies = db.session.execute(
        select(Agency.id, Agency.name, Agency.partnership)
        .where(Agency.id.in_(actor.followed_agencies) | Agency.partnership.in_(coordinated))
        .order_by(Agency.name)
    )
    found += [Reach(f"agency:{id_}", name, partnership, agency=id_) for id_, name, partnership in agencies]
    teams = db.session.execute(
        select(Team.id, Team.name, Agency.id, Agency.partnership)
        .join(Agency, Team.agency_id == Agency.id)
        .where(Team.id.in_(actor.followed_teams) | Team.agency_id.in_(actor.followed_agencies))
        .order_by(Team.name, Team.id)
    )
    found += [
        Reach(f"team:{id_}", name, partnership, agency=agency, team=id_) for id_, name, agency, partnership in teams
    ]
    overseen = actor.partnerships(Role.OBSERVER) - coordinated
    return [*found, *(Reach(f"released:{name}", name, name, hides=True) for name in sorted(overseen))]
