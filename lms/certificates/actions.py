"""Issuing certificates when modules and programmes are completed, and withdrawing them."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from flask import current_app
from sqlalchemy import select

from lms.audit import actions as audit
from lms.catalogue.shelf import library
from lms.certificates import codes, queries, validity
from lms.certificates.models import Certificate
from lms.config import Settings
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, writing
from lms.core.errors import Refusal
from lms.learning import actions as learning
from lms.learning.events import ModuleCompleted, ProgrammeCompleted
from lms.notifications.actions import queue
from lms.people import queries as people
from lms.people.models import Person
from lms.web.links import absolute

LONGEST_REASON = 500
# What the certificate of a programme says of each module finished for it.
LISTED = ("module", "title", "version", "minutes", "core_hash")


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
    return _issued(
        fact,
        completion_id=fact.completion_id,
        module=module.slug,
        title=module.title,
        version=fact.version,
        core_hash=fact.core_hash,
        minutes=fact.minutes,
        valid_until=validity.valid_until(fact.completed_on, module.valid_months),
    )


def issue_programme(fact: ProgrammeCompleted) -> None:
    """Hear that the required modules of a programme are finished: issue its certificate and tell the person by mail,
    when all of them are in date and no certificate of the programme is.
    """
    certificate = certify_programme(fact)
    if certificate is not None:
        _tell("programme_issued", certificate)


def certify_programme(fact: ProgrammeCompleted) -> Certificate | None:
    """Issue the certificate of a programme without a mail; None when none is due.

    It rests on the certificates of modules that are in date at that moment, those of optional modules too, and says
    what they say: which version of each, and its minutes. Later changes to any of them change nothing in it.
    """
    programme, today = library().programme(fact.programme), clock.local(fact.at).date()
    assert programme is not None, fact.programme
    if queries.holds_programme(fact.person_id, programme.slug, today):
        return None
    held = queries.held(fact.person_id, [part.module for part in programme.parts], today)
    if not held.keys() >= set(programme.required):
        return None
    ends = [held[module].valid_until for module in programme.required]
    until = validity.programme_valid_until(ends, fact.completed_on, programme.valid_months)
    if until < today:
        return None
    finished = [held[part.module] for part in programme.parts if part.module in held]
    return _issued(
        fact,
        programme=programme.slug,
        title=programme.title,
        version=programme.version,
        modules=[{key: getattr(one, key) for key in LISTED} for one in finished],
        core_hash=core_hash_of(one.core_hash for one in finished),
        minutes=sum(one.minutes for one in finished),
        valid_until=until,
    )


def issue_missing_programmes() -> None:
    """Issue, by the clock, what no completion brings: a programme's certificate for those who renewed its modules
    early, while their old one was in date, once that has run out; and for those who had finished them before there was
    such a programme.
    """
    for programme in library().programmes:
        waiting = queries.waiting_for_programme(programme, clock.today())
        db.session.rollback()  # reading ends here, so that each person has a writing transaction of their own
        for person_id, finished_on in waiting:
            with writing():
                learning.hold(person_id)
                issue_programme(ProgrammeCompleted(person_id, programme.slug, finished_on, clock.now()))


def core_hash_of(hashes: Iterable[str]) -> str:
    """The fingerprint of a programme's content: SHA-256 over the hashes of its modules, in order, one a line."""
    return sha256("\n".join(hashes).encode()).hexdigest()


def _issued(fact: ModuleCompleted | ProgrammeCompleted, **says: Any) -> Certificate:
    """A new certificate that says this, with the name and post of its owner that day."""
    settings: Settings = current_app.extensions["settings"]
    seat = next(iter(people.seats(fact.person_id, fact.completed_on)), None)
    certificate = Certificate(
        code=codes.new_code(),
        person_id=fact.person_id,
        name=_person(fact).name,
        agency=seat.agency if seat else "",
        job=seat.job if seat else "",
        completed_on=fact.completed_on,
        issued_by=settings.partnership,
        issued_at=fact.at,
        **says,
    )
    db.session.add(certificate)
    db.session.flush()
    audit.record(None, "certificate.issued", certificate.id, **certificate.about)
    return certificate


def revoke(actor: Actor | None, certificate: Certificate, reason: str) -> None:
    """Withdraw a certificate from today on and tell its owner; its page, its check page and its row stay. A module may
    be studied anew at once. A programme's certificate stands when one of its modules' is withdrawn, and the other way
    round: each is withdrawn by itself.

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
    audit.record(actor, "certificate.withdrawn", certificate.id, **certificate.about)
    module = library().module(certificate.module)
    if module is not None and certificate.completion_id is not None:
        learning.open_anew(certificate.person_id, certificate.completion_id, module)
    _tell("withdrawn", certificate)


def _tell(what: str, certificate: Certificate) -> None:
    link = absolute("certificates.show", certificate_id=certificate.id)
    owner = _person(certificate)
    queue(f"certificates/{what}", to=owner, title=certificate.title, link=link)


def _person(of: ModuleCompleted | ProgrammeCompleted | Certificate) -> Person:
    return db.session.get_one(Person, of.person_id)
