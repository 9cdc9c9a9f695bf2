"""Reads about quizzes: a person's own goes, and what they gave in one of them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select

from lms.core.actor import Actor
from lms.core.db import ask, db
from lms.core.errors import NotFound
from lms.quizzes import policy, sitting
from lms.quizzes.knowledge import DrawDoesNotFit
from lms.quizzes.models import Answer, Attempt
from lms.quizzes.narrowing import is_drawn_from, narrowed
from lms.quizzes.quiz import KnowledgeCheck
from lms.quizzes.sitting import Sitting

MOST_LISTED = 20
# Built once, since every answer asks both; building them took a tenth of its time in the product.
_ATTEMPT = select(Attempt).where(
    policy.of_asker(), Attempt.quiz == bindparam("slug"), Attempt.id == bindparam("attempt")
)
_LOCKED = _ATTEMPT.with_for_update()
_ANSWERS = Answer.__table__.c
_GIVEN = select(_ANSWERS.position, _ANSWERS.given, _ANSWERS.right).where(_ANSWERS.attempt_id == bindparam("attempt"))


def attempts(actor: Actor, quiz: str) -> Sequence[Attempt]:
    """The actor's last goes at a quiz, newest first; one that is open is always the first."""
    wanted = select(Attempt).where(policy.visible(actor), Attempt.quiz == quiz)
    return db.session.scalars(wanted.order_by(Attempt.number.desc()).limit(MOST_LISTED)).all()


def attempt(actor: Actor, quiz: str, attempt_id: UUID, *, locked: bool = False) -> Attempt:
    """One go of the actor. Raises NotFound for anyone else's. `locked` lets one request at a time change it."""
    asked = {"asker": actor.id, "slug": quiz, "attempt": attempt_id}
    found = db.session.scalar(_LOCKED if locked else _ATTEMPT, asked)
    if found is None:
        raise NotFound
    return found


def sitting_of(check: KnowledgeCheck, attempt: Attempt) -> Sitting:
    """A go at a check with all its answers. Raises DrawDoesNotFit when the questions have changed under it."""
    given = ((row.position, row.given, row.right) for row in ask(_GIVEN, {"attempt": attempt.id}))
    return sitting.from_json(check, attempt.state, given)


def open_sitting(actor: Actor, check: KnowledgeCheck, attempt: Attempt) -> Sitting:
    """A go at a check as it stands now. Raises DrawDoesNotFit also for an open one that asks less, or something else,
    than this person is asked today: a refresher's few questions left open are no pass of the whole check.
    """
    stands = sitting_of(check, attempt)
    if attempt.finished_at is None and not is_drawn_from(stands.keys, narrowed(actor, check)):
        raise DrawDoesNotFit(f"{check.slug}: the go asks other questions than are asked now")
    return stands


def passed_quizzes(actor: Actor, module: str) -> frozenset[str]:
    """The quizzes of a module that the actor has ever passed."""
    wanted = select(Attempt.quiz).where(policy.visible(actor), Attempt.module == module, Attempt.passed.is_(True))
    return frozenset(db.session.scalars(wanted.distinct()))
