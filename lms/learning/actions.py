"""What a person does while learning: read a page, start again, keep a private note; and completion, which follows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from lms.audit import actions as audit
from lms.catalogue import shelf
from lms.catalogue.content import Module
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Refusal
from lms.core.events import announce
from lms.learning import queries, updates
from lms.learning.events import ModuleCompleted, ProgrammeCompleted
from lms.learning.models import Completion, PageRead, QuizPass, Reflection, Study
from lms.learning.progress import Progress, may_start_again
from lms.people.models import Person
from lms.quizzes.events import QuizPassed

LONGEST_NOTE = 5_000


class StillInDate(Refusal):
    """A module is studied anew only when its certificate has run out or soon will."""

    sentence = "Your certificate for this module is still in date, so there is nothing to start again yet."


class NothingChanged(Refusal):
    """There is nothing new to look at."""

    sentence = "Nothing that matters has changed in this module since you finished it."


class NoteTooLong(Refusal):
    """A note is longer than there is room for; nothing of it is cut off."""

    field = "reflection"

    def __init__(self, length: int) -> None:
        super().__init__(
            f"Your note has {length:,} characters; there is room for {LONGEST_NOTE:,}. Shorten it and save again. "
            "Nothing you typed is lost."
        )


class ChangedElsewhere(Refusal):
    """The note was saved from another page or device since this page was opened."""

    field = "reflection"
    sentence = (
        "You saved this note from another page or device in the meantime. Your text here is kept in the box, and the "
        "other one stands below it. Save again to replace it."
    )


def read_page(actor: Actor, module: Module, page: str) -> bool:
    """Mark a page as read in the actor's present study, beginning one if there is none. Doing it twice changes nothing.
    Returns whether the study was completed by it.

    In a finished study nothing is marked: it stays as it was when it was completed.
    """
    hold(actor.id)
    study = _present_study(actor.id, module)
    if study.completed_at is not None:
        return False
    study.last_page = page
    kept = db.session.scalar(select(PageRead).where(PageRead.study_id == study.id, PageRead.page == page))
    if kept is None:
        db.session.add(PageRead(study_id=study.id, page=page, version=module.version))
    elif kept.version < module.version:
        kept.version, kept.read_at = module.version, clock.now()
    _complete_if_done(study, module)
    return study.completed_at is not None


def quiz_passed(fact: QuizPassed) -> None:
    """Hear that a quiz was passed: it counts in the person's present study of its module, which may thereby be
    complete.
    """
    module = shelf.library().module(fact.module)
    if module is None:
        return
    hold(fact.person_id)
    study = _present_study(fact.person_id, module)
    if study.completed_at is not None:
        return
    if not _has(select(QuizPass.id).where(QuizPass.study_id == study.id, QuizPass.quiz == fact.quiz)):
        db.session.add(QuizPass(study_id=study.id, quiz=fact.quiz, attempt_id=fact.attempt_id, passed_at=fact.at))
    _complete_if_done(study, module)


def start_again(actor: Actor, module: Module) -> Study:
    """Open a new study beside the finished one. Twice is harmless: an open study is simply carried on.

    Raises StillInDate while the last certificate runs for more than 90 days.
    """
    hold(actor.id)
    study = _present_study(actor.id, module)
    if study.completed_at is None and study.refreshes is None:
        return study
    last = queries.own_completions(actor, module.slug)[0]
    if not may_start_again(last.completed_on, module.valid_months, clock.today()):
        raise StillInDate
    fresh = _open_beside(study, module)
    audit.record(actor, "study.started_again", fresh.id, module=module.slug)
    return fresh


def refresh(actor: Actor, module: Module) -> Study:
    """Open a study of what changed since the version the actor holds. Twice is harmless: an open study is carried on.

    Raises NothingChanged when no change since then matters.
    """
    hold(actor.id)
    study = _present_study(actor.id, module)
    if study.completed_at is None:
        return study
    held = queries.going(actor, module.slug).held
    if updates.since(module, held) is None:
        raise NothingChanged
    fresh = _open_beside(study, module)
    fresh.refreshes = held
    audit.record(actor, "study.refreshed", fresh.id, module=module.slug, since=held)
    return fresh


def questions_to_refresh(actor: Actor, quiz: str, module_slug: str) -> frozenset[str]:
    """The questions to which a quiz is narrowed for this person, those of an open refresher; none: the whole quiz."""
    module = shelf.library().module(module_slug)
    going = queries.going(actor, module_slug)
    if module is None or going.completed_at is not None or going.refreshes is None:
        return frozenset()
    asked = updates.since(module, going.refreshes)
    return updates.questions(quiz, asked) if asked else frozenset()


def open_anew(person_id: UUID, completion_id: UUID, module: Module) -> None:
    """A completion no longer counts (its certificate was withdrawn), so a fresh study waits beside the old one; nothing
    happens when the person has studied the module again since.
    """
    hold(person_id)
    study = _present_study(person_id, module)
    whole = (
        select(Study.id)
        .where(Study.person_id == person_id, Study.module == module.slug, Study.refreshes.is_(None))
        .order_by(Study.number.desc())
        .limit(1)
    )
    if _has(
        select(Completion.id).where(Completion.id == completion_id, Completion.study_id == whole.scalar_subquery())
    ):
        _open_beside(study, module)


def _open_beside(study: Study, module: Module) -> Study:
    fresh = Study(person_id=study.person_id, module=module.slug, number=study.number + 1, version=module.version)
    db.session.add(fresh)
    db.session.flush()
    return fresh


def hold(person_id: UUID) -> None:
    """Let one request at a time change this person's learning, so that two devices cannot both complete a module.

    On SQLite the writing transaction is alone anyway; PostgreSQL locks the person's row, without hindering rows that
    refer to it.
    """
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def _present_study(person_id: UUID, module: Module) -> Study:
    found = db.session.scalar(
        select(Study)
        .where(Study.person_id == person_id, Study.module == module.slug)
        .order_by(Study.number.desc())
        .limit(1)
    )
    if found is None:
        found = Study(person_id=person_id, module=module.slug, number=1, version=module.version)
        db.session.add(found)
        db.session.flush()
    return found


def _has(wanted: Select[UUID]) -> bool:
    return db.session.scalar(wanted) is not None


def _complete_if_done(study: Study, module: Module) -> None:
    """End the study when all is done; record the completion and announce it in the same transaction, once. A refresher
    ends without either: the evidence of the first time stays, and so does its date.
    """
    db.session.flush()
    read = db.session.execute(select(PageRead.page, PageRead.version).where(PageRead.study_id == study.id))
    passed = db.session.scalars(select(QuizPass.quiz).where(QuizPass.study_id == study.id))
    read_in = {row.page: row.version for row in read}
    done = queries.done_in(module.slug, read_in, frozenset(passed), study.refreshes)
    if not Progress([page.slug for page in module.pages], module.quizzes, *done).is_complete:
        return
    study.completed_at, study.version = clock.now(), module.version
    if study.refreshes is None:
        _record_completion(study, module, study.completed_at)
    else:
        audit.record(None, "study.refresher_finished", study.id, module=module.slug, version=module.version)


def _record_completion(study: Study, module: Module, at: datetime) -> None:
    completion = Completion(
        person_id=study.person_id,
        study_id=study.id,
        module=module.slug,
        version=module.version,
        core_hash=module.hash,
        minutes=module.minutes,
        completed_on=clock.local(at).date(),
        completed_at=at,
    )
    db.session.add(completion)
    db.session.flush()
    announce(
        ModuleCompleted(
            person_id=study.person_id,
            module=module.slug,
            version=module.version,
            core_hash=module.hash,
            completion_id=completion.id,
            completed_on=completion.completed_on,
            at=at,
            minutes=module.minutes,
        )
    )
    _announce_programmes(completion)


def _announce_programmes(completion: Completion) -> None:
    """Announce each programme that requires this module and has no other required module left to finish."""
    asking = [one for one in shelf.library().programmes_with(completion.module) if completion.module in one.required]
    if not asking:
        return
    finished = set(db.session.scalars(select(Completion.module).where(Completion.person_id == completion.person_id)))
    for programme in asking:
        if finished.issuperset(programme.required):
            announce(
                ProgrammeCompleted(
                    person_id=completion.person_id,
                    programme=programme.slug,
                    completed_on=completion.completed_on,
                    at=completion.completed_at,
                )
            )


def save_reflection(actor: Actor, module: str, key: str, text: str, seen: str) -> Reflection | None:
    """Keep the actor's private note; `seen` is the moment of the version they were shown, as `saved_at` in ISO format,
    or empty. An empty text removes the note. Returns what is kept.

    Raises NoteTooLong, and ChangedElsewhere when another page or device has saved a different text since.
    """
    if len(text) > LONGEST_NOTE:
        raise NoteTooLong(len(text))
    hold(actor.id)
    kept = queries.reflection(actor, module, key)
    if kept is not None and kept.text != text and kept.saved_at.isoformat() != seen:
        raise ChangedElsewhere
    if not text:
        if kept is not None:
            db.session.delete(kept)
        return None
    if kept is None:
        kept = Reflection(person_id=actor.id, module=module, key=key)
        db.session.add(kept)
    kept.text, kept.saved_at = text, clock.now()
    return kept


def delete_reflection(actor: Actor, reflection_id: UUID) -> None:
    """Remove one of the actor's own notes for good. Raises NotFound for anyone else's. The record keeps no text."""
    note = queries.get_reflection(actor, reflection_id)
    db.session.delete(note)
    audit.record(actor, "reflection.deleted", note.id)
