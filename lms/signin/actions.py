"""Signing in and out, and what a person sets for themselves."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from lms.audit import actions as audit
from lms.core.actor import Actor
from lms.core.db import db, start_writing
from lms.core.errors import NotFound, Refusal
from lms.people import queries as people
from lms.people.models import Person
from lms.signin import failing, passwords, providers, sessions, throttle
from lms.signin.failing import Why


class WrongPassword(Refusal):
    """The same sentence for a wrong password and for an address nobody has."""

    sentence = "That e-mail and password do not match. Check both, or ask for a link to a new password."


class WrongOwnPassword(Refusal):
    """Asked for once more."""

    sentence = "That is not your password. Check it, and type it again."
    field = "password"


@dataclass(frozen=True)
class Browser:
    """Where a sign-in comes from: its address on the network, as the server sees it, and what it calls itself."""

    address: str = ""
    device: str = ""


def sign_in(email: str, password: str, browser: Browser, before: Actor | None = None) -> str:
    """Check a password and record the sign-in; returns the token for the cookie. Raises WrongPassword, OnlyThere
    or TooManyTries.

    Whoever has a second step, or needs one, opens nothing with it yet. `before` is whoever was signed in with this
    browser's cookie: that sign-in ends, since its cookie is replaced. The slow check happens while only reading; the
    write transaction starts after it.
    """
    limits = throttle.limits(email, browser.address)
    taken = throttle.take(*limits)
    person = people.by_email(email)
    stored = person.password_hash if person and person.active else None
    right = passwords.is_right(stored, password)
    if not right or person is None:
        failing.note(person.id if person else None, Why.PASSWORD, browser.address, taken)
        raise WrongPassword
    try:
        providers.check_password_allowed(person.id)
    except providers.OnlyThere:
        failing.note(person.id, Why.ELSEWHERE, browser.address, taken)
        raise
    start_writing()
    throttle.forget(*limits)
    if passwords.needs_new_hash(person.password_hash):
        db.session.execute(
            update(Person).where(Person.id == person.id).values(password_hash=passwords.hash_password(password))
        )
    if before:
        sign_out(before)
    token = sessions.start(person.id, browser.device, browser.address)
    audit.record(Actor(person.id, person.name, person.email), "person.signed_in", person.id)
    return token


def check_own_password(actor: Actor, password: str, address: str) -> None:
    """Ask a signed-in person for their password once more, before something that a borrowed browser must not do.
    Raises WrongOwnPassword or TooManyTries. Only while reading; of a wrong one nothing
    is written but a note in the record.
    """
    limits = throttle.limits(actor.email, address)
    taken = throttle.take(*limits)
    stored = db.session.scalar(select(Person.password_hash).where(Person.id == actor.id))
    if not passwords.is_right(stored, password):
        failing.note(actor.id, Why.AGAIN, address, taken, actor)
        raise WrongOwnPassword
    start_writing()
    throttle.forget(*limits)


def sign_out(actor: Actor) -> None:
    """End this sign-in: its cookie, and every copy of it, is dead from now on."""
    if actor.sign_in_id:
        sessions.end(actor, actor.sign_in_id)
        audit.record(actor, "person.signed_out", actor.id)


def sign_out_everywhere(actor: Actor) -> int:
    """End all of the person's sign-ins, on all devices."""
    ended = sessions.end_all(actor.id)
    audit.record(actor, "person.signed_out_everywhere", actor.id, count=ended)
    return ended


def end_sign_in(actor: Actor, sign_in_id: UUID) -> None:
    """End one of the person's own sign-ins. Raises NotFound when there is no such one that is alive."""
    if not sessions.end(actor, sign_in_id):
        raise NotFound
    audit.record(actor, "person.sign_in_ended", actor.id)


def end_others(actor: Actor) -> tuple[int, str]:
    """End all of the person's sign-ins but the one in use; says how many there were, and the new token of this one, so
    that a copy of its cookie ends with them.
    """
    ended = sessions.end_others(actor)
    audit.record(actor, "person.other_sign_ins_ended", actor.id, count=ended)
    return ended, sessions.renew(actor)


def choose_theme(actor: Actor, theme: str) -> None:
    """Keep the person's choice of light or dark."""
    db.session.execute(update(Person).where(Person.id == actor.id).values(theme=theme))
