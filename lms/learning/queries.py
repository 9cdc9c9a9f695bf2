"""Reads about learning: what was completed and studied by people whom the asking feature has already chosen by its own
policy, and what a person sees of their own.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, literal_column, null, select, union_all

from lms.catalogue import shelf
from lms.core.actor import Actor
from lms.core.db import ask, db
from lms.core.errors import NotFound
from lms.learning import policy, updates
from lms.learning.going import Going
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


def _marks(*whose: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Each study with each page read and each quiz passed in it, as rows of one query.

    On plain tables and built once: this is the query of every page anybody reads.
    """
    studies, pages, quizzes = Study.__table__.c, PageRead.__table__.c, QuizPass.__table__.c
    named = (studies.module, studies.number)
    study = (*named, studies.version, studies.last_page, studies.completed_at, studies.refreshes)
    mark = (*named, null(), null(), null(), null())  # what is known of the study stands in its own row
    none: ColumnElement[str] = literal_column("''")
    read = Study.__table__.join(PageRead.__table__, pages.study_id == studies.id)
    passed = Study.__table__.join(QuizPass.__table__, quizzes.study_id == studies.id)
    return union_all(
        select(*study, literal_column("'study'"), none, studies.started_at, literal_column("0")).where(*whose),
        select(*mark, literal_column("'page'"), pages.page, pages.read_at, pages.version)
        .select_from(read)
        .where(*whose),
        select(*mark, literal_column("'quiz'"), quizzes.quiz, quizzes.passed_at, literal_column("0"))
        .select_from(passed)
        .where(*whose),
    )


MARKS = _marks(policy.studies_of_asker())
MARKS_IN_MODULE = _marks(policy.studies_of_asker(), Study.__table__.c.module == bindparam("module"))


def going(actor: Actor, module: str) -> Going:
    """How far the actor is in one module; not started when there is no study. One query."""
    rows = ask(MARKS_IN_MODULE, {"asker": actor.id, "module": module})
    return _goings(rows).get(module, Going(module))


def all_goings(actor: Actor) -> dict[str, Going]:
    """How far the actor is in every module begun, by module. One query."""
    return _goings(ask(MARKS, {"asker": actor.id}))


def _goings(rows: Iterable[Any]) -> dict[str, Going]:
    by_study: dict[tuple[str, int], list[Any]] = {}
    for row in rows:
        by_study.setdefault((row[0], row[1]), []).insert(0 if row[6] == "study" else 1, row)
    held: dict[str, int] = {}
    for (module, _), (study, *_marks) in by_study.items():
        if study[4] is not None:
            held[module] = max(held.get(module, 0), study[2])
    return {module: _going(by_study[module, number], held.get(module, 0)) for module, number in sorted(by_study)}


def _going(rows: list[Any], held: int) -> Going:
    slug, number, version, last_page, completed_at, refreshes, *_ = rows[0]
    read_in = {row[7]: row[9] for row in rows if row[6] == "page"}
    passed = frozenset(row[7] for row in rows if row[6] == "quiz")
    is_history = completed_at is not None and refreshes is None  # as it was read then, whatever has changed since
    read = (frozenset(read_in), passed) if is_history else done_in(slug, read_in, passed, refreshes)
    last_at = max(row[8] for row in rows)
    return Going(slug, number, version, last_page, last_at, completed_at, read[0], read[1], refreshes, held)


def done_in(
    slug: str, read_in: dict[str, int], passed: frozenset[str], refreshes: int | None
) -> tuple[frozenset[str], frozenset[str]]:
    """The pages and quizzes that count as done in an open study or a refresher: a page that has changed in a way that
    matters since it was read does not, and in a refresher all that it does not ask for does.
    """
    module = shelf.library().module(slug)
    if module is None:
        return frozenset(read_in), passed
    pages = frozenset(updates.still_fresh(module, read_in))
    if refreshes is None:
        return pages, passed
    left_alone, not_tested = updates.not_asked(module, updates.since(module, refreshes))
    return pages | left_alone, passed | not_tested


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
