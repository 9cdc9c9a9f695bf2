"""What is noted of sign-ins that fail: in the record of acts, and by mail to whoever's codes are being guessed.

Each failure is one row, about the account where there is one, with the network address and nothing that was typed. The
pauses bound how many there can be; those under addresses that nobody has are bounded over the whole site, too. The
same is done for a known address and an unknown one, so that the time an answer takes tells nobody which it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.audit.models import AuditEntry
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import choose_mode, db, writing
from lms.core.errors import Refusal
from lms.notifications.actions import queue
from lms.signin import throttle
from lms.signin.throttle import Limit, TooManyTries
from lms.web.links import absolute

FAILED = "sign_in.failed"
HELD_UP = "sign_in.held_up"
UNHEARD = "sign_in.not_noted"
MOST_UNKNOWN = 600  # rows in a quarter of an hour under addresses that nobody has
MOST_REFUSED = 30  # rows in a quarter of an hour from one network address
SHOWN = 20
SHOWN_FOR = timedelta(days=30)
DAY = timedelta(hours=24)
TOLD_AFTER = 5
MOST_CODES = 20


class Why(StrEnum):
    """What did not fit."""

    PASSWORD = "password"  # noqa: S105 -- a word, not a password
    AGAIN = "password asked again"
    ELSEWHERE = "only at the provider"
    CODE = "code"
    PASSKEY = "passkey"  # followed by a colon and what was wrong with it
    TOKEN = "token of a directory"  # noqa: S105 -- words, not a token


WORDS = {
    Why.PASSWORD: "A wrong password",
    Why.AGAIN: "A wrong password, asked for again while signed in",
    Why.ELSEWHERE: "The right password, but your agency lets its people in at its own sign-in only",
    Why.CODE: "The right password, and then a wrong code",
    Why.PASSKEY: "A passkey that was not right",
    Why.TOKEN: "A wrong token of a directory",
}
PAUSED = "Too many wrong tries: no more were taken for a while"
Taken = Mapping[Limit, int]


class CodesClosed(TooManyTries):
    """Somebody who knows the password has guessed too often; nobody without it can bring this about."""

    def __init__(self, wait: int) -> None:
        hours = max(1, -(-wait // 60))
        super().__init__(wait)
        self.sentence = (
            f"There were {MOST_CODES} wrong codes within a day, so codes of the phone are not taken for "
            f"{hours} more {'hour' if hours == 1 else 'hours'}. A recovery code lets you in now. Codes are taken again "
            "once you have set a new password by a link, or an administrator has reset your second step."
        )


def _of_a_day(person_id: UUID) -> Limit:
    return throttle.limit("code-day", str(person_id), MOST_CODES, DAY)


def take_code(person_id: UUID) -> Taken:
    """Count a code of the phone towards the day's, before it is looked at. Raises CodesClosed."""
    try:
        return throttle.take(_of_a_day(person_id))
    except TooManyTries as full:
        raise CodesClosed(full.wait) from None


def give_code_back(person_id: UUID) -> None:
    """A right code does not count; those before it do, or a thief would guess on from each sign-in of the person."""
    throttle.give_back(_of_a_day(person_id))


def forget_codes(person_id: UUID) -> None:
    """Take codes again: the person came in by a recovery code, has a new password, or their second step was reset."""
    throttle.forget(_of_a_day(person_id))


def note(person_id: UUID | None, why: str, address: str, taken: Taken, actor: Actor | None = None) -> None:
    """Write down that a sign-in failed, in a short transaction that outlives the refusal. Ends the running one, which
    has written nothing that is to stay. `taken` is what the pauses counted, `actor` is who had given the password.
    """
    db.session.rollback()
    choose_mode(writing=False)
    with writing() as session:
        noted = throttle.counted(session, throttle.limit("noted", "", MOST_UNKNOWN), clock.now())
        if person_id or noted <= MOST_UNKNOWN:
            audit.record(actor, FAILED, person_id, why=str(why), address=address)
        elif noted == MOST_UNKNOWN + 1:
            audit.record(None, UNHEARD)
        if any(count >= limit.most for limit, count in taken.items()):
            audit.record(actor, HELD_UP, person_id, why=str(why), address=address)
        if actor and why == Why.CODE:
            _tell(actor, taken.get(_of_a_day(actor.id), 0))


def note_refused(provider_id: UUID, why: str, address: str) -> None:
    """Write down that a provider vouched for nobody, in a short transaction; of one network address and of all together
    only so many in a quarter of an hour, since anybody can begin such a way. Ends the running transaction.
    """
    db.session.rollback()
    choose_mode(writing=False)
    bounds = throttle.limit("refused", address, MOST_REFUSED), throttle.limit("refused", "", MOST_UNKNOWN)
    with writing() as session:
        ordered = sorted(bounds, key=lambda one: one.key)  # so that no two wait for each other
        counts = [throttle.counted(session, one, clock.now()) for one in ordered]
        if all(count <= one.most for one, count in zip(ordered, counts, strict=True)):
            audit.record(None, "sign_in.refused", provider_id, why=why[:80])


def _tell(person: Actor, codes: int) -> None:
    """Tell somebody that their password is known to whoever guesses at their codes."""
    if codes in (TOLD_AFTER, MOST_CODES):
        closed = codes == MOST_CODES
        queue("signin/wrong_codes", to=person, number=codes, closed=closed, link=absolute("passwords.ask"))


@contextmanager
def noting_codes(actor: Actor, address: str, taken: Taken) -> Iterator[None]:
    """Note a code that is refused inside."""
    try:
        yield
    except Refusal:
        note(actor.id, Why.CODE, address, taken, actor)
        raise


@dataclass(frozen=True)
class Failure:
    """A failed sign-in, as its account's person is shown it."""

    at: datetime
    words: str
    address: str


def lately(actor: Actor) -> Sequence[Failure]:
    """What failed at the person's own account within a month, newest first, a score of lines at most."""
    wanted = select(AuditEntry.at, AuditEntry.action, AuditEntry.detail).where(
        AuditEntry.subject_id == actor.id,
        AuditEntry.action.in_((FAILED, HELD_UP)),
        AuditEntry.at > clock.now() - SHOWN_FOR,
    )
    rows = db.session.execute(wanted.order_by(AuditEntry.id.desc()).limit(SHOWN))
    return [Failure(at, _worded(action, detail.get("why")), detail.get("address", "")) for at, action, detail in rows]


def _worded(action: str, why: str | None) -> str:
    if action == HELD_UP:
        return PAUSED
    kind = (why or "").partition(":")[0]
    return WORDS[Why(kind)] if kind in set(Why) else "A sign-in failed"
