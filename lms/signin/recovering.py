"""A forgotten password, by a link in a mail; and changing the one a person knows.

Asking does the same work for every address: a row is written, and the worker, which nobody waits for, finds out
whether there is such an account.
"""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from flask import g
from sqlalchemy import delete, select, update

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, start_writing, writing
from lms.core.errors import NotFound
from lms.notifications.actions import Terms, queue
from lms.notifications.models import OutboxMail
from lms.people import queries as people
from lms.people.models import Person
from lms.signin import failing, keyring, passwords, sessions, strength, throttle
from lms.signin.actions import Browser, WrongOwnPassword, check_own_password
from lms.signin.models import PasswordReset
from lms.web.links import absolute

TOKEN_BYTES = 24  # 192 bits
LASTS = timedelta(minutes=60)
AT_A_TIME = 50


def token_hash(token: str) -> str:
    """What is stored of a link's token."""
    return sha256(token.encode()).hexdigest()


def ask(email: str, browser: Browser) -> None:
    """Ask for a link to a new password. Raises TooManyTries, for addresses without an account too."""
    address = email.strip().lower()
    throttle.take(throttle.limit("reset", address, 3), throttle.limit("reset-address", browser.address, 30))
    start_writing()
    db.session.add(PasswordReset(email=address))
    g.mail_waits = True


def answer_asked() -> int:
    """Send the links that were asked for; returns how many. For the worker: run twice, it does nothing the second
    time.
    """
    sent = 0
    waiting = select(PasswordReset).where(PasswordReset.answered_at.is_(None)).order_by(PasswordReset.asked_at)
    for asked in db.session.scalars(waiting.limit(AT_A_TIME)).all():
        with writing():
            sent += _answer(asked.id)
    return sent


def _answer(asked_id: UUID) -> bool:
    asked = db.session.get(PasswordReset, asked_id, with_for_update=True, populate_existing=True)
    if asked is None or asked.answered_at is not None:
        return False
    person = people.by_email(asked.email)
    if person is None or not person.active or asked.asked_at < clock.now() - LASTS:
        db.session.delete(asked)
        return False
    db.session.execute(delete(PasswordReset).where(PasswordReset.person_id == person.id, PasswordReset.id != asked_id))
    token = token_urlsafe(TOKEN_BYTES)
    asked.email, asked.person_id, asked.token_hash, asked.answered_at = "", person.id, token_hash(token), clock.now()
    audit.record(None, "password.link_sent", person.id)
    terms = Terms(about=asked_id, until=asked.asked_at + LASTS, urgent=True)
    queue("signin/reset", to=person, terms=terms, address=absolute("passwords.new", token=token))
    return True


def of_token(token: str, *, lock: bool = False) -> tuple[PasswordReset, Person]:
    """The open link with this token, and whose it is. Raises NotFound when it was used, is too old, or never was."""
    wanted = (
        select(PasswordReset, Person)
        .join(Person, Person.id == PasswordReset.person_id)
        .where(
            PasswordReset.token_hash == token_hash(token),
            PasswordReset.asked_at > clock.now() - LASTS,
            Person.active,
        )
    )
    found = db.session.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def known_of(person: Person) -> list[str]:
    """What others know of a person, and so try first."""
    seats = people.seats(person.id)
    return [person.name, person.email.partition("@")[0], *(seat.agency for seat in seats)]


def set_by_link(token: str, password: str) -> None:
    """Set a new password by the link, which is used up; ends all sign-ins. Raises NotFound or WeakPassword.

    The second step stays as it is, and so do passkeys: the mailbox alone lets nobody in who needs a code, and takes
    away from nobody what they need. The mail says how many passkeys there are, in case one is a stranger's.
    """
    _, person = of_token(token)
    strength.check(password, known_of(person))
    made = passwords.hash_password(password)
    start_writing()
    link, person = of_token(token, lock=True)
    db.session.execute(update(OutboxMail).where(OutboxMail.about == link.id).values(body=""))
    db.session.execute(delete(PasswordReset).where(PasswordReset.person_id == person.id))
    sessions.end_all(person.id)
    _keep(Actor(person.id, person.name, person.email), made)
    audit.record(None, "password.reset", person.id)


def change(actor: Actor, present: str, new: str, browser: Browser) -> str:
    """Change one's own password; ends the other sign-ins, and copies of this one: returns a new token for its cookie.
    Raises WeakPassword, WrongOwnPassword or TooManyTries. All slow work comes before the write lock.
    """
    person = db.session.get_one(Person, actor.id)
    strength.check(new, known_of(person))
    made = passwords.hash_password(new)
    try:
        check_own_password(actor, present, browser.address)
    except WrongOwnPassword as wrong:
        raise WrongOwnPassword(field="present") from wrong
    token = sessions.only_here(actor)
    db.session.execute(delete(PasswordReset).where(PasswordReset.person_id == actor.id))
    _keep(actor, made)
    audit.record(actor, "password.changed", actor.id)
    return token


def _keep(person: Actor, made: str) -> None:
    db.session.execute(update(Person).where(Person.id == person.id).values(password_hash=made))
    throttle.forget(throttle.limits(person.email, "")[0])
    failing.forget_codes(person.id)
    link, keys = absolute("passwords.ask"), absolute("passkeys.listed")
    queue("signin/password_changed", to=person, link=link, keys=keys, passkeys=keyring.number_of(person.id))


def sweep() -> int:
    """Remove links that are too old; returns how many."""
    with writing() as session:
        gone = session.execute(delete(PasswordReset).where(PasswordReset.asked_at < clock.now() - LASTS))
    return int(gone.rowcount)  # type: ignore[attr-defined]
