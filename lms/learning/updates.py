"""What a module that has changed asks of those who finished it before: the rule of `refreshing.py`, on content."""

from collections.abc import Collection

from lms.catalogue.content import Module
from lms.learning.going import Going
from lms.learning.refreshing import Refresher, is_stale, refresher
from lms.quizzes import shelf as quiz_shelf
from lms.quizzes.quiz import KnowledgeCheck


def since(module: Module, held: int) -> Refresher | None:
    """What is asked of somebody who holds version `held`; None when nothing that matters has changed since."""
    return refresher(module.changes, held, [page.slug for page in module.pages])


def asked(module: Module, going: Going) -> Refresher | None:
    """What a person is asked to look at again: what an open refresher asks, or what has come since they finished."""
    if going.completed_at is not None:
        return since(module, going.held)
    return since(module, going.refreshes) if going.refreshes is not None else None


def minutes(module: Module, asked: Refresher) -> int:
    """About how long the pages of a refresher take."""
    return sum(page.minutes for page in module.pages if page.slug in asked.pages)


def checks(module: Module, asked: Refresher) -> frozenset[str]:
    """The knowledge checks that hold questions of a refresher."""
    return frozenset(slug for slug in module.quizzes if questions(slug, asked))


def questions(quiz: str, asked: Refresher) -> frozenset[str]:
    """The questions of one quiz that a refresher asks."""
    known = quiz_shelf.quizzes().by_slug.get(quiz)
    if not isinstance(known, KnowledgeCheck):
        return frozenset()
    return frozenset(question.key for question in known.questions if question.key in asked.questions)


def not_asked(module: Module, asked: Refresher | None) -> tuple[frozenset[str], frozenset[str]]:
    """The pages and quizzes of a module that a refresher leaves alone: they count as done."""
    pages = frozenset(page.slug for page in module.pages)
    if asked is None:
        return pages, frozenset(module.quizzes)
    return pages - set(asked.pages), frozenset(module.quizzes) - checks(module, asked)


def still_fresh(module: Module, read_in: dict[str, int]) -> Collection[str]:
    """Of pages read in some version each, those that have not changed in a way that matters since."""
    if not module.changes:
        return read_in.keys()
    return [page for page, version in read_in.items() if not is_stale(module.changes, page, version)]
