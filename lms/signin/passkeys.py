"""Acts with passkeys: adding and removing one, signing in with it, and giving it in place of a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from webauthn.helpers import encode_cbor

from lms.audit import actions as audit
from lms.config import Settings
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, start_writing
from lms.core.errors import NotFound, Refusal
from lms.notifications.actions import queue
from lms.people.models import Person
from lms.signin import ceremony, challenges, keyring, providers, second_step, sessions, throttle
from lms.signin.actions import Browser, sign_out
from lms.signin.ceremony import Answer, NotRight, Site, WentBack
from lms.signin.challenges import Use
from lms.signin.passkey_models import LONGEST_CREDENTIAL, Passkey
from lms.signin.providers import OnlyThere
from lms.web.links import absolute

MOST = 10  # passkeys of one person


class NotTaken(Refusal):
    """One sentence for a passkey nobody has, somebody else's, a closed account, and an answer that proves nothing.
    `why` and `person_id` are for the record; what cannot even be read has no `why`, since no pause counts it.
    """

    sentence = "That passkey was not accepted. Try it once more, or choose another way to sign in."

    def __init__(self, why: str, person_id: UUID | None = None) -> None:
        super().__init__()
        self.why, self.person_id = why, person_id


class NotMade(Refusal):
    """The browser's answer was no passkey that could be kept."""

    sentence = "Your device did not make a passkey that can be used here. Try once more, or with another device."


class Enough(Refusal):
    """A list that nobody can look through guards nobody."""

    sentence = f"You have {MOST} passkeys. Remove one that you do not use, then add this one."


class LastOne(Refusal):
    """Removing the only second step with a role above staff."""

    sentence = "Your role needs a second step. Add another passkey, or set up your phone, before you remove this one."


def site() -> Site | None:
    """For which site passkeys are made here, by LMS_BASE_URL alone; None where no browser would make one."""
    settings: Settings = current_app.extensions["settings"]
    return ceremony.site_of(settings.base_url)


def _site() -> Site:
    found = site()
    if found is None:
        raise NotFound
    return found


def to_make(actor: Actor) -> str:
    """What the browser is asked to make a passkey. Raises Enough, and NotFound where there can be none."""
    if keyring.number_of(actor.id) >= MOST:
        raise Enough
    holder = ceremony.Holder(actor.id.bytes, actor.email, actor.name)
    known = [one.credential for one in keyring.of(actor.id)]
    return ceremony.to_make(_site(), holder, challenges.new(Use.MAKE, _sign_in(actor)), known)


@dataclass(frozen=True)
class Added:
    """A passkey was added: the token of the sign-in that replaces a held one, and new recovery codes, if any."""

    token: str | None = None
    codes: Sequence[str] = ()


def add(actor: Actor, name: str, text: str, browser: Browser) -> Added:
    """Keep a passkey that the browser made; the person is told by mail. Begins to write. Raises Stale, NotMade or
    Enough.

    Whoever was held because their role needs a second step has one now: they get recovery codes and a new sign-in.
    """
    made, challenge = _made(actor, text)
    codes, hashes = second_step.made_codes() if actor.held else ((), ())  # slow, so while only reading
    start_writing()
    mine = keyring.of(actor.id, lock=True)
    if actor.held and (mine or second_step.is_on(actor.id)):
        raise NotFound  # whoever has a second step proves it first
    if len(mine) >= MOST:
        raise Enough
    challenges.use_up(challenge)
    _keep(actor, name, made)
    audit.record(actor, "passkey.added", actor.id)
    queue("signin/passkey_added", to=actor, link=absolute("passkeys.listed"))
    if not actor.held:
        return Added()
    second_step.keep_codes(actor.id, hashes)
    sessions.end_all(actor.id)
    return Added(second_step.renewed(actor, browser), codes)


def _made(actor: Actor, text: str) -> tuple[ceremony.Made, bytes]:
    try:
        answer = ceremony.read_made(text)
        challenges.check(answer.challenge, Use.MAKE, _sign_in(actor))
        made = ceremony.made(_site(), answer)
    except NotRight:
        raise NotMade from None
    if len(made.credential) > LONGEST_CREDENTIAL:
        raise NotMade
    return made, answer.challenge


def _keep(actor: Actor, name: str, made: ceremony.Made) -> None:
    db.session.add(
        Passkey(
            person_id=actor.id,
            name=" ".join(name.split()),
            credential=made.credential,
            public_key=made.public_key,
            sign_count=made.sign_count,
        )
    )
    try:
        db.session.flush()
    except IntegrityError:
        raise NotMade from None  # somebody has it already; whose, nobody is told


def remove(actor: Actor, passkey_id: UUID) -> str:
    """Take one of the actor's own passkeys away; ends their other sign-ins, and is told by mail. Returns a new token
    for this sign-in's cookie. Raises NotFound or LastOne.
    """
    mine = {one.id: one for one in keyring.of(actor.id, lock=True)}
    if passkey_id not in mine:
        raise NotFound
    if len(mine) == 1 and second_step.is_needed(actor) and not second_step.is_on(actor.id):
        raise LastOne
    db.session.delete(mine[passkey_id])
    token = sessions.only_here(actor)
    audit.record(actor, "passkey.removed", actor.id)
    queue("signin/passkey_removed", to=actor, link=absolute("passkeys.listed"))
    return token


def to_enter(holder: str) -> str:
    """What a browser is asked at the door, where nobody has said who they are. Raises NotFound where there can be no
    passkey.
    """
    return ceremony.to_prove(_site(), challenges.new(Use.DOOR, holder))


def enter(text: str, holder: str, browser: Browser, before: Actor | None) -> str:
    """Sign in with a passkey alone, which counts for both steps; returns the token for the cookie. Begins to write.
    Raises NotTaken, Stale, OnlyThere or TooManyTries. `before` as in `actions.sign_in`.
    """
    answer = _read(text)
    limits = throttle.limit("passkey", answer.credential.hex(), 10), throttle.limit("address", browser.address, 100)
    throttle.take(*limits)
    challenges.check(answer.challenge, Use.DOOR, holder)
    start_writing()
    person = _proven(answer)
    if answer.handle != person.id.bytes:
        raise NotTaken("handle", person.id)
    try:
        providers.check_password_allowed(person.id)
    except OnlyThere as there:
        raise OnlyThere(there.name, "passkeys") from None
    throttle.forget(*limits)
    if before:
        sign_out(before)
    audit.record(Actor(person.id, person.name, person.email), "person.signed_in", person.id, passkey=1)
    return sessions.start(person.id, browser.device, browser.address, second_step=True)


def to_prove(actor: Actor) -> str:
    """What the browser is asked after the password. Raises NotFound for somebody who has no passkey."""
    known = [one.credential for one in keyring.of(actor.id)]
    if not known:
        raise NotFound
    return ceremony.to_prove(_site(), challenges.new(Use.STEP, _sign_in(actor)), known)


def prove(actor: Actor, text: str, browser: Browser) -> str:
    """Give a passkey in place of a code; returns the token of the sign-in that replaces the held one. Begins to write.
    Raises NotTaken, Stale or TooManyTries.
    """
    answer = _read(text)
    limits = second_step.limits_of(actor, browser)
    throttle.take(*limits)
    challenges.check(answer.challenge, Use.STEP, _sign_in(actor))
    start_writing()
    person = _proven(answer)
    if person.id != actor.id or answer.handle not in (None, actor.id.bytes):
        raise NotTaken("another person's", person.id)
    throttle.forget(*limits)
    if actor.sign_in_id:
        sessions.end(actor, actor.sign_in_id)
    audit.record(actor, "second_step.passed", actor.id, passkey=1)
    return second_step.renewed(actor, browser)


def _read(text: str) -> Answer:
    try:
        return ceremony.read_proof(text)
    except NotRight:
        raise NotTaken("") from None


def _proven(answer: Answer) -> Person:
    """Whose passkey this is, once it has proven so; its count and its question are used up. Raises NotTaken or Stale.
    The same work is done for one that nobody has.
    """
    wanted = select(Passkey).where(Passkey.credential == answer.credential).with_for_update()
    found = db.session.scalar(wanted)
    whose = found.person_id if found else None
    key, count = (found.public_key, found.sign_count) if found else (_nobodys(), 0)
    try:
        counted = ceremony.proven(_site(), answer, key, count)
    except WentBack:
        raise NotTaken("count went back", whose) from None
    except NotRight:
        raise NotTaken("proves nothing", whose) from None
    person = db.session.get(Person, found.person_id) if found else None
    if found is None or person is None or not person.active:
        raise NotTaken("closed", whose)
    challenges.use_up(answer.challenge)
    found.sign_count, found.last_used_at = counted, clock.now()
    return person


@cache
def _nobodys() -> bytes:
    """A key whose other half is thrown away, to compare with where there is none."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    return encode_cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})


def _sign_in(actor: Actor) -> str:
    return str(actor.sign_in_id)
