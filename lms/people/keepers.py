"""A partnership is never left without somebody who looks after it: its last administrator stays."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Select, or_, select

from lms.config import Settings
from lms.core import clock
from lms.core.db import db
from lms.core.errors import Refusal
from lms.core.permissions import Role, Scope
from lms.operating.doctor import How
from lms.people import policy
from lms.people.models import Agency, Membership, MembershipRole, Person

STAYS = timedelta(days=30)  # whose post ends sooner is as good as gone


class LastAdministrator(Refusal):
    """Without this person nobody could invite, correct or erase anybody there."""

    def __init__(self, partnerships: Collection[str]) -> None:
        super().__init__(
            f"This is the last administrator of {' and '.join(partnerships)}, so this account has to stay. First make "
            "somebody else administrator of the partnership, without a last day or with one that is more than "
            f"{STAYS.days} days away: by an invitation, or on the server with lms person add --role "
            "administrator:partnership."
        )


def install(app: Flask) -> None:
    """Have the doctor look at it, too: posts end by themselves."""
    app.extensions.setdefault("examined", {})["in charge"] = _examine


def _examine(_settings: Settings) -> Iterator[tuple[How, str]]:
    """Whether each partnership in which people work has an administrator whose post lasts."""
    there = set(db.session.scalars(select(Agency.partnership).join(Membership, Membership.agency_id == Agency.id)))
    without = sorted(there - set(db.session.scalars(_staying(Agency.partnership))))
    for one in without:
        yield How.LOOK, f"{one} has no administrator whose post lasts for {STAYS.days} days more."
    if not without:
        yield How.OK, "Each partnership has one whose post lasts."


def check_not_last(person_id: UUID) -> None:
    """Raise LastAdministrator when a partnership would have no administrator without this person. In a writing
    transaction two who are the last two wait for each other.
    """
    held = set(db.session.scalars(_held(Agency.partnership).where(Membership.person_id == person_id)))
    if not held:
        return
    agencies = select(Agency.id).where(Agency.partnership.in_(held)).order_by(Agency.id)
    db.session.execute(agencies.with_for_update()).all()
    others = _staying(Agency.partnership).where(Membership.person_id != person_id)
    left = sorted(held - set(db.session.scalars(others)))
    if left:
        raise LastAdministrator(left)


def staying(partnerships: Collection[str]) -> set[UUID]:
    """The posts of administrators of these partnerships that last."""
    return set(db.session.scalars(_staying(Membership.id).where(Agency.partnership.in_(partnerships))))


def administering(agencies: Collection[UUID]) -> dict[UUID, str]:
    """Every post at these agencies that is an administrator's of the partnership, and which partnership that is."""
    wanted = _roles(Membership.id, Agency.partnership).where(Membership.agency_id.in_(agencies))
    return dict(tuple(row) for row in db.session.execute(wanted))


def _roles(*what: Any) -> Select[Any]:
    return (
        select(*what)
        .select_from(Membership)
        .join(Membership.agency)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(MembershipRole.role == Role.ADMINISTRATOR.value, MembershipRole.scope == Scope.PARTNERSHIP.value)
    )


def _held(*what: Any) -> Select[Any]:
    """Posts of today, of accounts that are open."""
    return _roles(*what).join(Membership.person).where(Person.active, policy.is_current(clock.today()))


def _staying(*what: Any) -> Select[Any]:
    return _held(*what).where(or_(Membership.ends_on.is_(None), Membership.ends_on > clock.today() + STAYS))
