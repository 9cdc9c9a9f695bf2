"""Reads about learning: what was completed and studied by people whom the asking feature has already chosen by its own
policy, and what a person sees of their own.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, literal_column, select, union_all

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.learning import policy
from lms.learning.models import Completion, PageRead, QuizPass, Reflection, Study

People = Collection[UUID] | Select[UUID]


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


@dataclass(frozen=True)
class Going:
    """A person's present study of a module (the one with the highest number), with what is read and passed in it."""

    module: str
    number: int = 0
    version: int = 0
    last_page: str = ""
    last_at: datetime | None = None
    completed_at: datetime | None = None
    read: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()

    @property
    def is_started(self) -> bool:
        """Whether there is a study at all."""
        return self.number > 0


def _marks(*whose: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Each study with each page read and each quiz passed in it, as rows of one query.

    On plain tables and built once: this is the query of every page anybody reads.
    """
    studies, pages, quizzes = Study.__table__.c, PageRead.__table__.c, QuizPass.__table__.c
    study = (studies.module, studies.number, studies.version, studies.last_page, studies.completed_at)
    read = Study.__table__.join(PageRead.__table__, pages.study_id == studies.id)
    passed = Study.__table__.join(QuizPass.__table__, quizzes.study_id == studies.id)
    return union_all(
        select(*study, literal_column("'study'"), literal_column("''"), studies.started_at).where(*whose),
        select(*study, literal_column("'page'"), pages.page, pages.read_at).select_from(read).where(*whose),
        select(*study, literal_column("'quiz'"), quizzes.quiz, quizzes.passed_at).select_from(passed).where(*whose),
    )


MARKS = _marks(policy.studies_of_asker())
MARKS_IN_MODULE = _marks(policy.studies_of_asker(), Study.__table__.c.module == bindparam("module"))


def going(actor: Actor, module: str) -> Going:
    """How far the actor is in one module; not started when there is no study. One query."""
    rows = db.session.execute(MARKS_IN_MODULE, {"asker": actor.id, "module": module})
    return _goings(rows).get(module, Going(module))


def all_goings(actor: Actor) -> dict[str, Going]:
    """How far the actor is in every module begun, by module. One query."""
    return _goings(db.session.execute(MARKS, {"asker": actor.id}))


def _goings(rows: Iterable[Any]) -> dict[str, Going]:
    by_study: dict[tuple[str, int], list[Any]] = {}
    for row in rows:
        by_study.setdefault((row[0], row[1]), []).append(row)
    return {module: _going(by_study[module, number]) for module, number in sorted(by_study)}


def _going(rows: list[Any]) -> Going:
    module, number, version, last_page, completed_at, *_ = rows[0]
    return Going(
        module,
        number,
        version,
        last_page,
        max(row[7] for row in rows),
        completed_at,
        frozenset(row[6] for row in rows if row[5] == "page"),
        frozenset(row[6] for row in rows if row[5] == "quiz"),
    )


def own_completions(actor: Actor, module: str | None = None) -> Sequence[Completion]:
    """The actor's completions (of one module, when named), newest first."""
    wanted = select(Completion).where(policy.own_completions(actor))
    if module is not None:
        wanted = wanted.where(Completion.module == module)
    return db.session.scalars(wanted.order_by(Completion.completed_at.desc(), Completion.id)).all()


_NOTE = select(Reflection).where(
    policy.reflections_of_asker(), Reflection.module == bindparam("module"), Reflection.key == bindparam("key")
)


def reflection(actor: Actor, module: str, key: str) -> Reflection | None:
    """The actor's own note at this place, if there is one."""
    return db.session.scalar(_NOTE, {"asker": actor.id, "module": module, "key": key})


def own_reflections(actor: Actor) -> Sequence[Reflection]:
    """All notes of the actor, by module, newest first within it."""
    wanted = select(Reflection).where(policy.own_reflections(actor))
    return db.session.scalars(wanted.order_by(Reflection.module, Reflection.saved_at.desc())).all()


def get_reflection(actor: Actor, reflection_id: UUID) -> Reflection:
    """One note of the actor. Raises NotFound for anyone else's."""
    found = db.session.scalar(select(Reflection).where(Reflection.id == reflection_id, policy.own_reflections(actor)))
    if found is None:
        raise NotFound
    return found
