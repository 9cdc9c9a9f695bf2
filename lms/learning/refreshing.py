"""What somebody who finished an older version of a module is asked to look at again: only what changed, and only where
an author called the change material. Pure.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lms.catalogue.content import Change


@dataclass(frozen=True)
class Refresher:
    """The pages (in the module's order) and questions to go through again, and the reasons, oldest first."""

    pages: Sequence[str]
    questions: Collection[str]
    reasons: Sequence[str]


def refresher(changes: Sequence[Change], held: int, pages: Sequence[str]) -> Refresher | None:
    """What is asked of somebody who holds version `held` of a module with these pages; None when nothing is.

    Every material change after that version counts, once each. A page that is no longer there is not asked for, and
    questions come only with a page: a refresher is read, then checked.
    """
    later = [change for change in changes if change.material and change.version > held]
    touched = {page for change in later for page in change.pages}
    asked = [page for page in pages if page in touched]
    if not asked:
        return None
    questions = frozenset(question for change in later for question in change.questions)
    return Refresher(asked, questions, [change.says for change in later])


def is_stale(changes: Sequence[Change], page: str, read_in: int) -> bool:
    """Whether a page, read in version `read_in`, has changed in a way that matters since."""
    return any(change.material and change.version > read_in and page in change.pages for change in changes)
