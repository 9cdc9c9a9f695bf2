"""The mail domains of agencies: proven by a code mailed to an address there, and what they mean for invitations."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db, start_writing
from lms.core.errors import NotFound, Refusal
from lms.notifications.actions import Terms, queue
from lms.people import queries as people
from lms.people.actions import ADDRESS, LONGEST_ADDRESS, NotAnAddress
from lms.people.models import Agency
from lms.signin import passwords, throttle
from lms.signin.invitation_models import AgencyDomain

LASTS = timedelta(hours=24)
CODE_DIGITS = 8
# Anybody can have an address there, so it says nothing about where somebody works.
OPEN_TO_ALL = frozenset(
    {
        "aol.com",
        "btinternet.com",
        "gmail.com",
        "gmx.com",
        "googlemail.com",
        "hotmail.co.uk",
        "hotmail.com",
        "icloud.com",
    }
    | {"live.co.uk", "live.com", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "sky.com"}
    | {"talktalk.net", "virginmedia.com", "yahoo.co.uk", "yahoo.com"}
)


class OpenToAll(Refusal):
    """A domain that proves nothing."""

    field = "email"


class AlreadyProven(Refusal):
    """Nothing to prove."""

    sentence = "That domain is proven already."
    field = "email"


class WrongDomainCode(Refusal):
    """One sentence for a wrong code and one too old."""

    sentence = "That code does not fit, or is more than a day old. Check it, or have another one sent."


@dataclass(frozen=True)
class Mailbox:
    """Where a mail goes that belongs to whoever asked for it."""

    id: UUID
    email: str


def of_agency(agency: Agency) -> Sequence[AgencyDomain]:
    """An agency's domains by name, proven or not. The agency was loaded for somebody who looks after it."""
    wanted = select(AgencyDomain).where(AgencyDomain.agency_id == agency.id).order_by(AgencyDomain.domain)
    return db.session.scalars(wanted).all()


def proven(agency: Agency) -> list[str]:
    """The domains that count."""
    return [one.domain for one in of_agency(agency) if one.proven_at]


def ask(actor: Actor, agency: Agency, email: str) -> AgencyDomain:
    """Mail a code to an address at a domain. Raises NotAnAddress, OpenToAll or AlreadyProven. Begins
    while only reading.
    """
    address = email.strip().lower()
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise NotAnAddress(field="email")
    name = address.rpartition("@")[2]
    if name in OPEN_TO_ALL or "." not in name:
        raise OpenToAll(
            f"Anybody can have an address at {name}, so it cannot be the agency’s. Give one at its own domain."
        )
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    hashed = passwords.hash_password(code)
    start_writing()
    wanted = select(AgencyDomain).where(AgencyDomain.agency_id == agency.id, AgencyDomain.domain == name)
    found = db.session.scalar(wanted.with_for_update())
    if found is not None and found.proven_at:
        raise AlreadyProven
    if found is None:
        found = AgencyDomain(agency_id=agency.id, domain=name)
        db.session.add(found)
    found.code_hash = hashed
    found.asked_by, found.asked_at = actor.id, clock.now()
    db.session.flush()
    terms = Terms(about=found.id, until=clock.now() + LASTS, urgent=True)
    queue("signin/domain", to=Mailbox(actor.id, address), terms=terms, code=code, agency=agency.name)
    audit.record(actor, "domain.asked", agency.id)
    return found


def prove(actor: Actor, domain_id: UUID, code: str) -> AgencyDomain:
    """Give the code back. Raises NotFound, WrongDomainCode, or TooManyTries after five within a quarter of an hour."""
    domain = get(actor, domain_id)
    limit = throttle.limit("domain", str(domain_id), 5)
    throttle.take(limit)
    is_open = domain.proven_at is None and domain.asked_at > clock.now() - LASTS
    tried = domain.code_hash
    if not is_open or not passwords.is_right(tried, "".join(code.split())):
        raise WrongDomainCode
    start_writing()
    domain = get(actor, domain_id, lock=True)
    if domain.code_hash != tried:
        raise WrongDomainCode  # another code was sent meanwhile
    throttle.forget(limit)
    domain.proven_at, domain.code_hash = clock.now(), ""
    audit.record(actor, "domain.proven", domain.agency_id)
    return domain


def remove(actor: Actor, domain_id: UUID) -> AgencyDomain:
    """A domain is no longer the agency's, or was asked for by mistake."""
    domain = get(actor, domain_id, lock=True)
    db.session.delete(domain)
    audit.record(actor, "domain.removed", domain.agency_id)
    return domain


def get(actor: Actor, domain_id: UUID, *, lock: bool = False) -> AgencyDomain:
    """A domain of an agency the actor looks after. Raises NotFound."""
    theirs = AgencyDomain.agency_id.in_(people.administered_ids(actor))
    wanted = select(AgencyDomain).where(AgencyDomain.id == domain_id, theirs)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    domain = db.session.scalar(wanted)
    if domain is None:
        raise NotFound
    return domain
