"""A worker's clock: once a minute it has what is due run by whichever worker hears the call first.

The queue may be away. Then the worker does by itself what is due, and looks every few seconds whether mail waits, since
no call can tell it; and goes on so for one look after the queue is back, for what was saved just before pages knew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread
from time import monotonic

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

EVERY = 60.0  # seconds between two looks
SOON = 5.0  # and while the queue or the database is away
MOST_HERE = 4  # so many things at once, as a worker does of what the queue brings

log = structlog.get_logger()


@dataclass(frozen=True)
class Duties:
    """What the clock has to do with: `due` names the jobs to run now, `call` hands one to the queue, `run` runs
    one here, `calls_missed` does what calls from pages would have had done at once, `answers` says whether the queue is
    there. Each may be called from any thread.
    """

    due: Callable[[], Sequence[str]]
    call: Callable[[str], object]
    run: Callable[[str], object]
    calls_missed: Callable[[], object]
    answers: Callable[[], bool]


class Hands:
    """A few threads for what cannot be handed over: never the same thing twice at once, nor more than `MOST_HERE`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._busy: dict[str, Thread] = {}

    def take(self, name: str, work: Callable[[], object]) -> None:
        """Begin this, unless it is in hand or the hands are full: the next look finds it again."""
        with self._lock:
            if name in self._busy or len(self._busy) >= MOST_HERE:
                return
            self._busy[name] = Thread(target=self._do, args=(name, work), name=name, daemon=True)
            self._busy[name].start()

    def _do(self, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:  # whatever it was; the next look finds what is left to do
            log.exception("what was due could not be done here", job=name)
        finally:
            with self._lock:
                del self._busy[name]

    def wait(self, seconds: float) -> None:
        """Wait until all is done, for so many seconds at most."""
        until = monotonic() + seconds
        with self._lock:
            begun = list(self._busy.values())
        for one in begun:
            one.join(max(0.0, until - monotonic()))


class Clock:
    """Looks until it is told to stop."""

    def __init__(self, duties: Duties) -> None:
        self.hands = Hands()
        self._duties = duties
        self._answered = True

    def run(self, stop: Event) -> None:
        """Look at once, and then again and again until `stop` is set; sooner when the queue goes."""
        look_at = monotonic()
        while not stop.is_set():
            if monotonic() >= look_at or not self._duties.answers():
                look_at = monotonic() + self.look()
            stop.wait(min(SOON, max(0.0, look_at - monotonic())))

    def look(self) -> float:
        """Have what is due run; returns after how many seconds to look again."""
        answers, answered = self._duties.answers(), self._answered
        self._answered = answers
        if answers != answered:
            log.warning("the queue is back" if answers else "the queue is away: what is due runs without it")
        try:
            for name in self._duties.due():
                self._have_run(name, answers=answers)
        except (DBAPIError, NoConnectionFree) as fault:
            log.warning("the database did not say what is due", fault=type(fault).__name__)
            return SOON
        except Exception:  # a clock that stops would stop everything
            log.exception("the worker could not look at the clock")
            return SOON
        if answers and answered:
            return EVERY
        self.hands.take("calls missed", self._duties.calls_missed)
        return SOON

    def _have_run(self, name: str, *, answers: bool) -> None:
        if answers:
            try:
                self._duties.call(name)
            except Exception:  # whatever a queue raises that has just gone
                self._answered = False
            else:
                return
        self.hands.take(name, lambda: self._duties.run(name))
