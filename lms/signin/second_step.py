"""The second step of signing in: a code from the phone. Setting it up, giving the code, and the recovery codes.

A passkey does in its place (`passkeys.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, func, select, update

from lms.audit import actions as audit
from lms.config import Settings
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, start_writing
from lms.core.errors import NotFound, Refusal
from lms.notifications.actions import queue
from lms.people import queries as people
from lms.people import reach
from lms.people.models import Person
from lms.signin import failing, keyring, one_time, passwords, sealing, sessions, throttle
from lms.signin.actions import Browser, check_own_password
from lms.signin.models import RecoveryCode, SecondFactor
from lms.web.links import absolute

ISSUER = "Common Ground"
CLOCK = "Codes depend on your phone’s time: let your phone set its date and time by itself."


class WrongCode(Refusal):
    """Neither a code of the phone nor a recovery code that is left."""

    sentence = f"That code does not fit. Type the one your phone shows now. {CLOCK}"
    field = "code"


class UsedCode(Refusal):
    """Each code of the phone lets in once, so that one read over a shoulder is of no use."""

    sentence = "That code was used already. Wait until your phone shows the next one, at most half a minute."
    field = "code"


class Needed(Refusal):
    """Turning the second step off with a role above staff."""

    sentence = "Your role needs the second step, so it cannot be turned off. You can set up another phone."


@dataclass(frozen=True)
class Standing:
    """How a person's second step stands: since when a phone gives codes, recovery codes left, whether their role needs
    it, and how many passkeys there are.
    """

    since: datetime | None
    codes_left: int
    is_needed: bool
    passkeys: int = 0


def standing(actor: Actor) -> Standing:
    """How the actor's second step stands."""
    factor = db.session.get(SecondFactor, actor.id)
    left = db.session.scalar(
        select(func.count()).where(RecoveryCode.person_id == actor.id, RecoveryCode.used_at.is_(None))
    )
    since = factor.set_up_at if factor and factor.secret else None
    return Standing(since, left or 0, is_needed(actor), keyring.number_of(actor.id))


def is_needed(actor: Actor) -> bool:
    """Whether the actor's roles ask for it today."""
    is_demo = bool(db.session.scalar(select(Person.demo).where(Person.id == actor.id)))
    return sessions.needs_second_step(actor.roles, is_demo=is_demo)


def is_on(person_id: UUID) -> bool:
    """Whether the person has set it up."""
    return bool(db.session.scalar(select(SecondFactor.secret.is_not(None)).where(SecondFactor.person_id == person_id)))


def has_proof(person_id: UUID) -> bool:
    """Whether the person has something beside the password to prove who they are: codes of a phone, or a passkey."""
    return is_on(person_id) or keyring.any_of(person_id)


def begin(actor: Actor) -> None:
    """Make a new secret, which counts for nothing until a code of it is given."""
    factor = _locked(actor.id)
    if factor is None:
        factor = SecondFactor(person_id=actor.id, last_counter=0)
        db.session.add(factor)
    factor.new_secret, factor.begun_at = sealing.sealed(actor.id, one_time.new_secret()), clock.now()
    db.session.flush()


def new_secret(actor: Actor) -> str:
    """The secret that waits for its first code. Raises NotFound when none does, or not any more: one that was left
    waiting would show itself to whoever comes to the screen later.
    """
    factor = db.session.get(SecondFactor, actor.id)
    is_young = factor and factor.begun_at and clock.now() - factor.begun_at < sessions.HELD_FOR
    secret = sealing.opened(actor.id, factor.new_secret) if factor and is_young else None
    if secret is None:
        raise NotFound
    return secret


def address(actor: Actor, secret: str) -> str:
    """What the picture says to the phone."""
    settings: Settings = current_app.extensions["settings"]
    return one_time.address(secret, actor.email, f"{ISSUER} {settings.host}")


@dataclass(frozen=True)
class Passed:
    """The second step is done: the token of the sign-in that replaces the held one, and new recovery codes, if any."""

    token: str
    codes: Sequence[str] = ()


def confirm(actor: Actor, code: str, browser: Browser) -> Passed:
    """Turn the second step on (or another phone) with the first code of the new secret; ends the person's other
    sign-ins. Raises WrongCode or TooManyTries. The slow hashes are made while only reading.
    """
    limits = limits_of(actor, browser)
    taken = throttle.take(*limits)
    counter = one_time.counter_of(new_secret(actor), one_time.plain(code), clock.now())
    if counter is None:
        failing.note(actor.id, failing.Why.CODE, browser.address, taken, actor)
        raise WrongCode
    codes, hashes = made_codes()
    start_writing()
    factor = _locked(actor.id)
    if factor is None or factor.new_secret is None:
        raise NotFound
    # Looked at anew under the lock: another page may have begun once more meanwhile.
    if one_time.counter_of(new_secret(actor), one_time.plain(code), clock.now()) != counter:
        raise WrongCode
    throttle.forget(*limits)
    factor.secret, factor.new_secret = factor.new_secret, None
    factor.last_counter, factor.set_up_at = counter, clock.now()
    keep_codes(actor.id, hashes)
    audit.record(actor, "second_step.set_up", actor.id)
    queue("signin/second_step_on", to=actor, link=absolute("signin.me"))
    sessions.end_all(actor.id)
    return Passed(renewed(actor, browser), codes)


def enter(actor: Actor, code: str, browser: Browser) -> str:
    """Give a code and finish signing in; returns the token of the new sign-in, which replaces the held one.

    Raises WrongCode, UsedCode, TooManyTries or CodesClosed. A code of the phone counts once: its half minute is
    compared and stored under the row's lock.
    """
    limits, plain = limits_of(actor, browser), one_time.plain(code)
    taken = {**throttle.take(*limits), **(failing.take_code(actor.id) if one_time.is_digits(plain) else {})}
    with failing.noting_codes(actor, browser.address, taken):
        spare = None if one_time.is_digits(plain) else _spare(actor, plain)
        start_writing()
        if spare:
            _use_spare(actor, spare)
        else:
            _use_code(actor, plain)
    throttle.forget(*limits)
    if actor.sign_in_id:
        sessions.end(actor, actor.sign_in_id)
    audit.record(actor, "second_step.passed", actor.id, with_recovery_code=int(spare is not None))
    return renewed(actor, browser)


def _use_code(actor: Actor, code: str) -> None:
    factor = _locked(actor.id)
    secret = sealing.opened(actor.id, factor.secret) if factor else None
    counter = one_time.counter_of(secret, code, clock.now()) if secret else None
    if factor is None or counter is None:
        raise WrongCode
    if counter <= factor.last_counter:
        raise UsedCode
    factor.last_counter = counter
    failing.give_code_back(actor.id)


def _spare(actor: Actor, code: str) -> UUID | None:
    """The recovery code that this is, found by the slow hash while only reading."""
    if len(code) != one_time.RECOVERY_LENGTH:
        return None
    unused = select(RecoveryCode).where(RecoveryCode.person_id == actor.id, RecoveryCode.used_at.is_(None))
    by_hash = {one.code_hash: one.id for one in db.session.scalars(unused)}
    found = passwords.fitting(list(by_hash), code)
    return by_hash[found] if found else None


def _use_spare(actor: Actor, spare: UUID) -> None:
    used = db.session.execute(
        update(RecoveryCode).where(RecoveryCode.id == spare, RecoveryCode.used_at.is_(None)).values(used_at=clock.now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise WrongCode
    failing.forget_codes(actor.id)
    queue("signin/recovery_used", to=actor, left=standing(actor).codes_left, link=absolute("signin.me"))


def renew_codes(actor: Actor, password: str, browser: Browser) -> list[str]:
    """Make eight new recovery codes, after the password; the old ones are worth nothing from now on. Raises
    WrongOwnPassword or TooManyTries. The slow hashes are made while only reading.
    """
    codes, hashes = made_codes()
    check_own_password(actor, password, browser.address)
    _locked(actor.id)
    if not has_proof(actor.id):
        raise NotFound
    keep_codes(actor.id, hashes)
    audit.record(actor, "second_step.codes_made", actor.id)
    return codes


def turn_off(actor: Actor) -> str:
    """Do without a second step; ends the other sign-ins and returns a new token for this one's cookie. Raises Needed
    for a role above staff.
    """
    if is_needed(actor):
        raise Needed
    _forget(actor.id)
    token = sessions.only_here(actor)
    audit.record(actor, "second_step.turned_off", actor.id)
    queue("signin/second_step_off", to=actor, by_administrator=False, link=absolute("signin.me"))
    return token


def whose_to_reset(actor: Actor, person_id: UUID) -> Person:
    """Somebody else with a second step or a passkey, all of whose posts the actor looks after and none of whose roles
    reaches further than the actor's own. Raises NotFound.
    """
    seats = people.seats(person_id)  # asked first, as of somebody who is not there: it tells neither from the other
    person = db.session.get(Person, person_id)
    if person is None or person_id == actor.id or not reach.covers(actor, seats):
        raise NotFound
    if not has_proof(person_id):
        raise NotFound
    return person


class NobodysPhone(Refusal):
    """One sentence for an unknown address, one out of reach, one's own, and one without a second step."""

    sentence = "Nobody else whose account you look after has a second step under that address."
    field = "email"


def lost_by(actor: Actor, email: str) -> Person:
    """The person of whom somebody says that the phone is lost. Raises NobodysPhone."""
    person = people.by_email(email)
    try:
        return whose_to_reset(actor, person.id if person else actor.id)
    except NotFound:
        raise NobodysPhone from None


def reset(actor: Actor | None, person: Person) -> None:
    """Take away somebody's second step because the phone and the recovery codes are lost, and their passkeys; ends
    their sign-ins. They are told by mail. `actor` is None on the machine itself; whether an actor may is
    checked where the person is loaded.
    """
    _forget(person.id)
    gone = keyring.forget(person.id)
    sessions.end_all(person.id)
    audit.record(actor, "second_step.reset", person.id, passkeys=gone)
    queue("signin/second_step_off", to=people.actor(person), by_administrator=True, link=absolute("signin.me"))


def _forget(person_id: UUID) -> None:
    factor = _locked(person_id)
    if factor is not None:
        factor.secret = factor.new_secret = factor.set_up_at = None
    failing.forget_codes(person_id)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _locked(person_id: UUID) -> SecondFactor | None:
    return db.session.get(SecondFactor, person_id, with_for_update=True, populate_existing=True)


def made_codes() -> tuple[list[str], list[str]]:
    """New recovery codes, and their slow hashes."""
    codes = one_time.new_recovery_codes()
    return codes, passwords.hash_together([one_time.plain(code) for code in codes])


def keep_codes(person_id: UUID, hashes: Sequence[str]) -> None:
    """Put these recovery codes in place of all others."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    db.session.add_all(RecoveryCode(person_id=person_id, code_hash=one) for one in hashes)


def limits_of(actor: Actor, browser: Browser) -> tuple[throttle.Limit, throttle.Limit]:
    """Codes are guessed no faster than passwords."""
    return throttle.limit("code", str(actor.id), 10), throttle.limit("address", browser.address, 100)


def renewed(actor: Actor, browser: Browser) -> str:
    """A new sign-in in place of the held one, so that nothing known before the second step is of use after it."""
    return sessions.start(actor.id, browser.device, browser.address, second_step=True)
