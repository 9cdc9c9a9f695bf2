"""What an administrator does with the providers of an agency."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, exists, select

from lms.audit import actions as audit
from lms.core.actor import Actor
from lms.core.db import db, start_writing
from lms.core.errors import NotFound, Refusal
from lms.core.ids import new_id
from lms.interop.oidc import discovery, fetching
from lms.interop.oidc.fetching import Away, Strange
from lms.people import policy
from lms.people import queries as people
from lms.people.models import Agency
from lms.signin import domains, sealing
from lms.signin.provider_models import IdentityProvider, ProviderPerson


class NotProven(Refusal):
    """A mail domain that the agency has not proven."""

    field = "domains"


class NotAnIssuer(Refusal):
    """Nothing that could be asked, or that answers as a provider does."""

    field = "issuer"


class NotTriedYet(Refusal):
    """Requiring what nobody has used could lock everybody out."""

    sentence = "Have somebody sign in with it once. Only then can it be the only way in."
    field = "required"


@dataclass(frozen=True)
class Wanted:
    """What was filled in. `secret` is empty where it stays as it is."""

    name: str
    domains: str
    secret: str = ""
    issuer: str = ""
    client_id: str = ""
    active: bool = True
    required: bool = False


def of_agency(actor: Actor, agency_id: UUID) -> Sequence[IdentityProvider]:
    """The providers of an agency the actor looks after, by name."""
    wanted = select(IdentityProvider).join(Agency).where(Agency.id == agency_id, policy.administered(actor))
    return db.session.scalars(wanted.order_by(IdentityProvider.name, IdentityProvider.id)).all()


def get(actor: Actor, provider_id: UUID, *, lock: bool = False) -> IdentityProvider:
    """A provider of an agency the actor looks after. Raises NotFound."""
    wanted = select(IdentityProvider).join(Agency).where(IdentityProvider.id == provider_id, policy.administered(actor))
    if lock:
        wanted = wanted.with_for_update(of=IdentityProvider).execution_options(populate_existing=True)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def add(actor: Actor, agency_id: UUID, wanted: Wanted) -> IdentityProvider:
    """Set up a provider, after asking it who it is. Raises NotFound, NotProven or NotAnIssuer. Begins to write."""
    agency = people.get_agency(actor, agency_id)
    names = _domains(agency, wanted.domains)
    issuer = wanted.issuer.strip()
    db.session.rollback()
    _check(issuer)
    start_writing()
    people.get_agency(actor, agency_id)
    identity = new_id()
    made = IdentityProvider(
        id=identity,
        agency_id=agency_id,
        name=wanted.name.strip(),
        issuer=issuer,
        client_id=wanted.client_id.strip(),
        client_secret=sealing.sealed(identity, wanted.secret.strip()),
        domains=names,
        made_by=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "provider.added", made.id, agency=str(agency_id), issuer=issuer)
    return made


def change(actor: Actor, provider_id: UUID, wanted: Wanted) -> IdentityProvider:
    """Change what may change of a provider. Raises NotFound, NotProven or NotTriedYet."""
    found = get(actor, provider_id, lock=True)
    names = _domains(found.agency, wanted.domains)
    if wanted.required and not found.required and not _is_tried(found):
        raise NotTriedYet
    found.name, found.domains = wanted.name.strip(), names
    found.active, found.required = wanted.active, wanted.required
    if wanted.secret.strip():
        found.client_secret = sealing.sealed(found.id, wanted.secret.strip())
    audit.record(
        actor,
        "provider.changed",
        found.id,
        agency=str(found.agency_id),
        active=int(found.active),
        required=int(found.required),
        secret=int(bool(wanted.secret.strip())),
    )
    return found


def forget_people(actor: Actor, provider_id: UUID) -> IdentityProvider:
    """Have a provider recognise people anew, by their proven address: for when accounts there were made anew."""
    found = get(actor, provider_id, lock=True)
    db.session.execute(delete(ProviderPerson).where(ProviderPerson.provider_id == found.id))
    audit.record(actor, "provider.people_forgotten", found.id, agency=str(found.agency_id))
    return found


def _is_tried(provider: IdentityProvider) -> bool:
    return bool(db.session.scalar(select(exists().where(ProviderPerson.provider_id == provider.id))))


def _domains(agency: Agency, text: str) -> list[str]:
    names = sorted({name for name in re.split(r"[\s,;]+", text.lower()) if name})
    proven = domains.proven(agency)
    for name in names:
        if name not in proven:
            raise NotProven(f"{name[:80]} is not proven to be {agency.name}’s. Prove it first, under Invitations.")
    if not names:
        raise NotProven("Enter at least one mail domain.")
    return names


def _check(issuer: str) -> None:
    try:
        fetching.origin(issuer, loopback=discovery.may_be_plain())
    except Strange:
        raise NotAnIssuer("Enter the issuer’s address as the provider writes it, beginning with https://.") from None
    try:
        discovery.keys(discovery.about(issuer))
    except (Away, Strange) as fault:
        raise NotAnIssuer(f"Nothing at that address answers as a provider should: it {fault}.") from None
