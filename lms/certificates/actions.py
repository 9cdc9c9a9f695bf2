"""Issuing certificates when modules are completed, and withdrawing them."""

from flask import current_app
from sqlalchemy import select

from lms.audit import actions as audit
from lms.catalogue.shelf import library
from lms.certificates import codes, validity
from lms.certificates.models import Certificate
from lms.config import Settings
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Refusal
from lms.learning import actions as learning
from lms.learning.events import ModuleCompleted
from lms.notifications.actions import queue
from lms.people import queries as people
from lms.people.models import Person
from lms.web.links import absolute

LONGEST_REASON = 500


class AlreadyWithdrawn(Refusal):
    """A certificate is withdrawn once; the first date and reason stand."""

    sentence = "This certificate was withdrawn before. Nothing was changed."


class NoReason(Refusal):
    """Its owner is told why, so a withdrawal needs a reason."""

    sentence = f"Give the reason in a sentence of at most {LONGEST_REASON} characters. The owner will read it."
    field = "reason"


def issue(fact: ModuleCompleted) -> None:
    """Hear that a module was completed: issue its certificate and tell the person by mail.

    A completion has one certificate, however often it is announced.
    """
    certificate = certify(fact)
    if certificate is not None:
        _tell("issued", certificate)


def certify(fact: ModuleCompleted) -> Certificate | None:
    """Issue the certificate of a completion, as of its day, without a mail; None when it has one already."""
    if db.session.scalar(select(Certificate.id).where(Certificate.completion_id == fact.completion_id)):
        return None
    module = library().module(fact.module)
    assert module is not None, fact.module
    settings: Settings = current_app.extensions["settings"]
    seat = next(iter(people.seats(fact.person_id, fact.completed_on)), None)
    certificate = Certificate(
        code=codes.new_code(),
        person_id=fact.person_id,
        completion_id=fact.completion_id,
        name=_person(fact).name,
        agency=seat.agency if seat else "",
        job=seat.job if seat else "",
        module=module.slug,
        module_title=module.title,
        version=fact.version,
        core_hash=fact.core_hash,
        minutes=fact.minutes,
        completed_on=fact.completed_on,
        valid_until=validity.valid_until(fact.completed_on, module.valid_months),
        issued_by=settings.partnership,
        issued_at=fact.at,
    )
    db.session.add(certificate)
    db.session.flush()
    audit.record(None, "certificate.issued", certificate.id, module=module.slug)
    return certificate


def revoke(actor: Actor | None, certificate: Certificate, reason: str) -> None:
    """Withdraw a certificate from today on and tell its owner; its page, its check page and its row stay. The module
    may be studied anew at once.

    `actor` is None when somebody at the server's command line does it. Raises AlreadyWithdrawn or NoReason.
    """
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise NoReason
    db.session.refresh(certificate, with_for_update=True)
    if certificate.revoked_at is not None:
        raise AlreadyWithdrawn
    certificate.revoked_at = clock.now()
    certificate.revoked_reason = reason
    audit.record(actor, "certificate.withdrawn", certificate.id, module=certificate.module)
    module = library().module(certificate.module)
    if module is not None:
        learning.open_anew(certificate.person_id, certificate.completion_id, module)
    _tell("withdrawn", certificate)


def _tell(what: str, certificate: Certificate) -> None:
    link = absolute("certificates.show", certificate_id=certificate.id)
    owner = _person(certificate)
    queue(f"certificates/{what}", to=owner, module_title=certificate.module_title, link=link)


def _person(of: ModuleCompleted | Certificate) -> Person:
    return db.session.get_one(Person, of.person_id)
