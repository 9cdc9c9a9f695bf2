"""A way in for an administrator whose provider, phone or mail is away: a link made on the machine, for once."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, start_writing
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Role
from lms.notifications.actions import queue
from lms.people import queries as people
from lms.people.models import Person
from lms.signin import sessions
from lms.signin.actions import Browser, sign_out
from lms.signin.models import BreakGlassLink
from lms.web.links import absolute

TOKEN_BYTES = 24  # 192 bits
LASTS = timedelta(minutes=15)
KEPT = timedelta(days=1)
LONGEST_REASON = 300


class NoAdministrator(Refusal):
    """Nobody else gets such a link."""

    sentence = "No open account with that address has the role of an administrator today."


class NoReason(Refusal):
    """It goes into the record and to the other administrators."""

    sentence = f"Say why, within {LONGEST_REASON} characters."


def make(email: str, reason: str) -> str:
    """A new link for an administrator; those before it stop working. The other administrators of the partnership are
    told by mail. Raises NoAdministrator or NoReason.
    """
    why = " ".join(reason.split())
    if not 0 < len(why) <= LONGEST_REASON:
        raise NoReason
    person = people.by_email(email)
    if person is None or not _is_administrator(person):
        raise NoAdministrator
    db.session.execute(delete(BreakGlassLink).where(BreakGlassLink.person_id == person.id))
    token = token_urlsafe(TOKEN_BYTES)
    db.session.add(BreakGlassLink(person_id=person.id, token_hash=_hash(token), reason=why))
    audit.record(None, "break_glass.made", person.id, reason=why)
    for other in _others(person):
        queue("signin/break_glass", to=other, reason=why, link=absolute("signin.me"))
    return absolute("break_glass.enter", token=token)


def of_token(token: str, *, lock: bool = False) -> BreakGlassLink:
    """The link that still works. Raises NotFound when it was used, is too old, or never was, and when its person is no
    administrator any more.
    """
    wanted = select(BreakGlassLink).where(
        BreakGlassLink.token_hash == _hash(token),
        BreakGlassLink.used_at.is_(None),
        BreakGlassLink.made_at > clock.now() - LASTS,
    )
    if lock:
        wanted = wanted.with_for_update(of=BreakGlassLink)
    found = db.session.scalar(wanted.options(joinedload(BreakGlassLink.person)))
    if found is None or not _is_administrator(found.person):
        raise NotFound
    return found


def enter(token: str, browser: Browser, before: Actor | None) -> str:
    """Use the link up and sign in, without a second step; returns the token for the cookie. Begins to write. Raises
    NotFound.
    """
    start_writing()
    link = of_token(token, lock=True)
    link.used_at = clock.now()
    if before:
        sign_out(before)
    audit.record(people.actor(link.person), "break_glass.used", link.person_id, reason=link.reason)
    return sessions.start(link.person_id, browser.device, browser.address, second_step=True)


def sweep() -> None:
    """Remove links that are long over; the record of them stays."""
    db.session.execute(delete(BreakGlassLink).where(BreakGlassLink.made_at < clock.now() - KEPT))


def _is_administrator(person: Person) -> bool:
    return person.active and people.actor(person).has(Role.ADMINISTRATOR)


def _others(person: Person) -> list[Person]:
    where = {seat.partnership for seat in people.seats(person.id)}
    found = {one.id: one for partnership in sorted(where) for one in people.holding(Role.ADMINISTRATOR, partnership)}
    return [one for one in found.values() if one.id != person.id]


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
