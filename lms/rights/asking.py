"""Asking to be erased, and the two administrators it takes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Role
from lms.people.models import Agency, Membership, Person
from lms.rights import erasing
from lms.rights.models import ErasureRequest


class OtherWords(Refusal):
    """What is typed is not the address."""

    sentence = "That is not the address you sign in with. Nothing was asked for."


class NotAlone(Refusal):
    """It takes two administrators, and neither is the person."""


def mine(actor: Actor) -> ErasureRequest | None:
    """What this person has asked for."""
    return db.session.scalar(select(ErasureRequest).where(ErasureRequest.person_id == actor.id))


def ask(actor: Actor, typed: str) -> None:
    """Ask to be erased; done again, it stays one request. Raises OtherWords."""
    if typed.strip().lower() != actor.email.lower():
        raise OtherWords(field="address")
    if mine(actor) is None:
        db.session.add(ErasureRequest(person_id=actor.id))
        audit.record(actor, "erasure.asked", actor.id)


def withdraw(actor: Actor) -> None:
    """Take the request back. Raises NotFound."""
    found = mine(actor)
    if found is None:
        raise NotFound
    db.session.delete(found)
    audit.record(actor, "erasure.withdrawn", actor.id)


def waiting(actor: Actor) -> Sequence[ErasureRequest]:
    """Requests of people who work, or worked, in the partnerships that the administrator looks after."""
    return db.session.scalars(
        _seen(actor)
        .options(joinedload(ErasureRequest.person), joinedload(ErasureRequest.checker))
        .order_by(ErasureRequest.asked_at)
    ).all()


def _seen(actor: Actor) -> Select[ErasureRequest]:
    theirs = (
        select(Membership.person_id)
        .join(Agency, Membership.agency_id == Agency.id)
        .where(Agency.partnership.in_(actor.partnerships(Role.ADMINISTRATOR)))
    )
    return select(ErasureRequest).where(ErasureRequest.person_id.in_(theirs))


def _get(actor: Actor, request_id: UUID) -> ErasureRequest:
    found = db.session.scalar(_seen(actor).where(ErasureRequest.id == request_id).with_for_update())
    if found is None:
        raise NotFound
    if found.person_id == actor.id:
        raise NotAlone("This is your own request. Two other administrators have to see to it.")
    return found


def check(actor: Actor, request_id: UUID) -> None:
    """Say that it is the person who asked, and that nothing of theirs has to stay. Raises NotFound or NotAlone."""
    found = _get(actor, request_id)
    if found.checked_by is None:
        found.checked_by, found.checked_at = actor.id, clock.now()
        audit.record(actor, "erasure.checked", found.person_id)


def carry_out(actor: Actor, request_id: UUID) -> None:
    """Erase the person, as another administrator than the one who checked. Raises NotFound or NotAlone."""
    found = _get(actor, request_id)
    if found.checked_by is None:
        raise NotAlone("Another administrator has to check this request first.")
    if found.checked_by == actor.id:
        raise NotAlone("You checked this request, so another administrator has to carry it out.")
    erasing.erase(actor, db.session.get_one(Person, found.person_id), erasing.Reason.REQUEST)
