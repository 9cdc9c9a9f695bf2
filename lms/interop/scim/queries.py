"""Reads for one connection: its agency's users, and nobody else's."""

import re
from collections.abc import Sequence
from uuid import UUID

from scim2_models import Meta, ScimFilter
from sqlalchemy import func, select

from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.interop.scim.actions import token_hash
from lms.interop.scim.models import ScimConnection, ScimUser
from lms.interop.scim.resource import User
from lms.people import policy
from lms.people.models import Agency, Membership, Person

AT_ONCE = 500
PLAIN = re.compile(r'(userName|externalId) eq "([^"\\]*)"', re.IGNORECASE)


def agency_of(token: str) -> Agency | None:
    """Whose directory holds this token."""
    wanted = select(ScimConnection).where(
        ScimConnection.token_hash == token_hash(token), ScimConnection.ended_at.is_(None)
    )
    found = db.session.scalar(wanted)
    return found.agency if found else None


def connections(actor: Actor, agency_id: UUID) -> Sequence[ScimConnection]:
    """The connections of an agency the actor looks after, the newest first."""
    wanted = select(ScimConnection).join(Agency).where(Agency.id == agency_id, policy.administered(actor))
    return db.session.scalars(wanted.order_by(ScimConnection.made_at.desc(), ScimConnection.id)).all()


def user(agency: Agency, text: str, *, lock: bool = False) -> ScimUser:
    """One user of the agency by id. Raises NotFound."""
    try:
        identity = UUID(text)
    except ValueError:
        raise NotFound from None
    wanted = select(ScimUser).where(ScimUser.id == identity, ScimUser.agency_id == agency.id)
    found = db.session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound
    return found


def shown(one: ScimUser, base: str, *, is_active: bool | None = None) -> User:
    """A user as SCIM says it: as the directory described them, but active only while they really are."""
    found: User = User.model_validate(one.described)
    found.id = str(one.id)
    if found.active is not None:
        found.active = found.active and (is_active if is_active is not None else one.id in _active([one]))
    found.meta = Meta(
        resource_type="User", created=one.made_at, last_modified=one.changed_at, location=f"{base}/Users/{one.id}"
    )
    return found


def listed(agency: Agency, text: str, base: str, start: int, count: int) -> tuple[int, list[User]]:
    """How many users a filter finds, and a stretch of them from `start` (1 is the first). Raises SCIMException.

    Where the filter asks for one userName or externalId, as directories do before they tell of somebody, only those
    who have it are read.
    """
    everybody = select(ScimUser).where(ScimUser.agency_id == agency.id).order_by(ScimUser.made_at, ScimUser.id)
    if not text:
        number = db.session.scalar(select(func.count()).select_from(everybody.order_by(None).subquery())) or 0
        rows = db.session.scalars(everybody.offset(start - 1).limit(count)).all() if count else []
        return number, _shown(rows, base)
    asked = ScimFilter[User](text)
    plain = PLAIN.fullmatch(text.strip())
    if plain:
        name, value = plain.group(1).lower(), plain.group(2)
        has = ScimUser.user_name == value.lower() if name == "username" else ScimUser.external_id == value
        everybody = everybody.where(has)
    everyone = db.session.scalars(everybody).all()
    portions = [everyone[at : at + AT_ONCE] for at in range(0, len(everyone), AT_ONCE)]
    found = [one for rows in portions for one in _shown(rows, base) if asked.match(one)]
    return len(found), found[start - 1 : start - 1 + count]


def _shown(rows: Sequence[ScimUser], base: str) -> list[User]:
    active = _active(rows)
    return [shown(one, base, is_active=one.id in active) for one in rows]


def _active(rows: Sequence[ScimUser]) -> set[UUID]:
    """Who of these has an account that is open and a post there that has not ended."""
    today = clock.today()
    open_there = (
        select(Membership.id)
        .where(
            Membership.person_id == ScimUser.person_id,
            Membership.agency_id == ScimUser.agency_id,
            func.coalesce(Membership.ends_on, today) >= today,
        )
        .exists()
    )
    wanted = (
        select(ScimUser.id)
        .join(Person, ScimUser.person_id == Person.id)
        .where(ScimUser.id.in_([one.id for one in rows]), Person.active, open_there)
    )
    return set(db.session.scalars(wanted))
