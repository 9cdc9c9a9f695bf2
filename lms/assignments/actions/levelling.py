"""A partnership's scheme of levels: which jobs belong to a level, and which modules count towards its hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args
from uuid import UUID

from sqlalchemy import select

from lms.assignments.models import Level
from lms.assignments.rules import plain
from lms.audit import actions as audit
from lms.catalogue.content import AudienceLevel
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Permission, Role

AUDIENCE: tuple[str, ...] = get_args(AudienceLevel)


class CodeTaken(Refusal):
    """A code stands for one level of a partnership."""

    field = "code"
    sentence = "There is a level with that code already."


class BadCode(Refusal):
    """A code is short and plain, since it is part of keys."""

    field = "code"
    sentence = "Use letters, digits and hyphens only."


class UnknownAudience(Refusal):
    """Modules are made for one of our own audience levels."""

    field = "module_levels"
    sentence = "Choose from the list."


@dataclass(frozen=True)
class Scheme:
    """What a level says: name, place in the list, jobs, and the audience levels of modules that count (none: all)."""

    name: str
    position: int
    jobs: Sequence[str] = ()
    module_levels: Sequence[str] = ()


def add(actor: Actor, partnership: str, code: str, scheme: Scheme) -> Level:
    """Add a level. Raises CodeTaken, BadCode, UnknownAudience, and NotFound for whoever does not coordinate there."""
    if partnership not in actor.partnerships(Role.COORDINATOR) or not actor.can(Permission.SCHEME_EDIT):
        raise NotFound
    code = code.strip()
    if not code.replace("-", "").isalnum():
        raise BadCode
    taken = select(Level.id).where(Level.partnership == partnership, Level.code == code)
    if db.session.scalar(taken) is not None:
        raise CodeTaken
    made = Level(partnership=partnership, code=code)
    _write(made, scheme)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "level.added", made.id, code=code)
    return made


def change(actor: Actor, level_id: UUID, scheme: Scheme) -> Level:
    """Change a level from today on; days that are over keep what was known of them.

    Raises UnknownAudience, and NotFound for whoever does not coordinate there.
    """
    found = db.session.scalar(
        select(Level)
        .where(Level.id == level_id, Level.partnership.in_(actor.partnerships(Role.COORDINATOR)))
        .with_for_update()
    )
    if found is None or not actor.can(Permission.SCHEME_EDIT):
        raise NotFound
    _write(found, scheme)
    audit.record(actor, "level.changed", found.id, code=found.code)
    return found


def _write(level: Level, scheme: Scheme) -> None:
    if not set(scheme.module_levels) <= set(AUDIENCE):
        raise UnknownAudience
    level.name, level.position = scheme.name.strip(), scheme.position
    level.jobs = list({plain(job): job for job in scheme.jobs}.values())
    level.module_levels = list(scheme.module_levels)
