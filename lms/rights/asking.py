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
from lms.notifications.actions import Terms, queue
from lms.notifications.actions import withdraw as take_back_mails
from lms.notifications.models import OutboxMail
from lms.notifications.rechecking import Text, as_it_is
from lms.people import keepers
from lms.people import queries as people
from lms.people.models import Agency, Membership, Person
from lms.rights import erasing
from lms.rights.models import ErasureRequest
from lms.web.links import absolute

ASKED = "rights/erasure_asked"
CHECKED = "rights/erasure_checked"


class OtherWords(Refusal):
    """What is typed is not the address."""

    sentence = "That is not the address you sign in with. Nothing was asked for."


class NotAlone(Refusal):
    """It takes two administrators, and neither is the person."""


def mine(actor: Actor) -> ErasureRequest | None:
    """What this person has asked for."""
    return db.session.scalar(select(ErasureRequest).where(ErasureRequest.person_id == actor.id))


def ask(actor: Actor, typed: str) -> None:
    """Ask to be erased; done again, it stays one request. Who decides is told by mail. Raises OtherWords or
    LastAdministrator.
    """
    if typed.strip().lower() != actor.email.lower():
        raise OtherWords(field="address")
    if mine(actor) is None:
        keepers.check_not_last(actor.id)
        made = ErasureRequest(person_id=actor.id)
        db.session.add(made)
        db.session.flush()
        audit.record(actor, "erasure.asked", actor.id)
        _tell(ASKED, made)


def _tell(kind: str, request: ErasureRequest) -> None:
    """Tell the administrators who see the request and may still act on it; never the person, or who checked it."""
    where = select(Agency.partnership).join(Membership, Membership.agency_id == Agency.id).distinct()
    partnerships = sorted(db.session.scalars(where.where(Membership.person_id == request.person_id)))
    told = {one.id: one for name in partnerships for one in people.holding(Role.ADMINISTRATOR, name)}
    for one in told.values():
        if one.id not in (request.person_id, request.checked_by):
            queue(kind, to=one, terms=Terms(about=request.id), link=absolute("erasures.listed"))


def still_asked(mail: OutboxMail) -> Text | None:
    """What a mail about a request says now; None when it is done or taken back, or its reader sees it no more."""
    if mail.about is None:
        return as_it_is(mail)
    reader = people.actor(db.session.get_one(Person, mail.person_id))
    found = db.session.scalar(_seen(reader).where(ErasureRequest.id == mail.about))
    return as_it_is(mail) if found else None


def withdraw(actor: Actor) -> None:
    """Take the request back. Raises NotFound."""
    found = mine(actor)
    if found is None:
        raise NotFound
    take_back_mails(found.id, ASKED, CHECKED)
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
        _tell(CHECKED, found)


def carry_out(actor: Actor, request_id: UUID) -> None:
    """Erase the person, as another administrator than the one who checked. Raises NotFound, NotAlone or
    LastAdministrator.
    """
    found = _get(actor, request_id)
    if found.checked_by is None:
        raise NotAlone("Another administrator has to check this request first.")
    if found.checked_by == actor.id:
        raise NotAlone("You checked this request, so another administrator has to carry it out.")
    take_back_mails(found.id, ASKED, CHECKED)
    erasing.erase(actor, db.session.get_one(Person, found.person_id), erasing.Reason.REQUEST)
