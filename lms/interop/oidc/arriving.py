"""Who somebody is here, after their agency's provider has said who they are there; and their sign-in."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.audit import actions as audit
from lms.core.actor import Actor
from lms.core.db import db, start_writing
from lms.core.errors import NotFound, Refusal
from lms.interop.oidc import tokens
from lms.interop.oidc.flow import Client, Started
from lms.people import queries as people
from lms.people.models import Person
from lms.signin import domains, providers, sealing, second_step, sessions
from lms.signin.actions import Browser, sign_out
from lms.signin.provider_models import IdentityProvider, ProviderPerson, ProviderReturn
from lms.web.links import absolute


class NotLetIn(Refusal):
    """Said on a page; `why` is for the record."""

    def __init__(self, why: str, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why


AGAIN = "That way of signing in was used already, took too long, or began in another browser. Begin once more."


def provider(provider_id: UUID) -> IdentityProvider:
    """A provider people can sign in with now. Raises NotFound."""
    found = db.session.get(IdentityProvider, provider_id)
    if found is None or not found.active:
        raise NotFound
    return found


def client(of: IdentityProvider) -> Client:
    """Who we are at a provider. Raises NotLetIn when its secret can no longer be read."""
    secret = sealing.opened(of.id, of.client_secret)
    if secret is None:
        raise NotLetIn("secret", f"{of.name} has to be set up anew here. Tell the person who looks after accounts.")
    return Client(of.issuer, of.client_id, secret, absolute("oidc.back", agency_id=of.agency_id))


def arrive(way: Started, claims: Mapping[str, Any], browser: Browser, before: Actor | None) -> str:
    """Sign in whoever came back; returns the token for the cookie. Begins to write. Raises NotLetIn or NotFound.

    What the provider says of a second step counts where the person's roles reach no further than its agency.
    """
    start_writing()
    _use_up(way)
    from_there = provider(UUID(way.provider))
    person = _person(from_there, claims)
    seats = people.seats(person.id)
    beyond = providers.reaches_beyond(seats, from_there.agency_id)
    strong = tokens.is_strong(claims) and not beyond
    me = people.actor(person)
    if beyond and not second_step.has_proof(person.id) and second_step.is_needed(me):
        raise NotLetIn("beyond", _beyond(from_there))
    if before:
        sign_out(before)
    token = sessions.start(person.id, browser.device, browser.address, second_step=strong)
    audit.record(me, "person.signed_in", person.id, provider=str(from_there.id), second_step=int(strong))
    return token


def _beyond(of: IdentityProvider) -> str:
    return (
        f"Your roles reach beyond {of.agency.name}, so {of.name} alone cannot let you in. Sign in with your password "
        "once and set up the second step; from then on you can come this way."
    )


def _use_up(way: Started) -> None:
    db.session.add(ProviderReturn(state_hash=sha256(way.state.encode()).hexdigest()))
    _flush("replayed")


def _flush(why: str) -> None:
    """Write now, so that the second of two at the same moment is told so."""
    try:
        db.session.flush()
    except IntegrityError:
        raise NotLetIn(why, AGAIN) from None


def _person(of: IdentityProvider, claims: Mapping[str, Any]) -> Person:
    """Whoever is known by this subject, or now becomes so by their proven address."""
    known = select(ProviderPerson).where(ProviderPerson.provider_id == of.id)
    link = db.session.scalar(known.where(ProviderPerson.subject == claims["sub"]))
    person = db.session.get(Person, link.person_id) if link else people.by_email(_email(of, claims))
    agency = of.agency.name
    if person is None:
        raise NotLetIn("no account", _no_account(agency))
    if not person.active:
        raise NotLetIn("closed", f"Your account here is closed. Ask the person who looks after accounts at {agency}.")
    if of.agency_id not in {seat.agency_id for seat in people.seats(person.id)}:
        raise NotLetIn("no post", _no_account(agency))
    if link is None:
        if db.session.scalar(known.where(ProviderPerson.person_id == person.id)):
            raise NotLetIn("another subject", _other(of))
        db.session.add(ProviderPerson(provider_id=of.id, person_id=person.id, subject=claims["sub"]))
        _flush("at the same moment")
        audit.record(None, "provider.linked", person.id, provider=str(of.id))
    return person


def _no_account(agency: str) -> str:
    return (
        f"You have no account with a post at {agency} here, and nobody can make one for themselves. Ask the person who "
        f"looks after accounts at {agency} to invite you."
    )


def _other(of: IdentityProvider) -> str:
    return (
        f"Somebody else’s account at {of.name} had this work e-mail when it was first used here. If it is yours, ask "
        f"the person who looks after accounts at {of.agency.name} to let {of.name} recognise people anew."
    )


def _email(of: IdentityProvider, claims: Mapping[str, Any]) -> str:
    email = tokens.proven_email(claims)
    if email is None:
        raise NotLetIn("unverified", f"{of.name} does not say that your work e-mail is checked, so it cannot be used.")
    domain = email.rpartition("@")[2]
    if domain not in of.domains or domain not in domains.proven(of.agency):
        raise NotLetIn("domain", f"Your address at {of.name} is not at a mail domain that {of.agency.name} has proven.")
    return email
