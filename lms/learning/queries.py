"""Reads about learning: what was completed and studied by people whom the asking feature has already chosen by its own
policy, and what a person sees of their own.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select

from lms.core.db import db
from lms.learning.models import Completion, Study

People = Collection[UUID] | Select[tuple[UUID]]


def completed(person_ids: People, modules: Collection[str] | None = None) -> Sequence[Completion]:
    """All completions of these people (in these modules, all unless named), oldest first. One query, however many
    people.

    The caller answers for the choice of people: its own policy has said that the actor may see their training status.
    They come as identities or, when they are many, as a select of them.
    """
    if not isinstance(person_ids, Select) and not person_ids:
        return ()
    wanted = select(Completion).where(Completion.person_id.in_(person_ids))
    if modules is not None:
        wanted = wanted.where(Completion.module.in_(modules))
    return db.session.scalars(wanted.order_by(Completion.completed_at, Completion.id)).all()


def studies(person_ids: People) -> Sequence[Study]:
    """All studies of these people, begun or finished, oldest first. One query; the caller has chosen the people by its
    own policy.
    """
    if not isinstance(person_ids, Select) and not person_ids:
        return ()
    wanted = select(Study).where(Study.person_id.in_(person_ids))
    return db.session.scalars(wanted.order_by(Study.started_at, Study.id)).all()
