"""Delivering the outbox: each mail is claimed, handed over and marked in short transactions of its own.

Why a mail leaves once, and what happens when it cannot be known whether it has: docs/mail.md. In short: whoever sends
a mail holds it by name (`claimed_by`), and asks the database once more just before the text goes over the line, so a
mail taken back, or taken over by another worker, does not leave; what a mail server has accepted is marked, however
long that takes; what was on its way without an answer is tried again twice at most, as the same message.
"""

import time
from collections.abc import Callable
from contextvars import copy_context
from datetime import timedelta
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Any, Protocol
from uuid import UUID

import structlog
from flask import Flask, current_app
from sqlalchemy import or_, select, true, update
from sqlalchemy.exc import DBAPIError

from lms.core import clock
from lms.core.db import db, writing
from lms.jobs import workers
from lms.jobs.models import Worker
from lms.notifications import gathering, queries, rechecking
from lms.notifications.carriers import Away, Refused, Unsure
from lms.notifications.models import Gather, OutboxMail, State

WAITS = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60))
MOST_TRIES = len(WAITS) + 1
MOST_UNSURE = 3
LANES = 4
MOST_LANES = 8  # at once in one process, those that hang counted in
MARK_PAUSES = (0, 1, 2, 5, 10, 20, 30, 60, 120)
AWAY = "away: "

log = structlog.get_logger()
_free_lanes = BoundedSemaphore(MOST_LANES)
_stop_flags = [Event()]  # the last one is set when the process is to end: nothing new is begun then


def stop_with(flag: Event) -> None:
    """Begin no further mail once this flag is set."""
    _stop_flags.append(flag)


def wait_for_lanes(seconds: float) -> bool:
    """Wait until no lane of this process is sending, so that none is cut off between a mail and its mark; says
    whether that came about in time.
    """
    until = time.monotonic() + seconds
    return all(_free_lanes.acquire(timeout=max(0.0, until - time.monotonic())) for _ in range(MOST_LANES))


class Carrier(Protocol):
    """Whatever takes a mail out of the house; see `carriers`. Calls `let_go` just before the mail leaves. Raises
    OSError when it cannot send, ValueError when no message can be made of the mail.
    """

    def send(self, mail: OutboxMail, let_go: Callable[[], None]) -> None:
        """Hand the mail over, or raise."""


class Lost(Exception):
    """The mail is not ours to send any more: it was taken back, or another worker has it."""


def deliver_waiting(carrier: Carrier, most: int = 200, lanes: int = 1, wait: float | None = None) -> int:
    """Gather and send what is due, up to `most` mails in `lanes` threads; returns how many left. With `wait`, returns
    after so many seconds though a lane still waits for the mail server: it goes on by itself.
    """
    gathering.gather_due()
    if not _anything():
        return 0
    run = _Run(carrier, most)
    try:
        if lanes == 1:
            run.work()
            return run.sent
        threads = [one for _ in range(lanes) if (one := run.start())]
    finally:
        run.end()
    until = time.monotonic() + (wait or 1e6)
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return run.sent


def _anything() -> bool:
    """Whether there is anything to do: a mail that is due, of no use any more, or held by somebody."""
    now = clock.now()
    found = db.session.scalar(
        select(OutboxMail.id)
        .where(
            or_(
                queries.waits(now) & (OutboxMail.gather == Gather.NO.value) & _may_leave(),
                (OutboxMail.state == State.WAITING.value) & (OutboxMail.until <= now),
                OutboxMail.state == State.SENDING.value,
            )
        )
        .limit(1)
    )
    db.session.rollback()
    return found is not None


def _may_leave() -> Any:
    """In quiet hours urgent mails only."""
    return OutboxMail.urgent if queries.quiet_hours().covers(clock.local(clock.now())) else true()


class _Run:
    """One go at the outbox by one worker, in one or more lanes."""

    def __init__(self, carrier: Carrier, most: int) -> None:
        self.sent = 0
        self._carrier = carrier
        self._left = most
        self._open = 1  # whoever opens the lanes counts as one, until all are open
        self._count = Lock()
        self._stop = False
        self._corrected: set[UUID] = set()  # once in a run is enough, whatever a check says
        self._app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001
        self._worker = workers.begin()
        _take_back()
        _end_useless()

    def start(self) -> Thread | None:
        """Open one more lane, if this process has one free."""
        if not _free_lanes.acquire(blocking=False):
            return None
        with self._count:
            self._open += 1
        lane = Thread(target=copy_context().run, args=(self._lane,), name="mail", daemon=True)
        lane.start()
        return lane

    def _lane(self) -> None:
        with self._app.app_context():  # a session of its own, to the very end
            try:
                self.work()
            except Exception:  # the database went away: the next run goes on
                log.exception("a lane of the outbox ended")
            finally:
                self.end()
                _free_lanes.release()

    def work(self) -> None:
        """Send one mail after the other until none is due, the server is away, or the process is to end."""
        while self._may_go_on():
            mail_id = self._claim()
            if mail_id is None:
                return
            if self._send(mail_id):
                with self._count:
                    self.sent += 1

    def _may_go_on(self) -> bool:
        with self._count:
            self._left -= 1
            return self._left >= 0 and not self._stop and not _stop_flags[-1].is_set()

    def end(self) -> None:
        """Leave the run; the last to leave signs the worker off."""
        with self._count:
            self._open -= 1
            is_last = self._open == 0
        if is_last:
            self._worker.end()

    def _claim(self) -> UUID | None:
        now = clock.now()
        with writing() as session:
            mail_id = session.scalar(
                select(OutboxMail.id)
                .where(queries.waits(now), OutboxMail.gather == Gather.NO.value, _may_leave())
                .order_by(OutboxMail.urgent.desc(), OutboxMail.next_try_at, OutboxMail.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if mail_id:
                _set(
                    OutboxMail.id == mail_id,
                    state=State.SENDING.value,
                    claimed_by=self._worker.id,
                    tries=OutboxMail.tries + 1,
                    tried_at=now,
                    handed_at=None,
                )
            return mail_id

    def _send(self, mail_id: UUID) -> bool:
        mail = db.session.get(OutboxMail, mail_id, populate_existing=True)
        assert mail is not None
        db.session.expunge(mail)
        db.session.rollback()  # no transaction stays open while a mail server takes its time
        try:
            self._carrier.send(mail, lambda: self._let_go(mail_id))
        except Lost:
            return False
        except (OSError, ValueError) as fault:
            self._mark_failed(mail, fault)
            return False
        _mark_sent(mail_id)
        if self.sent == 0:
            _server_is_back()
        return True

    def _ours(self, mail_id: UUID) -> Any:
        return (
            (OutboxMail.id == mail_id)
            & (OutboxMail.state == State.SENDING.value)
            & (OutboxMail.claimed_by == self._worker.id)
        )

    def _let_go(self, mail_id: UUID) -> None:
        """Note that the text leaves now. Raises Lost when the mail is not ours any more, or does not say what is so."""
        if mail_id not in self._corrected and not rechecking.is_right(mail_id):
            self._corrected.add(mail_id)
            raise Lost
        with writing():
            if not _set(self._ours(mail_id), handed_at=clock.now()):
                raise Lost

    def _mark_failed(self, mail: OutboxMail, fault: Exception) -> None:
        if isinstance(fault, Away):
            self._stop = True  # the others would fare no better; they keep their tries
        unsure = mail.unsure + isinstance(fault, Unsure)
        with writing():
            _set(
                self._ours(mail.id),
                unsure=unsure,
                claimed_by=None,
                fault=_words(fault),
                **_next(mail.tries, unsure, fault),
            )


def _next(tries: int, unsure: int, fault: Exception) -> dict[str, Any]:
    """Whether a mail that failed is tried again, and when."""
    if isinstance(fault, Refused | ValueError) or tries >= MOST_TRIES or unsure >= MOST_UNSURE:
        return {"state": State.PARKED.value}
    now = clock.now()
    return {"state": State.WAITING.value, "set_at": now, "next_try_at": now + WAITS[tries - 1]}


def _words(fault: Exception) -> str:
    """A fault as the administrator's page reads it: nothing a mail server wrote, which may hold an address."""
    kind = type(fault).__name__
    said = {"Away": AWAY, "Refused": "refused: ", "Unsure": "no answer: ", "PassingFault": "not now: "}.get(kind)
    return (f"{said}{fault}" if said else kind)[:200]


def _set(which: Any, **values: Any) -> int:
    """Change mails in the running transaction; returns how many."""
    changed = db.session.execute(
        update(OutboxMail).where(which).values(**values).execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]


def _mark_sent(mail_id: UUID) -> None:
    """Note that a mail has left, and do not give up soon: forgotten, it would leave again."""
    for pause in MARK_PAUSES:
        time.sleep(pause)
        try:
            with writing():
                _set(OutboxMail.id == mail_id, state=State.SENT.value, sent_at=clock.now(), fault="", claimed_by=None)
        except DBAPIError:
            log.exception("a mail that has left could not be marked", mail=str(mail_id))
        else:
            return


def _server_is_back() -> None:
    """Let what only waited for the mail server leave now."""
    now = clock.now()
    with writing():
        _set(
            (OutboxMail.state == State.WAITING.value) & OutboxMail.fault.startswith(AWAY), next_try_at=now, set_at=now
        )  # fmt: skip


def _take_back() -> None:
    """Take mails back from workers that are dead. One whose text was on its way may have left: it is tried again, as
    the same message, but not for ever.
    """
    held = (OutboxMail.state == State.SENDING.value) & or_(
        OutboxMail.claimed_by.is_(None), OutboxMail.claimed_by.not_in(select(Worker.id))
    )
    now = clock.now()
    again = {"state": State.WAITING.value, "claimed_by": None, "next_try_at": now, "set_at": now}
    with writing():
        _set(held & OutboxMail.handed_at.is_(None), fault="the worker died", **again)
        lost = held & OutboxMail.handed_at.is_not(None)
        _set(lost, unsure=OutboxMail.unsure + 1, fault="no answer: the worker died", claimed_by=None, handed_at=None)
        died = (OutboxMail.state == State.SENDING.value) & OutboxMail.claimed_by.is_(None)
        tired = or_(OutboxMail.unsure >= MOST_UNSURE, OutboxMail.tries >= MOST_TRIES)
        _set(died & tired, state=State.PARKED.value)
        _set(died & ~tired, **again)


def _end_useless() -> None:
    """Withdraw what waited so long that it is of no use any more."""
    with writing():
        _set(
            (OutboxMail.state == State.WAITING.value) & (OutboxMail.until <= clock.now()),
            state=State.WITHDRAWN.value,
            fault="too late",
        )
