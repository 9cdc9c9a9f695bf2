"""What a manager decides about requirements: exempting somebody from a module, and ending that."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from lms.assignments import policy
from lms.assignments.facts import load
from lms.assignments.models import Exemption
from lms.assignments.rules import Facts, asked
from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refusal
from lms.core.permissions import Permission
from lms.people.models import Membership, Person


class NotForYourself(Refusal):
    """Nobody decides about their own training."""

    sentence = "You cannot exempt yourself. Ask your own manager."


class NotRequired(Refusal):
    """There is nothing to be exempt from."""

    field = "module"
    sentence = "That module is not required, so there is nothing to be exempt from."


class AlreadyExempt(Refusal):
    """An exemption runs already."""

    field = "module"
    sentence = "There is an exemption for that module already. End it first to change it."


class EndsInThePast(Refusal):
    """An exemption cannot end before it begins."""

    field = "until"
    sentence = "Enter a last day that is today or later, or leave it empty."


def exempt(actor: Actor, person_id: UUID, module: str, reason: str, until: date | None) -> None:
    """Exempt somebody from a required module, up to and including `until` (None: for good), for the agency or agencies
    where the actor manages them.

    Raises NotForYourself, NotRequired, AlreadyExempt, EndsInThePast, and NotFound when the actor does not manage the
    person.
    """
    if person_id == actor.id:
        raise NotForYourself
    today = clock.today()
    agencies = _hold(actor, person_id, today)
    if not _is_asked(person_id, module, agencies, today):
        raise NotRequired
    if until is not None and until < today:
        raise EndsInThePast
    if _running(person_id, module, agencies, today):
        raise AlreadyExempt
    for agency_id in agencies:
        made = Exemption(
            person_id=person_id, agency_id=agency_id, module=module, reason=reason, until=until, granted_by=actor.id
        )
        db.session.add(made)
        db.session.flush()
        audit.record(
            actor,
            "exemption.granted",
            made.id,
            person=str(person_id),
            module=module,
            until=until.isoformat() if until else None,
        )


def end_exemption(actor: Actor, person_id: UUID, exemption_id: UUID) -> None:
    """End an exemption of this person from today; ending it twice changes nothing.

    Raises NotFound unless the actor manages the person for the agency that granted it.
    """
    found = db.session.scalar(
        select(Exemption)
        .where(Exemption.id == exemption_id, Exemption.person_id == person_id, policy.decided(actor, clock.today()))
        .with_for_update()
    )
    if found is None or not actor.can(Permission.REQUIREMENT_EXEMPT):
        raise NotFound
    if found.ended_at is None:
        found.ended_at, found.ended_by = clock.now(), actor.id
        audit.record(actor, "exemption.ended", found.id, person=str(person_id), module=found.module)


def _hold(actor: Actor, person_id: UUID, today: date) -> Sequence[UUID]:
    """The agencies for which the actor decides about this person, with the person's row locked, so that two managers
    cannot both grant the same. Raises NotFound when there is none.
    """
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    agencies = db.session.scalars(
        select(Membership.agency_id)
        .where(Membership.person_id == person_id, policy.answers_for(actor, today))
        .distinct()
        .order_by(Membership.agency_id)
    ).all()
    if not agencies or not actor.can(Permission.REQUIREMENT_EXEMPT):
        raise NotFound
    return agencies


def _is_asked(person_id: UUID, target: str, agencies: Sequence[UUID], today: date) -> bool:
    """Whether any of the agencies asks the person for it."""
    facts = load(select(Person.id).where(Person.id == person_id)).get(person_id, Facts())
    return any(asked(facts, target, agency, today).required for agency in agencies)


def _running(person_id: UUID, module: str, agencies: Sequence[UUID], today: date) -> bool:
    wanted = select(Exemption.id).where(
        Exemption.person_id == person_id,
        Exemption.module == module,
        Exemption.agency_id.in_(agencies),
        policy.in_force(today),
    )
    return db.session.scalar(wanted.limit(1)) is not None
