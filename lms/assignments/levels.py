"""Reads about a partnership's scheme of levels: its levels with their jobs, and the jobs without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from lms.assignments import requirements
from lms.assignments.asks import Place
from lms.assignments.models import Level
from lms.assignments.rules import plain
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Role


@dataclass(frozen=True)
class SchemeShown:
    """The levels of one partnership, in order, and the jobs in use there that belong to none."""

    partnership: str
    levels: Sequence[Level]
    without: Sequence[str]


def schemes(actor: Actor) -> list[SchemeShown]:
    """The schemes of the partnerships that the actor coordinates."""
    return [_scheme(name) for name in sorted(actor.partnerships(Role.COORDINATOR))]


def _scheme(partnership: str) -> SchemeShown:
    known = requirements.levels(partnership)
    placed = {plain(job) for level in known for job in level.jobs}
    jobs = requirements.jobs(Place(partnership, partnership))
    return SchemeShown(partnership, known, [job for job in jobs if plain(job) not in placed])


def partnership(actor: Actor, name: str | None) -> str:
    """The partnership of this name, or the first, that the actor coordinates. Raises NotFound when there is none."""
    found = [one for one in sorted(actor.partnerships(Role.COORDINATOR)) if not name or one == name]
    if not found:
        raise NotFound
    return found[0]


def level(actor: Actor, level_id: UUID) -> Level:
    """One level of a partnership that the actor coordinates. Raises NotFound for any other."""
    found = db.session.scalar(
        select(Level).where(Level.id == level_id, Level.partnership.in_(actor.partnerships(Role.COORDINATOR)))
    )
    if found is None:
        raise NotFound
    return found


def jobs_for(partnership_name: str, chosen: Sequence[str] = ()) -> list[str]:
    """The jobs that a level can have: those in use, and those it has already."""
    used = requirements.jobs(Place(partnership_name, partnership_name))
    known = {plain(job) for job in used}
    return [*used, *(job for job in chosen if plain(job) not in known)]
