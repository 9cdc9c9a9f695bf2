"""The server-side record of every sign-in: starting, finding and ending it."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, update

from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, is_writing
from lms.people import queries as people
from lms.people.models import Person
from lms.signin.models import SignIn

TOKEN_BYTES = 24  # 192 bits
USE_NOTED_EVERY = timedelta(minutes=5)


def token_hash(token: str) -> str:
    """What is stored of a cookie's token."""
    return sha256(token.encode()).hexdigest()


def start(person: Person, device: str) -> str:
    """Record a new sign-in and return the token for its cookie."""
    token = token_urlsafe(TOKEN_BYTES)
    db.session.add(SignIn(person_id=person.id, token_hash=token_hash(token), device=device[:80]))
    return token


# Built once, and one query for the sign-in and today's memberships: every page asks it. Two statements built for each
# request took five times as long.
_HOLDER = people.with_seats(
    select(SignIn.id, SignIn.last_used_at, Person.id, Person.name, Person.email, Person.theme)
    .join(Person, SignIn.person_id == Person.id)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.last_used_at > bindparam("used_after"),
        SignIn.started_at > bindparam("started_after"),
        Person.active,
    )
)


def actor_from_cookie(token: str, idle: timedelta, longest: timedelta) -> Actor | None:
    """Who holds this token, if the sign-in is still alive and the account active. One query.

    Use is noted on writes only, every few minutes, since a page that reads never writes; a person at work presses
    Continue often.
    """
    now = clock.now()
    asked = {"token_hash": token_hash(token), "used_after": now - idle, "started_after": now - longest}
    rows = db.session.execute(_HOLDER, {**asked, "day": clock.today()}).all()
    if not rows:
        return None
    sign_in, last_used_at, person, name, email, theme = rows[0][:6]
    if is_writing() and now - last_used_at > USE_NOTED_EVERY:
        db.session.execute(update(SignIn).where(SignIn.id == sign_in).values(last_used_at=now))
    return Actor(person, name, email, people.seats_of(rows), theme, sign_in)


def alive(actor: Actor, idle: timedelta, longest: timedelta) -> Sequence[SignIn]:
    """The person's own sign-ins that still work, newest first."""
    now = clock.now()
    return db.session.scalars(
        select(SignIn)
        .where(
            SignIn.person_id == actor.id,
            SignIn.ended_at.is_(None),
            SignIn.last_used_at > now - idle,
            SignIn.started_at > now - longest,
        )
        .order_by(SignIn.started_at.desc())
    ).all()


def end(actor: Actor, sign_in_id: UUID) -> bool:
    """End one of the person's own sign-ins; every copy of its cookie dies with it. False when there is no such sign-
    in.
    """
    return _end(actor.id, SignIn.id == sign_in_id) > 0


def end_all(person_id: UUID) -> int:
    """End all sign-ins of a person and say how many there were."""
    return _end(person_id)


def _end(person_id: UUID, *which: ColumnElement[bool]) -> int:
    alive_ids = db.session.scalars(
        select(SignIn.id).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), *which)
    ).all()
    db.session.execute(update(SignIn).where(SignIn.id.in_(alive_ids)).values(ended_at=clock.now()))
    return len(alive_ids)
