"""The server-side record of every sign-in: starting, finding and ending it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, bindparam, exists, or_, select, update

from lms.config import LOOPBACK, Settings
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import ask, db, is_writing
from lms.core.permissions import Role
from lms.people import queries as people
from lms.people.models import Person
from lms.signin.models import SecondFactor, SignIn

TOKEN_BYTES = 24  # 192 bits
USE_NOTED_EVERY = timedelta(minutes=5)
HELD_FOR = timedelta(minutes=30)  # between the password and the second step


def token_hash(token: str) -> str:
    """What is stored of a cookie's token."""
    return sha256(token.encode()).hexdigest()


def start(person_id: UUID, device: str, remote: str = "", *, second_step: bool = False) -> str:
    """Record a new sign-in and return the token for its cookie."""
    token = token_urlsafe(TOKEN_BYTES)
    db.session.add(
        SignIn(
            person_id=person_id,
            token_hash=token_hash(token),
            device=device[:80],
            remote=remote[:45],
            second_step=second_step,
        )
    )
    return token


_SIGN_INS, _PEOPLE, _FACTORS = SignIn.__table__, Person.__table__, SecondFactor.__table__
# Built once, on plain tables, and one query for the sign-in and today's memberships, since every page asks it: two
# statements built for each request took 2.5 ms instead of 0.4.
_HOLDER = (
    select(
        *(_SIGN_INS.c.id, _SIGN_INS.c.last_used_at, _SIGN_INS.c.started_at, _SIGN_INS.c.second_step),
        *(_FACTORS.c.secret.is_not(None), _PEOPLE.c.demo),
        *(_PEOPLE.c.id, _PEOPLE.c.name, _PEOPLE.c.email, _PEOPLE.c.theme),
        *people.SEAT,
    )
    .select_from(
        people.with_seats(
            _SIGN_INS.join(_PEOPLE, _SIGN_INS.c.person_id == _PEOPLE.c.id).outerjoin(
                _FACTORS, _FACTORS.c.person_id == _PEOPLE.c.id
            )
        )
    )
    .where(
        _SIGN_INS.c.token_hash == bindparam("token_hash"),
        _SIGN_INS.c.ended_at.is_(None),
        _SIGN_INS.c.last_used_at > bindparam("used_after"),
        _SIGN_INS.c.started_at > bindparam("started_after"),
        _PEOPLE.c.active,
    )
    .order_by(*people.OLDEST_FIRST)
)


def actor_from_cookie(token: str, idle: timedelta, longest: timedelta) -> Actor | None:
    """Who holds this token, if the sign-in is still alive and the account active. One query.

    Use is noted on writes only, every few minutes, since a page that reads never writes; a person at work presses
    Continue often.
    """
    now = clock.now()
    asked = {"token_hash": token_hash(token), "used_after": now - idle, "started_after": now - longest}
    rows = ask(_HOLDER, {**asked, "day": clock.today()}).all()
    if not rows:
        return None
    sign_in, last_used_at, started_at, second_step, has_factor, is_demo, *who = rows[0][: -len(people.SEAT)]
    person, name, email, theme = who
    actor = Actor(person, name, email, people.seats_of(rows), theme, sign_in)
    if not second_step and (has_factor or needs_second_step(actor.roles, is_demo=is_demo)):
        return replace(actor, held=True) if now - started_at < HELD_FOR else None
    if is_writing() and now - last_used_at > USE_NOTED_EVERY:
        db.session.execute(update(SignIn).where(SignIn.id == sign_in).values(last_used_at=now))
    return actor


def needs_second_step(roles: Collection[Role], *, is_demo: bool) -> bool:
    """Whether somebody with these roles must have a second step: every role above staff, but for invented people on a
    server for this machine alone.
    """
    settings: Settings = current_app.extensions["settings"]
    return any(role is not Role.STAFF for role in roles) and not (is_demo and settings.host in LOOPBACK)


def alive(actor: Actor, idle: timedelta, longest: timedelta) -> Sequence[SignIn]:
    """The person's own sign-ins that still work, newest first."""
    now = clock.now()
    has_factor = exists().where(SecondFactor.person_id == SignIn.person_id, SecondFactor.secret.is_not(None))
    return db.session.scalars(
        select(SignIn)
        .where(
            SignIn.person_id == actor.id,
            or_(SignIn.second_step, ~has_factor),
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


def end_others(actor: Actor) -> int:
    """End all sign-ins of the person but the one in use, and say how many there were."""
    return _end(actor.id, SignIn.id != actor.sign_in_id)


def only_here(actor: Actor) -> str:
    """End all sign-ins of the person but the one in use, and copies of its cookie. Returns its new token."""
    end_others(actor)
    return renew(actor)


def renew(actor: Actor) -> str:
    """Give the sign-in in use a new token for its cookie: a copy that somebody took of the old one is dead."""
    token = token_urlsafe(TOKEN_BYTES)
    db.session.execute(update(SignIn).where(SignIn.id == actor.sign_in_id).values(token_hash=token_hash(token)))
    return token


def _end(person_id: UUID, *which: ColumnElement[bool]) -> int:
    alive_ids = db.session.scalars(
        select(SignIn.id).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), *which)
    ).all()
    db.session.execute(update(SignIn).where(SignIn.id.in_(alive_ids)).values(ended_at=clock.now()))
    return len(alive_ids)
