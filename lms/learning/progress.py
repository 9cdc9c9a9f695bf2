"""How far someone is in a module, what comes next, and when it is complete: rules without web or database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from lms.core.clock import months_later

DAYS_BEFORE_END = 90


@dataclass(frozen=True)
class Next:
    """Where Continue leads: to a page, to a quiz, or (both None) back to the module's front."""

    page: str | None = None
    quiz: str | None = None


@dataclass(frozen=True)
class Progress:
    """What someone has read and passed of a module, against what the module asks for: pages in order, and quizzes."""

    pages: Sequence[str]
    quizzes: Sequence[str]
    read: Collection[str] = ()
    passed: Collection[str] = ()

    @property
    def pages_read(self) -> int:
        """How many of the module's present pages are read."""
        return len(set(self.pages) & set(self.read))

    @property
    def is_complete(self) -> bool:
        """Whether every page is read and every quiz passed. A module without pages never is."""
        return bool(self.pages) and set(self.pages) <= set(self.read) and set(self.quizzes) <= set(self.passed)

    def after(self, page: str) -> Next:
        """Where Continue on this page leads, once the page is read; a second press leads to the same place.

        First to an unread page further on, then to one left out before; when all are read, to a quiz not yet passed;
        when there is none, to the next page (someone reads again), and from the last page to the front.
        """
        place = self.pages.index(page) + 1
        waiting = self._waiting(place, {*self.read, page})
        if waiting:
            return waiting
        return Next(page=self.pages[place]) if place < len(self.pages) else Next()

    def resume(self, last_page: str) -> Next:
        """Where to carry on after the page last read, on any device; the front when nothing waits."""
        place = self.pages.index(last_page) + 1 if last_page in self.pages else 0
        return self._waiting(place, self.read) or Next()

    def _waiting(self, place: int, read: Collection[str]) -> Next | None:
        for page in (*self.pages[place:], *self.pages[:place]):
            if page not in read:
                return Next(page=page)
        return next((Next(quiz=quiz) for quiz in self.quizzes if quiz not in self.passed), None)


def may_start_again(completed_on: date, valid_months: int, today: date) -> bool:
    """Whether the certificate of a completion has run out or will within 90 days, so that the module may be studied
    anew.
    """
    return (months_later(completed_on, valid_months) - today).days <= DAYS_BEFORE_END
